import type { EventKind } from '../events/event-filter.ts';
import type { PeriodStats } from '../events/stats.ts';
import { AUDIT_FILTERS, type AuditState } from './audit-state.ts';
import { AuditTools } from './audit-tools.tsx';
import { NothingMatches } from './empty.tsx';
import type { EventPage } from './event.ts';
import { EventList } from './event-list.tsx';
import { exact, nameText, nounFor, plural } from './format.ts';
import { inWords } from './health.tsx';
import { HowToBegin } from './how-to-begin.tsx';
import { Layout } from './layout.tsx';
import { link, type Parameters } from './links.ts';
import { EndOfList } from './list-page.tsx';
import type { PageContext } from './page.ts';
import type { ChosenTime } from './range-choice.tsx';
import { type Fault, FaultNote } from './search-form.tsx';

export interface AuditProps {
  readonly page: PageContext;
  readonly state: AuditState;
  readonly kind: EventKind;
  readonly ranges: readonly { readonly name: string; readonly label: string }[];
  readonly time: ChosenTime;
  readonly stats: readonly PeriodStats[];
  readonly fault: Fault | null;
  /** Null when the fault left nothing to search. */
  readonly list: EventPage | null;
}

/** Who did what: how much was done lately, and every event with ways to narrow them. */
export function AuditPage(props: AuditProps) {
  const { page, state, fault, list } = props;
  return (
    <Layout page={page} heading="Audit" section="audit">
      <div class="head">
        <div>
          <h1>{headline(props)}</h1>
          <Stats {...props} />
        </div>
      </div>
      <AuditTools {...props} />
      {fault && <FaultNote fault={fault} query={state.q ?? ''} />}
      {list && <List {...props} list={list} />}
    </Layout>
  );
}

/** The page's first line, which is the answer: `1,204 actions by 37 users in the last 7 days` (PARITY.md P78). */
function headline({ kind, list, stats: [week] }: AuditProps): string {
  if (kind === 'group') return groupHeadline(list);
  if (week === undefined || week.actions === 0) return 'Nothing was done in the last 7 days';
  return `${inShort(week)} in the last ${week.days} days`;
}

/** What users did is no answer to whoever looks at the events of groups. */
function groupHeadline(list: EventPage | null): string {
  if (list === null) return 'Event groups';
  if (list.total === 0) return 'No events of groups';
  return `${plural(list.total, 'event')}${list.unbounded ? ' and more' : ''} of groups`;
}

function inShort({ actions, users, complete }: PeriodStats): string {
  const least = complete ? '' : 'At least ';
  return `${least}${plural(actions, 'action')} by ${users === 0 ? 'unknown users' : plural(users, 'user')}`;
}

function Stats({ page, state, kind, time, stats: [, month] }: AuditProps) {
  if (kind === 'group') return <p class="sub">{time.words}</p>;
  if (month === undefined) return null;
  const most = month.byAction.slice(0, 5);
  return (
    <p class="sub">
      {month.actions === 0 ? 'Nothing in 30 days' : `${inShort(month)} in 30 days`}
      {most.length > 0 && ': '}
      {most.map(({ value, count }, index) => (
        <span key={value}>
          {index > 0 && ', '}
          {exact(count)} × <a href={link(page.base, '/audit', { ...state, action: value })}>{nameText(value)}</a>
        </span>
      ))}
      {month.byAction.length > most.length && ', …'}
    </p>
  );
}

function List(props: AuditProps & { readonly list: EventPage }) {
  const { page, state, list, time, kind } = props;
  const { events, paging } = list;
  if (events.length === 0 && list.searchOn === null) {
    return <NothingHere {...props} />;
  }
  return (
    <>
      {kind !== 'group' && (
        <p class="sub found-count">
          {exact(list.total)}
          {list.unbounded && '+'} {nounFor(list.total, 'event')} · {time.words}
        </p>
      )}
      <EventList
        page={page}
        label={`Events, newest first, page ${exact(paging.page)}`}
        events={events}
        words={list.words}
        narrowed={(change) => link(page.base, '/audit', { ...state, ...change })}
      />
      <EndOfList list={list} />
    </>
  );
}

function NothingHere({ page, state, ranges, time, kind, stats }: AuditProps) {
  const to = (change: Parameters) => link(page.base, '/audit', { ...state, ...change });
  const isNarrowed = state.q || AUDIT_FILTERS.some(({ name }) => state[name].length > 0);
  const longest = ranges.at(-1);
  const ways = [
    ...(isNarrowed ? [{ words: 'Drop all filters', href: link(page.base, '/audit', { kind: state.kind }) }] : []),
    ...(state.q ? [{ words: 'Drop the search text', href: to({ q: undefined }) }] : []),
    ...(longest && time.range !== longest.name
      ? [{ words: inWords(longest.label), href: to({ range: longest.name, from: undefined, to: undefined }) }]
      : []),
  ];
  const isUsed = kind !== 'group' && stats.some(({ actions }) => actions > 0);
  if (!isNarrowed && !isUsed && time.range !== undefined) {
    return <HowToBegin what={kind === 'group' ? 'group' : 'action'} ways={ways} />;
  }
  const what = kind === 'group' ? 'No event of a group matches.' : 'No event matches.';
  return <NothingMatches what={what} ways={ways} />;
}
