import type { AnyBulkWriteOperation } from 'mongodb';
import { LEVELS, type Level } from '../../../record/severity.ts';
import type { CountsDocument, LevelCounts, LoggerName } from '../documents.ts';
import type { Step } from './lanes.ts';

/** What changes of one logger's counts of one UTC day. */
export interface DayChange extends LoggerName {
  /** Since the epoch. */
  readonly day: number;
  /** By quarter of the day and level: `quarter * LEVELS.length + levelIndex`. */
  readonly cells: ReadonlyMap<number, number>;
}

type CountingStep = Pick<Step, 'lane' | 'number'>;

const MILLISECONDS_PER_DAY = 86_400_000;

export function countsId({ day, service, logger }: DayChange): string {
  return JSON.stringify([startOf(day).toISOString().slice(0, 10), service, logger]);
}

const startOf = (day: number): Date => new Date(day * MILLISECONDS_PER_DAY);

/** The document of a day that has none yet. */
export function newCounts(change: DayChange, { lane, number }: CountingStep): CountsDocument {
  const { day, service, logger, cells } = change;
  const hours: Record<string, LevelCounts> = {};
  const quarters: Record<string, LevelCounts> = {};
  let total = 0;
  for (const [cell, count] of cells) {
    const { hour, quarter, level } = placeOf(cell);
    hours[hour] = { ...hours[hour], [level]: (hours[hour]?.[level] ?? 0) + count };
    quarters[quarter] = { ...quarters[quarter], [level]: count };
    total += count;
  }
  return {
    _id: countsId(change),
    day: startOf(day),
    service,
    logger,
    total,
    hours,
    quarters,
    applied: { [lane]: number },
  };
}

/** Adds to the document of a day, unless the step did so before; `upsert` makes one where there is none. */
export function countsUpdate(
  change: DayChange,
  { lane, number }: CountingStep,
  upsert: boolean,
): AnyBulkWriteOperation<CountsDocument> {
  const { day, service, logger, cells } = change;
  const increments: Record<string, number> = {};
  const add = (field: string, count: number) => {
    increments[field] = (increments[field] ?? 0) + count;
  };
  for (const [cell, count] of cells) {
    const { hour, quarter, level } = placeOf(cell);
    add('total', count);
    add(`hours.${hour}.${level}`, count);
    add(`quarters.${quarter}.${level}`, count);
  }
  const applied = `applied.${lane}`;
  return {
    updateOne: {
      filter: { _id: countsId(change), [applied]: { $not: { $gte: number } } },
      update: {
        $inc: increments,
        $set: { [applied]: number },
        ...(upsert && { $setOnInsert: { day: startOf(day), service, logger } }),
      },
      upsert,
    },
  };
}

function placeOf(cell: number): { readonly hour: number; readonly quarter: number; readonly level: Level } {
  const quarter = Math.floor(cell / LEVELS.length);
  return { hour: quarter >> 2, quarter, level: LEVELS[cell % LEVELS.length]! };
}
