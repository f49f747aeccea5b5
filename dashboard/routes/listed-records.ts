import type { Query } from '../../receiver/query/tree.ts';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { type Histogram, MAX_OFFSET } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { rfc3339 } from '../views/format.ts';
import { link, type Parameters } from '../views/links.ts';
import type { ListPage } from '../views/list-page.tsx';
import type { Paging } from '../views/pager.tsx';
import type { SearchedTime } from './searched-time.ts';

/** A page of a list, newest first, and how many records there are by time and level. */
export interface ListedRecords {
  readonly records: readonly StoredRecord[];
  readonly histogram: Histogram;
  readonly paging: Paging;
  /** True when the number of pages isn't known. */
  readonly unbounded: boolean;
  /** Where to go on, when the search's time was over before the page was full. */
  readonly searchOn: string | null;
}

interface ListRequest {
  readonly query: Query;
  readonly time: SearchedTime;
  readonly page: number;
  /** Goes on from there, as a first page. */
  readonly cursor?: string | undefined;
  readonly signal: AbortSignal;
}

/** A page by its number; one beyond the last is the last (P32). */
export async function listRecords(
  { store, settings }: Pick<DashboardOptions, 'store' | 'settings'>,
  { query, time, page, cursor, signal }: ListRequest,
): Promise<ListedRecords> {
  const { pageSize } = settings;
  const { from, to } = time;
  const { boundaries } = time.buckets;
  const find = (number: number, after?: string) => {
    const offset = Math.min((number - 1) * pageSize, MAX_OFFSET);
    return store.search({ query, from, to, limit: pageSize, offset, cursor: after, signal });
  };
  const asked = cursor === undefined ? page : 1;
  // The one that counts comes first: a store with several readers then does both at once.
  const [histogram, found] = await Promise.all([
    boundaries.length > 1 ? store.histogram({ query, boundaries, signal }) : NO_HISTOGRAM,
    find(asked, cursor),
  ]);
  const pages = Math.max(Math.ceil(totalOf(histogram) / pageSize), 1);
  const isBeyond = histogram.complete && asked > pages;
  const { records, next, complete } = isBeyond ? await find(pages) : found;
  const shown = isBeyond ? pages : asked;
  const hasMore = next !== null && shown * pageSize <= MAX_OFFSET;
  return {
    records,
    histogram,
    paging: { page: shown, pages: histogram.complete ? Math.max(pages, shown) : shown + Number(hasMore) },
    unbounded: !histogram.complete,
    searchOn: complete ? null : next,
  };
}

const NO_HISTOGRAM: Histogram = { counts: [], complete: true };

/** How many records match in all. */
function totalOf({ counts }: Histogram): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** A list as its page shows it, with addresses of its other pages that keep the page's state (P33). */
export function listPage<State extends TimeState & Parameters>(
  listed: ListedRecords,
  { address, state, time }: { readonly address: string; readonly state: State; readonly time: SearchedTime },
): ListPage {
  const pinned = pinnedTime(state, time, listed);
  const { histogram, paging, unbounded, searchOn } = listed;
  return {
    total: totalOf(histogram),
    paging,
    unbounded,
    hrefOf: (page) => link(address, '', { ...pinned, page: page === 1 ? undefined : String(page) }),
    searchOn: searchOn && link(address, '', { ...fixedTime(state, time), cursor: searchOn }),
  };
}

/** The part of a page's state that tells its time. */
interface TimeState {
  readonly range?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The state with the times it stands for now, so that it means the same later. */
export function fixedTime<State extends TimeState>(
  state: State,
  { from, to }: Pick<SearchedTime, 'from' | 'to'>,
): State {
  return { ...state, range: undefined, from: rfc3339(from), to: rfc3339(to) };
}

/**
 * The state that a page's links to the other pages carry. On the first it ends with the newest record shown, so that
 * records that arrive meanwhile don't push the others from page to page.
 */
export function pinnedTime<State extends TimeState>(
  state: State,
  time: SearchedTime,
  { paging, records: [newest] }: Pick<ListedRecords, 'paging' | 'records'>,
): State {
  const isFixed = paging.page > 1 || (state.to !== undefined && !state.to.startsWith('now'));
  return fixedTime(state, { from: time.from, to: isFixed || !newest ? time.to : newest.timestamp + 1n });
}
