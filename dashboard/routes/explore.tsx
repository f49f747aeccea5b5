import { clientSignal } from '../api/context.ts';
import { loadCards } from '../health/load.ts';
import { layRange, rangeNamed } from '../health/ranges.ts';
import type { TimeZone } from '../health/time-zone.ts';
import type { DashboardSettings } from '../options.ts';
import { all, pageParam, type QueryString, type RecordFilter, recordFilter, single } from '../params.ts';
import { ExplorePage, type ExploreProps, type ExploreResults, type ExploreState } from '../views/explore.tsx';
import { FirstSteps } from '../views/first-steps.tsx';
import { link } from '../views/links.ts';
import { alertRule } from './alert-rule.ts';
import { loadFacets } from './explore-facets.ts';
import { histogramProps } from './explore-histogram.ts';
import { relaxations } from './explore-relaxations.ts';
import { fixedTime, listRecords, pinnedTime } from './listed-records.ts';
import { baseOf, type PageRequest, pageContext, zoneOf } from './page-context.ts';
import { searchedWords } from './query-text.ts';
import { recordDetail, recordLine } from './record-props.ts';
import { chosenTime, type SearchedTime, searchedTime } from './searched-time.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** A search as its page needs it. */
interface Search {
  readonly ctx: PageRequest;
  readonly site: Site;
  readonly base: string;
  readonly state: ExploreState;
  readonly filter: RecordFilter;
  readonly time: SearchedTime;
  readonly zone: TimeZone;
  readonly now: bigint;
}

/** `/logs`: searching all records, or those of one logger. */
export function exploreRoute(site: Site) {
  const { options } = site;
  const { settings } = options;
  return async (ctx: PageRequest): Promise<void> => {
    const now = options.now();
    const zone = zoneOf(ctx, settings);
    const state = stateOf(ctx.query, settings);
    const read = recordFilter(ctx.query, now, zone);
    const filter = read.ok ? read.value : null;
    const time = searchedTime(filter ?? { query: { type: 'all' } }, state, settings, now, zone);
    const [page, results, logger] = await Promise.all([
      pageContext(ctx, site),
      filter && loadResults({ ctx, site, base: baseOf(ctx), state, filter, time, zone, now }),
      loadLogger(ctx, site, state, now, zone),
    ]);
    if (results?.records.length === 0 && (await options.store.loggers()).length === 0) {
      await sendPage(ctx, <FirstSteps page={page} endpoints={options.endpoints()} section="explore" />);
      return;
    }
    const props: ExploreProps = {
      page,
      state,
      ranges: settings.ranges,
      time: chosenTime(time),
      levels: settings.levels,
      fault: read.ok ? null : read.fault,
      results,
      logger,
    };
    await sendPage(ctx, <ExplorePage {...props} />, read.ok ? 200 : 400);
  };
}

function stateOf(query: QueryString, settings: DashboardSettings): ExploreState {
  const range = single(query, 'range');
  return {
    q: single(query, 'q'),
    service: all(query, 'service'),
    logger: all(query, 'logger'),
    level: all(query, 'level'),
    // An unknown range is the default one, and links name that.
    range: range === undefined ? undefined : rangeNamed(range, settings).name,
    from: single(query, 'from'),
    to: single(query, 'to'),
    facet: all(query, 'facet'),
  };
}

/** The logger's health, when the search is for exactly one that is known. */
async function loadLogger(
  ctx: PageRequest,
  { options }: Site,
  state: ExploreState,
  now: bigint,
  zone: TimeZone,
): Promise<ExploreProps['logger']> {
  const [service, ...services] = state.service;
  const [logger, ...loggers] = state.logger;
  if (service === undefined || logger === undefined || services.length + loggers.length > 0) return null;
  const range = layRange(rangeNamed(state.range, options.settings), now, zone);
  const [card] = await loadCards(options, { range, now, only: { service, logger }, signal: clientSignal(ctx) });
  return card ? { card, alertRule: alertRule(options, card) } : null;
}

async function loadResults(search: Search): Promise<ExploreResults> {
  const { ctx, site, state, filter, time, base } = search;
  const { store, settings } = site.options;
  const signal = clientSignal(ctx);
  const recordId = single(ctx.query, 'record');
  const page = pageParam(ctx.query);
  // What counts comes first: a store with several readers then does it at once with the rest.
  const [listed, facets, chosen] = await Promise.all([
    listRecords(site.options, { query: filter.query, time, page, cursor: single(ctx.query, 'cursor'), signal }),
    loadFacets(site.options, { ...search, signal }),
    recordId === undefined ? null : store.get(recordId),
  ]);
  const { searchOn, histogram } = listed;
  return {
    records: listed.records.map(recordLine),
    searchOn: searchOn === null ? null : link(base, '/logs', { ...fixedTime(state, time), cursor: searchOn }),
    paging: listed.paging,
    unbounded: listed.unbounded,
    pinned: pinnedTime(state, time, listed),
    histogram: histogramProps(histogram, time.buckets, search),
    facets,
    words: searchedWords(filter.query),
    chosen: recordId === undefined ? null : chosen ? recordDetail(chosen) : 'gone',
    previewLength: settings.messagePreviewLength,
    relaxations: relaxations(base, state, settings),
    tail: link(base, '/api/v1/tail', tailFilter(state)),
  };
}

const tailFilter = ({ q, service, logger, level }: ExploreState) => ({ q, service, logger, level });
