import type { LogRecord } from '../../../record/log-record.ts';
import type { Order } from '../../common/cursor.ts';
import type { HotRecord } from '../chunk/hot-record.ts';
import type { BlockQuery } from '../match/block-query.ts';
import { copyOf } from './answer.ts';
import { type BlockRows, blocksWithin, type DayRange, isWithin, lastTimeOf, matchingRows } from './block-rows.ts';
import type { DayListing, ListedBlock } from './day-listing.ts';
import { type FewRows, fewRowsOf, NO_ROWS, type PlacedRow, placedWithin } from './few-rows.ts';
import type { StoredDays } from './stored-days.ts';

/** A record that matches, not looked at further yet. Times are within the day. */
export interface SourcedRow {
  readonly time: number;
  readonly sequence: number;
  /** A copy of it: what it was found in may go away. */
  read(): LogRecord;
}

/** A part of a day's records, which may overlap with others in time. */
export interface RowSource {
  /** Where it begins at the earliest, in the order of the read. */
  readonly bound: number;
  /** The first rows that match, in order, at most `limit`. */
  rows(limit: number): SourcedRow[];
}

export interface SourceRequest {
  readonly order: Order;
  readonly range: DayRange;
  readonly query: BlockQuery;
  /** What is remembered of the query is under this name (`questionOf`). */
  readonly question: string;
  /** The same query, asked of single records. */
  readonly matches: (record: LogRecord) => boolean;
}

/** Hot records are looked at so many at a time. */
const HOT_PIECE = 256;

/** The parts of a day that may have records in a range, in the order of their bounds. */
export function sourcesOf(days: StoredDays, listing: DayListing, request: SourceRequest): RowSource[] {
  const sources = [
    ...hotPieces(listing, request),
    ...blocksWithin(listing, request.range).map((block) => new BlockPart(days, listing, block, request)),
  ];
  return sources.sort((one, other) => (request.order === 'newest' ? other.bound - one.bound : one.bound - other.bound));
}

function hotPieces({ hot }: DayListing, { order, range, matches }: SourceRequest): RowSource[] {
  const first = hot.placeOf(range.first);
  const end = hot.placeOf(range.end);
  const pieces: RowSource[] = [];
  for (let from = first; from < end; from += HOT_PIECE) {
    const records = hot.records.slice(from, Math.min(end, from + HOT_PIECE));
    pieces.push(new HotPiece(order === 'newest' ? records.reverse() : records, matches));
  }
  return pieces;
}

class HotPiece implements RowSource {
  readonly #records: readonly HotRecord[];
  readonly #matches: (record: LogRecord) => boolean;

  constructor(records: readonly HotRecord[], matches: (record: LogRecord) => boolean) {
    this.#records = records;
    this.#matches = matches;
  }

  get bound(): number {
    return this.#records[0]!.position.time;
  }

  rows(limit: number): SourcedRow[] {
    const rows: SourcedRow[] = [];
    for (const record of this.#records) {
      if (!this.#matches(record)) continue;
      const { time, sequence } = record.position;
      rows.push({ time, sequence, read: () => copyOf(record) });
      if (rows.length === limit) break;
    }
    return rows;
  }
}

class BlockPart implements RowSource {
  readonly #days: StoredDays;
  readonly #listing: DayListing;
  readonly #listed: ListedBlock;
  readonly #request: SourceRequest;
  readonly bound: number;

  constructor(days: StoredDays, listing: DayListing, listed: ListedBlock, request: SourceRequest) {
    this.#days = days;
    this.#listing = listing;
    this.#listed = listed;
    this.#request = request;
    const { minTime, maxTime } = listed.header;
    const { order, range } = request;
    this.bound = order === 'newest' ? Math.min(maxTime, lastTimeOf(range)) : Math.max(minTime, range.first.time);
  }

  rows(limit: number): SourcedRow[] {
    const { order, question } = this.#request;
    const few = this.#days.rows.get(question, this.#listing.day, this.#listed.id);
    if (few) return this.#few(few, limit);
    const found = this.#find();
    if (!('block' in found)) return this.#few(found, limit);
    const { block, wanted } = found;
    const rows = order === 'newest' ? lastMarked(wanted, limit) : firstMarked(wanted, limit);
    return rows.map((row) => this.#sourced({ row, time: block.timeOf(row), sequence: block.sequenceOf(row) }));
  }

  /** Looks into the block, and remembers the rows of a whole block if they are few. */
  #find(): FewRows | BlockRows {
    const { range, query, question } = this.#request;
    const found = matchingRows(this.#days, this.#listing, this.#listed, { range, query, isOnce: false });
    const few = found ? fewRowsOf(found) : NO_ROWS;
    if (few && isWithin(this.#listed, range)) this.#days.rows.set(question, this.#listing.day, this.#listed.id, few);
    return few ?? found!;
  }

  /** The first of them, in the order of the read. */
  #few(few: FewRows, limit: number): SourcedRow[] {
    const rows = placedWithin(few, this.#request.range);
    if (this.#request.order === 'newest') rows.reverse();
    return rows.slice(0, limit).map((row) => this.#sourced(row));
  }

  /** Opens the block again for the record: many rows can wait while their blocks go. */
  #sourced({ row, time, sequence }: PlacedRow): SourcedRow {
    return { time, sequence, read: () => this.#days.record(this.#listing, this.#listed, row) };
  }
}

function firstMarked(marks: Uint8Array, limit: number): number[] {
  const places: number[] = [];
  for (let at = marks.indexOf(1); at >= 0 && places.length < limit; at = marks.indexOf(1, at + 1)) places.push(at);
  return places;
}

/** The last ones, from the end. */
function lastMarked(marks: Uint8Array, limit: number): number[] {
  const places: number[] = [];
  let at = marks.lastIndexOf(1);
  while (at >= 0 && places.length < limit) {
    places.push(at);
    at = at === 0 ? -1 : marks.lastIndexOf(1, at - 1);
  }
  return places;
}
