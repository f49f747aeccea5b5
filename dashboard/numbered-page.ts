import type { Query } from '../receiver/query/tree.ts';
import type { LogStore, SearchPage, SearchRequest } from '../receiver/store/store.ts';
import { END_OF_TIME } from './times.ts';

export interface NumberedPage extends SearchPage {
  /** How many records match in all. */
  readonly count: number;
  /** False when counting ended early: there are more than `count`. */
  readonly isCounted: boolean;
}

/** The page that begins after `offset` matching records, or after the cursor, and how many there are in all. */
export async function loadNumberedPage(
  store: Pick<LogStore, 'search' | 'histogram'>,
  request: SearchRequest,
): Promise<NumberedPage> {
  const { cursor, offset = 0, signal } = request;
  const page = await store.search(request);
  const isLast = page.complete && page.next === null && (page.records.length > 0 || offset === 0);
  // Whoever sees the end knows the number, as with most objects' history.
  if (isLast && cursor === undefined) return { ...page, count: offset + page.records.length, isCounted: true };
  return { ...page, ...(await countRecords(store, request, signal)) };
}

async function countRecords(
  store: Pick<LogStore, 'histogram'>,
  { query, from = 0n, to = END_OF_TIME }: { readonly query: Query; readonly from?: bigint; readonly to?: bigint },
  signal: AbortSignal | undefined,
): Promise<Pick<NumberedPage, 'count' | 'isCounted'>> {
  if (from >= to) return { count: 0, isCounted: true };
  const { counts, complete } = await store.histogram({ query, boundaries: [from, to], signal });
  return { count: counts.reduce((sum, count) => sum + count, 0), isCounted: complete };
}
