import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { clientSignal } from '../api/context.ts';
import { attributeText } from '../events/attribute-text.ts';
import { eventActor } from '../events/event.ts';
import { durationOf, percentile, requestDetails } from '../events/request.ts';
import { requestFilter, slowerThan, statusClass } from '../events/request-filter.ts';
import type { TimeZone } from '../health/time-zone.ts';
import type { DashboardSettings } from '../options.ts';
import { all, pageParam, type QueryString, type RecordFilter, single } from '../params.ts';
import { FirstSteps } from '../views/first-steps.tsx';
import { link } from '../views/links.ts';
import { type RequestLine, type RequestPage, RequestsPage, type RequestsState } from '../views/requests.tsx';
import { personOf } from './event-parts.ts';
import { histogramProps } from './explore-histogram.ts';
import { listPage, listRecords } from './listed-records.ts';
import { baseOf, type PageRequest, pageContext, zoneOf } from './page-context.ts';
import { recordLine } from './record-props.ts';
import { chosenTime, rangeParam, type SearchedTime, searchedTime } from './searched-time.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** How long requests take is told of so many of the newest: all of them would have to be read. */
const SAMPLE = 500;

/** `/requests`: HTTP requests that came in and went out. */
export function requestsRoute(site: Site) {
  const { options } = site;
  const { settings } = options;
  return async (ctx: PageRequest): Promise<void> => {
    const now = options.now();
    const zone = zoneOf(ctx, settings);
    const state = stateOf(ctx.query, settings);
    const read = requestFilter(ctx.query, now, zone);
    const filter = read.ok ? read.value : null;
    const time = searchedTime(filter ?? { query: { type: 'all' } }, state, settings, now, zone);
    const [page, list] = await Promise.all([
      pageContext(ctx, site),
      filter && loadRequests(site, ctx, { state, filter, time, zone, now }),
    ]);
    if (list?.requests.length === 0 && (await options.store.loggers()).length === 0) {
      await sendPage(ctx, <FirstSteps page={page} endpoints={options.endpoints()} section="requests" />);
      return;
    }
    await sendPage(
      ctx,
      <RequestsPage
        page={page}
        state={state}
        ranges={settings.ranges}
        time={chosenTime(time)}
        fault={read.ok ? null : read.fault}
        list={list}
      />,
      read.ok ? 200 : 400,
    );
  };
}

function stateOf(query: QueryString, settings: DashboardSettings): RequestsState {
  return {
    q: single(query, 'q'),
    direction: all(query, 'direction'),
    method: all(query, 'method'),
    route: all(query, 'route'),
    server: all(query, 'server'),
    actor: all(query, 'actor'),
    status: statusClass(query),
    slower: slowerThan(query),
    range: rangeParam(query, settings),
    from: single(query, 'from'),
    to: single(query, 'to'),
  };
}

interface RequestSearch {
  readonly state: RequestsState;
  readonly filter: RecordFilter;
  readonly time: SearchedTime;
  readonly zone: TimeZone;
  readonly now: bigint;
}

async function loadRequests({ options }: Site, ctx: PageRequest, search: RequestSearch): Promise<RequestPage> {
  const { state, filter, time } = search;
  const { query } = filter;
  const signal = clientSignal(ctx);
  const page = pageParam(ctx.query);
  const [listed, sample] = await Promise.all([
    listRecords(options, { query, time, page, cursor: single(ctx.query, 'cursor'), signal }),
    options.store.search({ query, from: time.from, to: time.to, limit: SAMPLE, signal }),
  ]);
  const durations = sample.records.map(durationOf).filter((seconds) => seconds !== null);
  const histogram = histogramProps(listed.histogram, time.buckets, search);
  return {
    ...listPage(listed, { address: link(baseOf(ctx), '/requests'), state: { ...state }, time }),
    requests: listed.records.map(requestLine),
    // Whoever recorded a request said by its severity whether it failed.
    failed: histogram.bars.reduce((sum, bar) => sum + bar.errors, 0),
    half: percentile(durations, 0.5),
    most: percentile(durations, 0.95),
    sampled: durations.length,
    histogram,
  };
}

function requestLine(record: StoredRecord): RequestLine {
  const { id, timestamp, tone } = recordLine(record);
  const { direction, ...details } = requestDetails(record);
  const actor = eventActor(record);
  return {
    id,
    timestamp,
    tone,
    ...details,
    isOutgoing: direction === 'external',
    actor: actor && personOf(actor),
    group: attributeText(record, 'logvitals.group.id'),
  };
}
