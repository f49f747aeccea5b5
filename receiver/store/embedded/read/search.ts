import { and, fieldEquals, type Query } from '../../../query/tree.ts';
import type { SearchRequest } from '../../store.ts';
import { formatCursor, type Position, parseCursor, parseId } from '../position.ts';
import { copyOf, type EncodedRecords, encodeAnswer, type FoundRecord } from './answer.ts';
import { blocksWithin, firstRowFrom, isBefore, type Place } from './block-rows.ts';
import type { DayListing } from './day-listing.ts';
import { findRecords } from './find.ts';
import type { Pace } from './pace.ts';
import type { StoredDays } from './stored-days.ts';

export interface EncodedPage {
  readonly records: EncodedRecords;
  readonly next: string | null;
  readonly complete: boolean;
}

/** See `LogStore.search`. */
export async function search(
  days: StoredDays,
  request: Omit<SearchRequest, 'signal'>,
  pace: Pace,
): Promise<EncodedPage> {
  const { cursor, order = 'newest', ...rest } = request;
  const after = cursor === undefined ? undefined : parseCursor(order, cursor);
  const { records, next, isComplete } = await findRecords(days, { ...rest, order, after }, pace);
  return { records: encodeAnswer(records), next: next && formatCursor(order, next), complete: isComplete };
}

/** See `LogStore.get`. */
export async function readRecord(days: StoredDays, id: string): Promise<EncodedRecords | null> {
  const record = await findRecord(days, id);
  return record && encodeAnswer([record]);
}

/** See `LogStore.context`. */
export async function readContext(
  days: StoredDays,
  { id, before, after }: { readonly id: string; readonly before: number; readonly after: number },
  pace: Pace,
): Promise<{ before: EncodedRecords; after: EncodedRecords } | null> {
  const record = await findRecord(days, id);
  if (!record) return null;
  const query = and(fieldEquals('service', record.service), fieldEquals('logger', record.logger));
  const neighbours = async (order: 'newest' | 'oldest', limit: number): Promise<readonly FoundRecord[]> => {
    if (limit <= 0) return [];
    return (await findRecords(days, { query, order, after: record.position, limit }, pace)).records;
  };
  const earlier = await neighbours('newest', before);
  const later = await neighbours('oldest', after);
  return { before: encodeAnswer(earlier.toReversed()), after: encodeAnswer(later) };
}

/** Records that match, oldest first, at most `limit`: members of a group or a trace. */
export async function readMembers(
  days: StoredDays,
  { query, limit }: { readonly query: Query; readonly limit: number },
  pace: Pace,
): Promise<EncodedRecords> {
  if (limit <= 0) return encodeAnswer([]);
  return encodeAnswer((await findRecords(days, { query, order: 'oldest', limit }, pace)).records);
}

async function findRecord(days: StoredDays, id: string): Promise<FoundRecord | null> {
  const position = parseId(id);
  if (!position || !days.days().includes(position.day)) return null;
  const { day } = position;
  return days.retrying(() => days.orReport(day, null, () => recordAt(days, days.listing(day), position)));
}

function recordAt(days: StoredDays, listing: DayListing, position: Position): FoundRecord | null {
  const isThere = (place: Place) => !isBefore(position, place) && !isBefore(place, position);
  const hot = listing.hot.records[listing.hot.placeOf(position)];
  if (hot && isThere(hot.position)) return { ...copyOf(hot), position };
  const range = { first: position, end: { time: position.time, sequence: position.sequence + 1 } };
  for (const listed of blocksWithin(listing, range)) {
    const { minSequence, maxSequence } = listed.header;
    if (position.sequence < minSequence || position.sequence > maxSequence) continue;
    const block = days.open(listing, listed);
    const row = firstRowFrom(block, position);
    if (row < block.size && isThere({ time: block.times[row]!, sequence: block.sequences[row]! })) {
      return { ...days.record(listing, listed, row), position };
    }
  }
  return null;
}
