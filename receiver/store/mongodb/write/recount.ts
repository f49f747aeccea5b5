import type { Document } from 'mongodb';
import type { Level } from '../../../record/severity.ts';
import type { Database } from '../database.ts';
import type { CountsDocument, LevelCounts } from '../documents.ts';
import { idsWithin } from '../id-range.ts';
import { hintOf } from '../indexes.ts';
import { dateOf } from '../log-document.ts';
import { removeSilentLoggers } from './prune.ts';

const MILLISECOND = 1_000_000n;
const MILLISECONDS_PER_QUARTER = 900_000;
const DAY = 86_400_000;

/** The start of a record's quarter of an hour, in milliseconds. */
const QUARTER: Document = {
  $subtract: [{ $toLong: '$timestamp' }, { $mod: [{ $toLong: '$timestamp' }, MILLISECONDS_PER_QUARTER] }],
};

interface CellCount {
  readonly _id: { readonly quarter: number; readonly level: Level };
  readonly count: number;
}

/**
 * Counts the days anew that the TTL monitor may have removed a part of, when records expired at `horizon` until now.
 * While they do, what is beyond is not shown; when they are kept for longer, it would be.
 */
export async function recountExpired(database: Database, horizon: bigint): Promise<void> {
  const last = dateOf(horizon);
  const first = new Date(last.getTime() - 2 * DAY);
  await removeSilentLoggers(database, horizon);
  await database.counts.deleteMany({ day: { $lt: first } }, { hint: hintOf('countsByDay') });
  const filter = { day: { $gte: first, $lte: last } };
  const documents = database.counts.find(filter, {
    hint: hintOf('countsByDay'),
    projection: { day: 1, service: 1, logger: 1 },
  });
  for await (const document of documents) await recountDay(database, document);
}

async function recountDay(
  { logs, counts }: Database,
  { _id, day, service, logger }: Pick<CountsDocument, '_id' | 'day' | 'service' | 'logger'>,
): Promise<void> {
  const from = BigInt(day.getTime()) * MILLISECOND;
  const match = { service, logger, _id: idsWithin(from, from + BigInt(DAY) * MILLISECOND) };
  const group = { _id: { quarter: QUARTER, level: '$level' }, count: { $sum: 1 } };
  const cells = logs.aggregate<CellCount>([{ $match: match }, { $group: group }], { hint: hintOf('byLogger') });
  const hours: Record<string, LevelCounts> = {};
  const quarters: Record<string, LevelCounts> = {};
  let total = 0;
  for await (const { _id: cell, count } of cells) {
    const quarter = (Number(cell.quarter) - day.getTime()) / MILLISECONDS_PER_QUARTER;
    const hour = Math.floor(quarter / 4);
    quarters[quarter] = { ...quarters[quarter], [cell.level]: count };
    hours[hour] = { ...hours[hour], [cell.level]: (hours[hour]?.[cell.level] ?? 0) + count };
    total += count;
  }
  await counts.updateOne({ _id }, { $set: { hours, quarters, total } });
}
