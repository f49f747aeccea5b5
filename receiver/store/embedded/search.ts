import { and, fieldEquals, type Query } from '../../query/tree.ts';
import type { SearchRequest } from '../store.ts';
import type { DayFiles } from './day-files.ts';
import { type EncodedRecords, encodeRecords, type LazyRecord } from './lazy-record.ts';
import type { Pace } from './pace.ts';
import { planQuery } from './plan.ts';
import { formatCursor, type Order, type Position, parseCursor, parseId } from './position.ts';
import { walk } from './walk.ts';

export interface EncodedPage {
  readonly records: EncodedRecords;
  readonly next: string | null;
  readonly complete: boolean;
}

/** A page's records have at most so many bytes, and one record more: all are in memory at once, and then in one answer. */
const PAGE_BYTES = 16 * 1024 * 1024;

/** As an answer repeats them: with a record's resource and scope, which records share as stored. */
const bytesOf = ({ data, parts }: LazyRecord): number =>
  data.length + parts.resource.bytes.length + parts.scope.bytes.length;

/** See `LogStore.search`. */
export async function search(
  files: DayFiles,
  request: Omit<SearchRequest, 'signal'>,
  pace: Pace,
): Promise<EncodedPage> {
  const { query, from, to, limit, cursor, offset = 0, order = 'newest' } = request;
  const after = cursor === undefined ? undefined : parseCursor(order, cursor);
  const page: LazyRecord[] = [];
  let bytes = 0;
  let toPassOver = offset;
  // One more than the page holds tells whether there is another.
  const firstRows = limit + offset + 1;
  for await (const { records, position } of walk(
    files,
    { plan: planQuery(query), order, from, to, after, firstRows },
    pace,
  )) {
    const passed = Math.min(toPassOver, records.length);
    toPassOver -= passed;
    for (const record of records.slice(passed)) {
      if (page.length === limit)
        return { ...pageOf(page), next: formatCursor(order, page.at(-1)!.position), complete: true };
      if (bytes >= PAGE_BYTES)
        return { ...pageOf(page), next: formatCursor(order, page.at(-1)!.position), complete: false };
      page.push(record);
      bytes += bytesOf(record);
    }
    if (pace.isExhausted) return { ...pageOf(page), next: formatCursor(order, position), complete: false };
  }
  return { ...pageOf(page), next: null, complete: true };
}

function pageOf(page: readonly LazyRecord[]): { records: EncodedRecords } {
  return { records: encodeRecords(page) };
}

/** See `LogStore.get`. */
export function readRecord(files: DayFiles, id: string): EncodedRecords | null {
  const record = findRecord(files, id);
  return record && encodeRecords([record]);
}

/** See `LogStore.context`. */
export async function readContext(
  files: DayFiles,
  { id, before, after }: { readonly id: string; readonly before: number; readonly after: number },
  pace: Pace,
): Promise<{ before: EncodedRecords; after: EncodedRecords } | null> {
  const record = findRecord(files, id);
  if (!record) return null;
  const query = and(fieldEquals('service', record.service), fieldEquals('logger', record.logger));
  const earlier = await nextRecords(files, query, 'newest', record.position, before, pace);
  const later = await nextRecords(files, query, 'oldest', record.position, after, pace);
  return { before: encodeRecords(earlier.reverse()), after: encodeRecords(later) };
}

/** Records that match, oldest first, at most `limit`: members of a group or a trace. */
export async function readMembers(
  files: DayFiles,
  { query, limit }: { readonly query: Query; readonly limit: number },
  pace: Pace,
): Promise<EncodedRecords> {
  return encodeRecords(await nextRecords(files, query, 'oldest', undefined, limit, pace));
}

async function nextRecords(
  files: DayFiles,
  query: Query,
  order: Order,
  after: Position | undefined,
  limit: number,
  pace: Pace,
): Promise<LazyRecord[]> {
  const found: LazyRecord[] = [];
  let bytes = 0;
  if (limit <= 0) return found;
  for await (const { records } of walk(files, { plan: planQuery(query), order, after, firstRows: limit }, pace)) {
    for (const record of records) {
      found.push(record);
      bytes += bytesOf(record);
      if (found.length === limit || bytes >= PAGE_BYTES) return found;
    }
  }
  return found;
}

function findRecord(files: DayFiles, id: string): LazyRecord | null {
  const position = parseId(id);
  return (position && files.use(position.day, (file) => file.record(position))) ?? null;
}
