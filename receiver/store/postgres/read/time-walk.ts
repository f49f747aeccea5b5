import { sql } from 'kysely';
import type { Order } from '../../common/cursor.ts';
import type { Connection } from '../connection.ts';
import { runSql } from './run-sql.ts';
import { type TimeRange, timestamptz } from './time-range.ts';

const HOUR = 3_600_000_000_000n;

/** The first stretch; a few days' tables at most have to be planned for and opened. */
const FIRST_WIDTH = 6n * HOUR;
const LEAST_WIDTH = HOUR / 60n;
/** A query locks the tables of all its days with their indexes, and the server has room for some thousands of locks. */
const MOST_WIDTH = 32n * 24n * HOUR;
const GROWTH = 4n;
/** A stretch that took less, in milliseconds, makes the next one longer. */
const QUICK = 300;
/** A stretch that takes longer is ended, and a shorter one looked at instead. */
const TOO_LONG = 3000;
const SHRINKING = 16n;

export interface TimeWalkOptions extends TimeRange {
  readonly order: Order;
  readonly signal?: AbortSignal | undefined;
  /** Whether an index leads to the records whenever they are, so that stretches may be long from the first on. */
  readonly isServedByIndex?: boolean;
}

/** A look at a stretch of time. */
export interface Look<Result> {
  readonly stretch: TimeRange;
  readonly result: Result;
}

/**
 * Walks through time a stretch at a time, as long as each takes about as long as a reader likes to wait: so a search that
 * finds enough stops early, a rare one is no single query over all days, and none runs for ever.
 */
export class TimeWalk {
  readonly #connection: Connection;
  readonly #options: TimeWalkOptions;
  #width: bigint;

  constructor(connection: Connection, options: TimeWalkOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#width = options.isServedByIndex ? MOST_WIDTH : FIRST_WIDTH;
  }

  /** Looks at the next stretch behind a time, or at the first; null when there are no records any more. */
  async look<Result>(
    reached: bigint | null,
    work: (stretch: TimeRange, signal: AbortSignal) => Promise<Result>,
  ): Promise<Look<Result> | null> {
    const rest = await this.#rest(reached);
    if (rest === null) return null;
    for (;;) {
      const stretch = this.#stretchOf(rest);
      const started = performance.now();
      const result = await this.#inTime((signal) => work(stretch, signal));
      if (result === LATE) this.#width = greater((stretch.to - stretch.from) / SHRINKING, LEAST_WIDTH);
      else {
        if (performance.now() - started < QUICK) this.#width = lesser(this.#width * GROWTH, MOST_WIDTH);
        return { stretch, result };
      }
    }
  }

  /** The time that is still to be walked through, from the first hour that has records to the last. */
  async #rest(reached: bigint | null): Promise<TimeRange | null> {
    const { order } = this.#options;
    const from = order === 'oldest' && reached !== null ? reached : this.#options.from;
    const to = order === 'newest' && reached !== null ? reached : this.#options.to;
    if (from >= to) return null;
    const query = sql<{ first: bigint | null; last: bigint | null }>`
      select min(start) as first, max(start) as last from ${sql.raw(`${this.#connection.schema}.hour_count`)}
      where start >= ${timestamptz(from - (from % HOUR))} and start <= ${timestamptz(to)}`;
    const [hours] = await runSql(this.#connection, query, { signal: this.#options.signal });
    if (!hours || hours.first === null || hours.last === null) return null;
    const rest = { from: greater(from, hours.first * 1000n), to: lesser(to, hours.last * 1000n + HOUR) };
    return rest.from < rest.to ? rest : null;
  }

  #stretchOf({ from, to }: TimeRange): TimeRange {
    if (this.#options.order === 'newest') return { from: greater(from, to - this.#width), to };
    return { from, to: lesser(to, from + this.#width) };
  }

  /** Ends work that takes too long, unless there is no shorter stretch to look at instead. */
  async #inTime<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result | typeof LATE> {
    const { signal } = this.#options;
    const own = signal ? [signal] : [];
    if (this.#width <= LEAST_WIDTH) return work(AbortSignal.any(own));
    const late = AbortSignal.timeout(TOO_LONG);
    try {
      return await work(AbortSignal.any([...own, late]));
    } catch (error) {
      if (late.aborted && error === late.reason) return LATE;
      throw error;
    }
  }
}

const LATE = Symbol('it took too long');

const lesser = (one: bigint, other: bigint): bigint => (one < other ? one : other);
const greater = (one: bigint, other: bigint): bigint => (one > other ? one : other);
