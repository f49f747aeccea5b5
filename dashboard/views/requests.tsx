import { NothingMatches } from './empty.tsx';
import type { EventPerson } from './event.ts';
import { calendarDay, clockTime, exact, exactTime, nameText, oneLine, rfc3339, shortened, took } from './format.ts';
import { inWords } from './health.tsx';
import { Histogram, type HistogramProps } from './histogram.tsx';
import { HowToBegin } from './how-to-begin.tsx';
import { Layout } from './layout.tsx';
import { link, type Parameters, recordPath } from './links.ts';
import { EndOfList, type ListPage } from './list-page.tsx';
import type { PageContext } from './page.ts';
import type { ChosenTime } from './range-choice.tsx';
import type { Tone } from './record.ts';
import { RequestTools } from './request-tools.tsx';
import { type Fault, FaultNote } from './search-form.tsx';

/** The page's state as it stands in the address bar. */
export interface RequestsState {
  readonly q?: string | undefined;
  readonly direction: readonly string[];
  readonly method: readonly string[];
  readonly route: readonly string[];
  readonly server: readonly string[];
  readonly actor: readonly string[];
  readonly status?: string | undefined;
  readonly slower?: string | undefined;
  readonly range?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** A request as a line of the table. */
export interface RequestLine {
  readonly id: string;
  readonly timestamp: bigint;
  readonly tone: Tone;
  readonly method: string | null;
  readonly route: string | null;
  readonly target: string | null;
  readonly server: string | null;
  readonly status: string | null;
  /** In seconds. */
  readonly duration: number | null;
  readonly isOutgoing: boolean;
  readonly error: string | null;
  readonly actor: EventPerson | null;
  readonly group: string | null;
}

/** A page of requests, and what is to be said of all that match. */
export interface RequestPage extends ListPage {
  readonly requests: readonly RequestLine[];
  readonly failed: number;
  /** How long they took, in seconds, of the newest `sampled`. */
  readonly half: number | null;
  readonly most: number | null;
  readonly sampled: number;
  readonly histogram: Omit<HistogramProps, 'href'>;
}

export interface RequestsProps {
  readonly page: PageContext;
  readonly state: RequestsState;
  readonly ranges: readonly { readonly name: string; readonly label: string }[];
  readonly time: ChosenTime;
  readonly fault: Fault | null;
  /** Null when the fault left nothing to search. */
  readonly list: RequestPage | null;
}

/** HTTP requests, those that came in and those that went out. */
export function RequestsPage(props: RequestsProps) {
  const { page, state, fault, list, ranges, time } = props;
  const range = ranges.find(({ name }) => name === time.range);
  return (
    <Layout page={page} heading="Requests" section="requests">
      <div class="head">
        <div>
          <h1>{list ? headline(list) : 'Requests'}</h1>
          <p class="sub">
            {range ? inWords(range.label) : time.words}
            {list && <Times list={list} />}
          </p>
        </div>
      </div>
      <RequestTools {...props} />
      {fault && <FaultNote fault={fault} query={state.q ?? ''} />}
      {list && <List {...props} list={list} />}
    </Layout>
  );
}

/** The page's first line, which is the answer: `2.1% of 12,040 requests failed`. */
function headline({ total, failed, unbounded }: RequestPage): string {
  if (total === 0) return 'No requests';
  const all = `${exact(total)}${unbounded ? '+' : ''} ${total === 1 ? 'request' : 'requests'}`;
  return failed === 0 ? `None of ${all} failed` : `${shareInWords(failed / total)} of ${all} failed`;
}

/** Never 0 or 100 where it is something else. */
function shareInWords(share: number): string {
  const percent = share * 100;
  if (percent < 0.1) return 'Less than 0.1%';
  return `${percent < 10 ? Number(percent.toFixed(1)) : Math.min(Math.round(percent), share < 1 ? 99 : 100)}%`;
}

function Times({ list: { half, most, sampled } }: { readonly list: RequestPage }) {
  if (half === null || most === null) return null;
  return (
    <>
      {' '}
      · half took up to <b>{took(half)}</b> (p50), 95% up to <b>{took(most)}</b> (p95), of the newest {exact(sampled)}
    </>
  );
}

function List(props: RequestsProps & { readonly list: RequestPage }) {
  const { page, state, list } = props;
  const to = (change: Parameters) => link(page.base, '/requests', { ...state, ...change });
  if (list.requests.length === 0 && list.searchOn === null) return <NothingHere {...props} />;
  return (
    <>
      <Histogram {...list.histogram} noun="request" href={(bar) => to({ range: undefined, ...bar })} />
      <div class="tbl">
        <RequestTable page={page} list={list} to={to} />
      </div>
      <EndOfList list={list} />
    </>
  );
}

interface TableProps {
  readonly page: PageContext;
  readonly list: RequestPage;
  readonly to: (change: Parameters) => string;
}

function RequestTable({ page, list, to }: TableProps) {
  return (
    <table class="lines requests">
      <caption class="sr">{`Requests, newest first, page ${exact(list.paging.page)}`}</caption>
      <thead>
        <tr>
          <th scope="col" class="t">
            Time
          </th>
          <th scope="col" class="c">
            Status
          </th>
          <th scope="col" class="v">
            Method
          </th>
          <th scope="col">Request</th>
          <th scope="col" class="u">
            User
          </th>
          <th scope="col" class="el">
            Took
          </th>
        </tr>
      </thead>
      <tbody>
        {list.requests.map((request) => (
          <Row key={request.id} page={page} request={request} to={to} />
        ))}
      </tbody>
    </table>
  );
}

/** From here on a request is slow enough to be seen at a glance. */
const SLOW_SECONDS = 1;

function Row({ page, request, to }: Pick<TableProps, 'page' | 'to'> & { readonly request: RequestLine }) {
  const { timestamp, method, status, duration, actor, error } = request;
  const isSlow = duration !== null && duration >= SLOW_SECONDS;
  return (
    <tr class={request.tone} data-group={request.group ?? undefined}>
      <td class="t">
        <time dateTime={rfc3339(timestamp)} title={exactTime(timestamp, page.zone)}>
          <span class="d">{calendarDay(timestamp, page.zone, page.now)} </span>
          {clockTime(timestamp, page.zone)}
        </time>
      </td>
      <td class="c">
        <span class={`code ${statusTone(request)}`} title={error === null ? undefined : nameText(error)}>
          {nameText(status ?? error ?? '—')}
        </span>
      </td>
      <td class="v">{method !== null && nameText(method)}</td>
      <td class="m">
        <a href={link(page.base, recordPath(request.id))} data-line>
          <bdi>{targetOf(request).replace(/^https?:\/\//, '')}</bdi>
        </a>
        {request.isOutgoing && <span class="out"> outgoing</span>}
      </td>
      <td class="u">
        {actor !== null &&
          (actor.id === null ? (
            <bdi>{nameText(actor.name)}</bdi>
          ) : (
            <a href={to({ actor: actor.id })} title={`Requests by ${nameText(actor.id)}`}>
              <bdi>{nameText(actor.name)}</bdi>
            </a>
          ))}
      </td>
      <td class={isSlow ? 'el slow' : 'el'}>{duration !== null && took(duration)}</td>
    </tr>
  );
}

/** The route stands for all requests of its kind; of an outgoing one the whole address is worth more. */
function targetOf({ route, target, server, isOutgoing }: RequestLine): string {
  const words = isOutgoing ? (target ?? route) : (route ?? target);
  return oneLine(shortened(words ?? server ?? '(no address)', LONGEST_TARGET));
}

const LONGEST_TARGET = 300;

function statusTone({ status, tone }: RequestLine): string {
  if (tone === 'bad') return 'bad';
  return status?.startsWith('4') ? 'warn' : 'fine';
}

function NothingHere({ page, state, ranges, time }: RequestsProps) {
  const to = (change: Parameters) => link(page.base, '/requests', { ...state, ...change });
  const { range: _range, from: _from, to: _to, ...filters } = state;
  const isNarrowed = Object.values(filters).some((value) => value !== undefined && value.length > 0);
  const longest = ranges.at(-1);
  const ways = [
    ...(isNarrowed ? [{ words: 'Drop all filters', href: link(page.base, '/requests') }] : []),
    ...(longest && time.range !== longest.name
      ? [{ words: inWords(longest.label), href: to({ range: longest.name, from: undefined, to: undefined }) }]
      : []),
  ];
  if (!isNarrowed && time.range !== undefined) return <HowToBegin what="request" ways={ways} />;
  return <NothingMatches what="No HTTP request matches." ways={ways} />;
}
