import { clientSignal } from '../api/context.ts';
import { eventFilter, eventKind } from '../events/event-filter.ts';
import type { DashboardSettings } from '../options.ts';
import { all, pageParam, type QueryString, type RecordFilter, single } from '../params.ts';
import { DAY } from '../times.ts';
import { AuditPage } from '../views/audit.tsx';
import type { AuditState } from '../views/audit-state.ts';
import type { EventPage } from '../views/event.ts';
import { FirstSteps } from '../views/first-steps.tsx';
import { link } from '../views/links.ts';
import { eventLine } from './event-props.ts';
import { listPage, listRecords } from './listed-records.ts';
import { baseOf, type PageRequest, pageContext, zoneOf } from './page-context.ts';
import { searchedWords } from './query-text.ts';
import { chosenTime, rangeParam, type SearchedTime, searchedTime } from './searched-time.ts';
import { sendPage } from './send-page.ts';
import type { Site } from './site.ts';

/** `/audit`: who did what, and the events of groups. */
export function auditRoute(site: Site) {
  const { options } = site;
  const { settings } = options;
  return async (ctx: PageRequest): Promise<void> => {
    const now = options.now();
    const zone = zoneOf(ctx, settings);
    const state = stateOf(ctx.query, settings);
    const read = eventFilter(ctx.query, now, zone);
    const filter = read.ok ? read.value : null;
    const defaultRange = monthOf(settings);
    const time = searchedTime(
      filter ?? { query: { type: 'all' } },
      state,
      { ranges: settings.ranges, defaultRange },
      now,
      zone,
    );
    const [page, stats, list] = await Promise.all([
      pageContext(ctx, site),
      site.recentStats(),
      filter && loadEvents(site, ctx, { state, filter, time }),
    ]);
    if (list?.events.length === 0 && (await options.store.loggers()).length === 0) {
      await sendPage(ctx, <FirstSteps page={page} endpoints={options.endpoints()} section="audit" />);
      return;
    }
    await sendPage(
      ctx,
      <AuditPage
        page={page}
        state={state}
        kind={eventKind(ctx.query)}
        ranges={settings.ranges}
        time={chosenTime(time)}
        stats={stats}
        fault={read.ok ? null : read.fault}
        list={list}
      />,
      read.ok ? 200 : 400,
    );
  };
}

function stateOf(query: QueryString, settings: DashboardSettings): AuditState {
  return {
    kind: single(query, 'kind') === undefined ? undefined : eventKind(query),
    q: single(query, 'q'),
    action: all(query, 'action'),
    tool: all(query, 'tool'),
    actor: all(query, 'actor'),
    object_type: all(query, 'object_type'),
    object_id: all(query, 'object_id'),
    type: all(query, 'type'),
    group: all(query, 'group'),
    initiator: all(query, 'initiator'),
    range: rangeParam(query, settings),
    from: single(query, 'from'),
    to: single(query, 'to'),
  };
}

/** Events are fewer than records, and asked for later: the first range of a month or more, else the longest. */
function monthOf({ ranges }: Pick<DashboardSettings, 'ranges'>): string {
  const isMonth = ({ slot, slots }: DashboardSettings['ranges'][number]) =>
    (slot.unit === 'day' ? slots : (slots * slot.minutes) / MINUTES_OF_A_DAY) >= 30;
  return (ranges.find(isMonth) ?? ranges.at(-1)!).name;
}

const MINUTES_OF_A_DAY = Number(DAY / 60_000_000_000n);

async function loadEvents(
  { options }: Site,
  ctx: PageRequest,
  { state, filter, time }: { readonly state: AuditState; readonly filter: RecordFilter; readonly time: SearchedTime },
): Promise<EventPage> {
  const listed = await listRecords(options, {
    query: filter.query,
    time,
    page: pageParam(ctx.query),
    cursor: single(ctx.query, 'cursor'),
    signal: clientSignal(ctx),
  });
  const address = link(baseOf(ctx), '/audit');
  return {
    ...listPage(listed, { address, state: { ...state }, time }),
    events: listed.records.map(eventLine),
    words: searchedWords(filter.query),
  };
}
