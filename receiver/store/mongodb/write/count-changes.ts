import { type AnyBulkWriteOperation, Long } from 'mongodb';
import type { LogRecord } from '../../../record/log-record.ts';
import { isError, isWarning, LEVELS, type Level, levelIndexOf, levelOf } from '../../../record/severity.ts';
import type { Database } from '../database.ts';
import type { CountDelta, CountsDocument, LoggerDocument, LoggerName } from '../documents.ts';
import { CODE, writeErrorsOf } from '../errors.ts';
import { dateOf } from '../log-document.ts';
import type { Step } from './lanes.ts';

const QUARTER = 900_000_000_000n;
const QUARTERS_PER_DAY = 96;
const MILLISECONDS_PER_QUARTER = 900_000;

/** What is counted of a record. */
export type Counted = Pick<LogRecord, 'service' | 'logger' | 'timestamp' | 'severityNumber'>;

interface DayChange {
  /** Since the epoch. */
  readonly day: number;
  /** By quarter of the day and level. */
  readonly cells: Map<number, number>;
}

interface LoggerChange extends LoggerName {
  readonly days: Map<number, DayChange>;
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
    for (const { service, logger, days } of this.#loggers()) {
      for (const { day, cells } of days.values()) {
        for (const [cell, count] of cells) {
          const quarter = day * QUARTERS_PER_DAY + Math.floor(cell / LEVELS.length);
          const level = LEVELS[cell % LEVELS.length]!;
          deltas.push({ service, logger, quarter: new Date(quarter * MILLISECONDS_PER_QUARTER), level, count: -count });
        }
      }
    }
    return deltas;
  }

  /**
   * Adds all this to the counts, once however often the step does it. Only a step that stores makes documents that are
   * not there: what is taken off was there.
   */
  async applyToCounts(database: Database, step: Pick<Step, 'lane' | 'number'>, upsert: boolean): Promise<void> {
    const updates = this.#loggers().flatMap((change) =>
      Array.from(change.days.values(), (day) => countsUpdate(change, day, step, upsert)),
    );
    await writeAll(updates, (some) => database.counts.bulkWrite(some, { ordered: false }));
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
}

function addToCell(change: LoggerChange, quarter: number, levelIndex: number, count: number): void {
  const dayNumber = Math.floor(quarter / QUARTERS_PER_DAY);
  let day = change.days.get(dayNumber);
  if (!day) {
    day = { day: dayNumber, cells: new Map() };
    change.days.set(dayNumber, day);
  }
  const cell = (quarter - dayNumber * QUARTERS_PER_DAY) * LEVELS.length + levelIndex;
  day.cells.set(cell, (day.cells.get(cell) ?? 0) + count);
}

function countsUpdate(
  { service, logger }: LoggerName,
  { day, cells }: DayChange,
  { lane, number }: Pick<Step, 'lane' | 'number'>,
  upsert: boolean,
): AnyBulkWriteOperation<CountsDocument> {
  const date = new Date(day * QUARTERS_PER_DAY * MILLISECONDS_PER_QUARTER);
  const increments: Record<string, number> = { total: 0 };
  const add = (field: string, count: number) => {
    increments[field] = (increments[field] ?? 0) + count;
  };
  for (const [cell, count] of cells) {
    const quarter = Math.floor(cell / LEVELS.length);
    const level = LEVELS[cell % LEVELS.length]!;
    add('total', count);
    add(`hours.${quarter >> 2}.${level}`, count);
    add(`quarters.${quarter}.${level}`, count);
  }
  const applied = `applied.${lane}`;
  return {
    updateOne: {
      filter: { _id: countsId(date, { service, logger }), [applied]: { $not: { $gte: number } } },
      update: {
        $inc: increments,
        $set: { [applied]: number },
        ...(upsert && { $setOnInsert: { day: date, service, logger } }),
      },
      upsert,
    },
  };
}

function countsId(day: Date, { service, logger }: LoggerName): string {
  return JSON.stringify([day.toISOString().slice(0, 10), service, logger]);
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
