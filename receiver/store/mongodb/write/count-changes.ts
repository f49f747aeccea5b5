import { type AnyBulkWriteOperation, Long } from 'mongodb';
import type { LogRecord } from '../../../record/log-record.ts';
import { isError, isWarning, LEVELS, type Level, levelIndexOf, levelOf } from '../../../record/severity.ts';
import type { Database } from '../database.ts';
import type { CountDelta, LoggerDocument, LoggerName } from '../documents.ts';
import { CODE, writeErrorsOf } from '../errors.ts';
import { dateOf } from '../log-document.ts';
import { insertAll } from './claims.ts';
import { countsId, countsUpdate, type DayChange, newCounts } from './day-counts.ts';
import type { KnownDays } from './known-days.ts';
import type { Step } from './lanes.ts';

const QUARTER = 900_000_000_000n;
const QUARTERS_PER_DAY = 96;
const MILLISECONDS_PER_QUARTER = 900_000;

/** What is counted of a record. */
export type Counted = Pick<LogRecord, 'service' | 'logger' | 'timestamp' | 'severityNumber'>;

interface LoggerChange extends LoggerName {
  /** Cells as `DayChange` has them, by day. */
  readonly days: Map<number, Map<number, number>>;
  lastSeen: bigint;
  readonly newest: Map<Level, string>;
}

/** What records change of the counts by day and of what is known of their loggers. */
export class CountChanges {
  readonly #services = new Map<string, Map<string, LoggerChange>>();

  /** A record that was stored. */
  add(record: Counted, id: string): void {
    const { timestamp, severityNumber } = record;
    const quarter = Number(timestamp / QUARTER);
    const change = this.#loggerOf(record);
    addToCell(change, quarter, levelIndexOf(severityNumber), 1);
    if (timestamp > change.lastSeen) change.lastSeen = timestamp;
    if (!isError(severityNumber) && !isWarning(severityNumber)) return;
    const level = levelOf(severityNumber);
    const newest = change.newest.get(level);
    if (newest === undefined || newest < id) change.newest.set(level, id);
  }

  /** Changes that were written down. */
  addDeltas(deltas: readonly CountDelta[]): void {
    for (const { quarter, level, count, ...name } of deltas) {
      addToCell(this.#loggerOf(name), quarter.getTime() / MILLISECONDS_PER_QUARTER, LEVELS.indexOf(level), count);
    }
  }

  /** The same, taken off. */
  negated(): CountDelta[] {
    const deltas: CountDelta[] = [];
    for (const { service, logger, day, cells } of this.#days()) {
      for (const [cell, count] of cells) {
        const quarter = day * QUARTERS_PER_DAY + Math.floor(cell / LEVELS.length);
        const level = LEVELS[cell % LEVELS.length]!;
        deltas.push({ service, logger, quarter: new Date(quarter * MILLISECONDS_PER_QUARTER), level, count: -count });
      }
    }
    return deltas;
  }

  /**
   * Adds all this to the counts, once however often the step does it. Only a step that stores makes documents that are
   * not there: what is taken off was there.
   */
  async applyToCounts(database: Database, step: Pick<Step, 'lane' | 'number'>, upsert: boolean): Promise<void> {
    await addToCounts(database, this.#days(), step, upsert);
  }

  /** The same for a step that stores: documents of days that are not known to be there are made whole. */
  async storeCounts(database: Database, step: Pick<Step, 'lane' | 'number'>, known: KnownDays): Promise<void> {
    const days = this.#days();
    const isThere = Map.groupBy(days, (day) => known.has(countsId(day)));
    const toMake = new Map(isThere.get(false)?.map((day) => [countsId(day), day]));
    const documents = Array.from(toMake.values(), (day) => newCounts(day, step));
    const refused = await insertAll(documents, (some) => database.counts.insertMany(some, { ordered: false }));
    const toChange = [...(isThere.get(true) ?? []), ...refused.map(({ _id }) => toMake.get(_id)!)];
    await addToCounts(database, toChange, step, true);
    for (const id of toMake.keys()) known.add(id);
  }

  /** Tells what is known of the loggers. Doing it again changes nothing. */
  async applyToLoggers(database: Database): Promise<void> {
    const updates = this.#loggers().map(loggerUpdate);
    await writeAll(updates, (some) => database.loggers.bulkWrite(some, { ordered: false }));
  }

  #loggerOf({ service, logger }: LoggerName): LoggerChange {
    let loggers = this.#services.get(service);
    if (!loggers) {
      loggers = new Map();
      this.#services.set(service, loggers);
    }
    let change = loggers.get(logger);
    if (!change) {
      change = { service, logger, days: new Map(), lastSeen: 0n, newest: new Map() };
      loggers.set(logger, change);
    }
    return change;
  }

  #loggers(): LoggerChange[] {
    return Array.from(this.#services.values(), (loggers) => [...loggers.values()]).flat();
  }

  #days(): DayChange[] {
    return this.#loggers().flatMap(({ service, logger, days }) =>
      Array.from(days, ([day, cells]) => ({ service, logger, day, cells })),
    );
  }
}

function addToCell({ days }: LoggerChange, quarter: number, levelIndex: number, count: number): void {
  const day = Math.floor(quarter / QUARTERS_PER_DAY);
  let cells = days.get(day);
  if (!cells) {
    cells = new Map();
    days.set(day, cells);
  }
  const cell = (quarter - day * QUARTERS_PER_DAY) * LEVELS.length + levelIndex;
  cells.set(cell, (cells.get(cell) ?? 0) + count);
}

async function addToCounts(
  { counts }: Database,
  days: readonly DayChange[],
  step: Pick<Step, 'lane' | 'number'>,
  upsert: boolean,
): Promise<void> {
  const updates = days.map((day) => countsUpdate(day, step, upsert));
  await writeAll(updates, (some) => counts.bulkWrite(some, { ordered: false }));
}

function loggerUpdate({ service, logger, lastSeen, newest }: LoggerChange): AnyBulkWriteOperation<LoggerDocument> {
  const ids = Object.fromEntries(Array.from(newest, ([level, id]) => [`newest.${level}`, id]));
  return {
    updateOne: {
      filter: { _id: { service, logger } },
      update: { $max: { lastSeen: dateOf(lastSeen), lastSeenNanos: Long.fromBigInt(lastSeen), ...ids } as object },
      upsert: true,
    },
  };
}

/**
 * A document that two make at the same time is refused to one of them as a duplicate; the second try finds it. When that
 * is refused, too, the document is there and has the step's changes already.
 */
const TRIES = 2;

async function writeAll<T>(writes: readonly T[], write: (some: T[]) => Promise<unknown>): Promise<void> {
  let left = [...writes];
  for (let round = 0; round < TRIES && left.length > 0; round++) {
    try {
      await write(left);
      return;
    } catch (error) {
      const failed = writeErrorsOf(error);
      if (!failed?.every(({ code }) => code === CODE.duplicateKey)) throw error;
      left = failed.map(({ index }) => left[index]!);
    }
  }
}
