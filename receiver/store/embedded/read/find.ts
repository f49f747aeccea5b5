import { compileQuery } from '../../../query/evaluate.ts';
import type { Query } from '../../../query/tree.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import { recordSize } from '../../../record/record-size.ts';
import type { Order } from '../../common/cursor.ts';
import type { Day } from '../day.ts';
import { type BlockQuery, compileBlockQuery } from '../match/block-query.ts';
import type { Position } from '../position.ts';
import type { FoundRecord } from './answer.ts';
import { questionOf } from './answer-cache.ts';
import { type DayRange, isBefore, rangeOf } from './block-rows.ts';
import type { DayListing } from './day-listing.ts';
import type { Pace } from './pace.ts';
import { type RowSource, type SourcedRow, sourcesOf } from './row-sources.ts';
import type { StoredDays } from './stored-days.ts';

export interface FindRequest {
  readonly query: Query;
  readonly order: Order;
  /** Timestamps, `[from, to)`; open when absent. */
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  /** Where to start, exclusive; at the edge when absent. */
  readonly after?: Position | undefined;
  /** Matching records to pass over first. */
  readonly offset?: number;
  readonly limit: number;
}

export interface Found {
  readonly records: readonly FoundRecord[];
  /** Where to go on; null at the end. */
  readonly next: Position | null;
  /** False when a bound (time, bytes) ended it before the limit was reached. */
  readonly isComplete: boolean;
}

/** Records found have at most so many bytes, and one record more: all are in memory at once, and then in one answer. */
const PAGE_BYTES = 16 * 1024 * 1024;

/** Records that match, in order, copied out of what they were found in. */
export function findRecords(days: StoredDays, request: FindRequest, pace: Pace): Promise<Found> {
  return new Finder(days, request, pace).run();
}

/** One read through the days. Between its pieces no file is held, so days may come, grow and go meanwhile. */
class Finder {
  readonly #days: StoredDays;
  readonly #request: FindRequest;
  readonly #pace: Pace;
  readonly #query: BlockQuery;
  readonly #question: string;
  readonly #matches: (record: LogRecord) => boolean;
  readonly #records: FoundRecord[] = [];
  #bytes = 0;
  #toPassOver: number;
  /** How many rows of the last look at a day could not be read. */
  #leftOut = 0;
  /** All up to here was looked at: where to go on. */
  #after: Position | undefined;
  #hasLooked = false;
  #end: Found | null = null;

  constructor(days: StoredDays, request: FindRequest, pace: Pace) {
    this.#days = days;
    this.#request = request;
    this.#pace = pace;
    this.#query = compileBlockQuery(request.query);
    this.#question = questionOf(request.query);
    this.#matches = compileQuery(request.query);
    this.#toPassOver = request.offset ?? 0;
    this.#after = request.after;
  }

  async run(): Promise<Found> {
    for (const day of this.#daysToRead()) {
      await this.#pace.pause();
      do {
        await this.#days.retrying(() => this.#readDay(this.#days.listing(day)));
        if (this.#end) return this.#end;
        // What cannot be read took the places of others, which stand behind it.
      } while (this.#leftOut > 0);
    }
    return { records: this.#records, next: null, isComplete: true };
  }

  /** The days that have to be looked at, in order. */
  #daysToRead(): Day[] {
    const { order, after } = this.#request;
    const days = this.#days
      .daysWithin(this.#request)
      .filter((day) => after === undefined || (order === 'newest' ? day <= after.day : day >= after.day));
    return order === 'newest' ? days.reverse() : days;
  }

  /** Takes what the day has, or sets `#end`. Can be called again for a day whose blocks have changed. */
  async #readDay(listing: DayListing): Promise<void> {
    const { day } = listing;
    const { order } = this.#request;
    this.#leftOut = 0;
    const range = this.#rangeWithin(day);
    const request = { order, range, query: this.#query, question: this.#question, matches: this.#matches };
    let waiting: SourcedRow[] = [];
    for (const source of sourcesOf(this.#days, listing, request)) {
      // What stands before all that is still to come can be taken; what doesn't may have to let others in between.
      const isInPlace = ({ time }: SourcedRow) => (order === 'newest' ? time > source.bound : time < source.bound);
      const firstWaiting = waiting.findIndex((row) => !isInPlace(row));
      const taken = firstWaiting < 0 ? waiting.length : firstWaiting;
      if (this.#take(day, waiting.slice(0, taken)) || this.#wanted <= 0) return;
      waiting = waiting.slice(taken);
      if (this.#stopsBefore(day, range, source)) return;
      await this.#pace.pause();
      waiting = this.#merged(waiting, this.#rowsOf(day, source));
      this.#hasLooked = true;
    }
    this.#take(day, waiting);
  }

  /**
   * The part of the day that is still to be read. One start for cursor and range; sequences begin at 1, so (time, 0)
   * stands before all records of its time.
   */
  #rangeWithin(day: Day): DayRange {
    const { order } = this.#request;
    const { first, end } = rangeOf(day, this.#request);
    const after = this.#after;
    if (after?.day !== day) return { first, end };
    if (order === 'newest') return { first, end: isBefore(after, end) ? after : end };
    const behind = { time: after.time, sequence: after.sequence + 1 };
    return { first: isBefore(first, behind) ? behind : first, end };
  }

  /** Whether the time is over, and a reader can be told where to go on: then before this source. */
  #stopsBefore(day: Day, { first, end }: DayRange, source: RowSource): boolean {
    if (!this.#hasLooked || !this.#pace.isExhausted) return false;
    const isNewestFirst = this.#request.order === 'newest';
    const next = { day, time: isNewestFirst ? source.bound + 1 : source.bound, sequence: 0 };
    // Blocks of the same time have to be looked at together; else the reader would come back to the same place.
    if (!(isNewestFirst ? isBefore(next, end) : isBefore(first, next))) return false;
    this.#end = { records: this.#records, next, isComplete: false };
    return true;
  }

  /**
   * How many rows more this look at a day may take, one to see that there are more. Every row taken counts, also one that
   * cannot be read: what was cut off behind the others must not be passed over.
   */
  get #wanted(): number {
    return this.#toPassOver + this.#request.limit - this.#records.length - this.#leftOut + 1;
  }

  #rowsOf(day: Day, source: RowSource): SourcedRow[] {
    return this.#days.orReport(day, [], () => source.rows(this.#wanted));
  }

  /** Two lists in order as one, no longer than what can be wanted of it. */
  #merged(one: SourcedRow[], other: SourcedRow[]): SourcedRow[] {
    if (one.length === 0) return other;
    if (other.length === 0) return one;
    const isNewestFirst = this.#request.order === 'newest';
    const wanted = this.#wanted;
    const merged: SourcedRow[] = [];
    for (let a = 0, b = 0; merged.length < wanted && (a < one.length || b < other.length); ) {
      const rowA = one[a];
      const rowB = other[b];
      const takesA = rowA && (!rowB || (isNewestFirst ? isBefore(rowB, rowA) : isBefore(rowA, rowB)));
      merged.push(takesA ? rowA : rowB!);
      if (takesA) a++;
      else b++;
    }
    return merged;
  }

  /** Takes rows as the next ones; true when no more are wanted. */
  #take(day: Day, rows: readonly SourcedRow[]): boolean {
    for (const row of rows) {
      if (this.#toPassOver > 0) this.#toPassOver--;
      else {
        const isFull = this.#records.length >= this.#request.limit;
        if (isFull || this.#bytes >= PAGE_BYTES) {
          this.#end = { records: this.#records, next: this.#after ?? null, isComplete: isFull };
          return true;
        }
        this.#add(day, row);
      }
      this.#after = { day, time: row.time, sequence: row.sequence };
    }
    return false;
  }

  /** Adds a record, unless it cannot be read. */
  #add(day: Day, row: SourcedRow): void {
    const record = this.#days.orReport(day, null, () => row.read());
    if (!record) {
      this.#leftOut++;
      return;
    }
    this.#records.push({ ...record, position: { day, time: row.time, sequence: row.sequence } });
    this.#bytes += recordSize(record);
  }
}
