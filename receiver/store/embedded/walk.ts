import { DamagedBytesError } from './bytes.ts';
import { DAY_LENGTH, type Day, startOf, timeWithin } from './day.ts';
import type { DayFiles } from './day-files.ts';
import { type DayPlan, planDay } from './day-plan.ts';
import { FETCHED_BYTES, type FetchedRows, type RecordPlace, type RowSource } from './day-reader.ts';
import type { LazyRecord } from './lazy-record.ts';
import type { Pace } from './pace.ts';
import type { Plan } from './plan.ts';
import type { Order, Position } from './position.ts';

export interface Walk {
  readonly plan: Plan;
  readonly order: Order;
  /** Timestamps, `[from, to)`; open when absent. */
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  /** Where to start, exclusive; at the edge when absent. */
  readonly after?: Position | undefined;
  /** Rows to fetch at first: what an easy query needs. */
  readonly firstRows: number;
}

/** A piece of a walk: the records that match, and how far all were looked at. */
export interface WalkPiece {
  readonly records: readonly LazyRecord[];
  readonly position: Position;
}

const MAX_ROWS = 1024;

/**
 * Goes through the records that match a plan, in order, day by day, piece by piece. Between pieces no file is held, so
 * days may come, grow and go meanwhile.
 */
export async function* walk(files: DayFiles, request: Walk, pace: Pace): AsyncGenerator<WalkPiece> {
  const { plan, order } = request;
  let wanted = Math.min(request.firstRows, MAX_ROWS);
  for (const day of daysOf(files, request)) {
    await pace.pause();
    const { sources, matches } = planDay(plan, files.summary(day));
    const { start, end } = boundsWithin(day, request);
    const merge = new Merge(sources, order, start, (source, place, limit) =>
      files.use(day, (file) => file.rows(source, order, place, end, limit)),
    );
    for (;;) {
      const rows = merge.next(wanted);
      const last = rows.at(-1);
      if (!last) break;
      yield { records: matching(files, day, rows, matches), position: last.position };
      wanted = MAX_ROWS;
      await pace.pause();
    }
  }
}

/**
 * Where a walk of a day starts (exclusive) and the time it ends at. One start for cursor and range, so that SQLite goes
 * right to it; sequences begin at 1, so (time, 0) stands before all records of its time.
 */
function boundsWithin(day: Day, { order, from, to, after }: Walk): { start: RecordPlace; end: number } {
  const first = from === undefined ? 0 : timeWithin(day, from);
  const last = to === undefined ? DAY_LENGTH : timeWithin(day, to);
  const edge = { time: order === 'newest' ? last : first, sequence: 0 };
  const end = order === 'newest' ? first : last;
  if (after?.day !== day) return { start: edge, end };
  const isAfterEdge = order === 'newest' ? after.time < edge.time : after.time >= edge.time;
  return { start: isAfterEdge ? after : edge, end };
}

/** The days a walk has to look at, in its order. */
function daysOf(files: DayFiles, { order, from, to, after }: Walk): Day[] {
  const days = files
    .days()
    .filter(
      (day) =>
        (from === undefined || startOf(day + 1) > from) &&
        (to === undefined || startOf(day) < to) &&
        (after === undefined || (order === 'newest' ? day <= after.day : day >= after.day)),
    );
  return order === 'newest' ? days.reverse() : days;
}

function matching(files: DayFiles, day: Day, rows: LazyRecord[], matches: DayPlan['matches']): LazyRecord[] {
  if (!matches) return rows;
  return rows.filter((row) => {
    try {
      return matches(row);
    } catch (error) {
      if (!(error instanceof DamagedBytesError)) throw error;
      files.reportDamage(day, error);
      return false;
    }
  });
}

type Fetch = (source: RowSource, after: RecordPlace, limit: number) => FetchedRows | undefined;

interface Stream {
  readonly source: RowSource;
  /** Rows fetched, the first `next` of them handed out. */
  rows: LazyRecord[];
  next: number;
  /** Where to fetch on. */
  place: RecordPlace;
  atEnd: boolean;
}

/** Rows of several sources of a day as one sequence. */
class Merge {
  readonly #order: Order;
  readonly #fetch: Fetch;
  readonly #streams: Stream[];

  constructor(sources: readonly RowSource[], order: Order, start: RecordPlace, fetch: Fetch) {
    this.#order = order;
    this.#fetch = fetch;
    this.#streams = sources.map((source) => ({ source, rows: [], next: 0, place: start, atEnd: false }));
  }

  /** About `wanted` rows more, fewer when they are large; none at the end. */
  next(wanted: number): LazyRecord[] {
    const merged: LazyRecord[] = [];
    // A source of its own needs no comparing.
    const only = this.#streams.length === 1 ? this.#streams[0] : undefined;
    if (only) return only.atEnd ? merged : this.#fill(only, wanted);
    let bytes = 0;
    while (merged.length < wanted && bytes < FETCHED_BYTES) {
      let first: Stream | null = null;
      for (const stream of this.#streams) {
        if (stream.next >= stream.rows.length && !stream.atEnd) this.#fill(stream, wanted);
        if (stream.next >= stream.rows.length) continue;
        if (!first || this.#isBefore(stream.rows[stream.next]!, first.rows[first.next]!)) first = stream;
      }
      if (!first) break;
      const row = first.rows[first.next++]!;
      merged.push(row);
      bytes += row.data.length;
    }
    return merged;
  }

  #fill(stream: Stream, limit: number): LazyRecord[] {
    const fetched = this.#fetch(stream.source, stream.place, limit);
    stream.rows = fetched?.rows ?? [];
    stream.next = 0;
    stream.place = stream.rows.at(-1)?.position ?? stream.place;
    stream.atEnd = fetched?.atEnd ?? true;
    return stream.rows;
  }

  #isBefore(a: LazyRecord, b: LazyRecord): boolean {
    const difference = a.position.time - b.position.time || a.position.sequence - b.position.sequence;
    return this.#order === 'newest' ? difference > 0 : difference < 0;
  }
}
