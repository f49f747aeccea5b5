import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../record/clock.ts';
import { levelIndexOf } from '../../record/severity.ts';
import type { PruneRequest } from '../store.ts';
import type { Connection, Transaction } from './connection.ts';
import { CountChanges, removeEmptyCounts } from './counts.ts';
import { type Day, dateOf, dayOf, startOf } from './day.ts';
import { retryConflicts, SQLSTATE, sqlStateOf } from './errors.ts';
import { type Partitions, partitionedDays, partitionName } from './partitions.ts';
import { splitTime, timeParameter } from './time.ts';

export interface PruneParts {
  readonly connection: Connection;
  readonly partitions: Pick<Partitions, 'forget'>;
  readonly now: Clock;
}

/** Milliseconds that records and searches may be kept waiting for a table to be dropped, and then between two tries. */
const LOCK_TIMEOUT = 1000;
const LOCK_TRIES = 30;
const QUARTER_MICROSECONDS = 900_000_000n;
/** The records that a row of counts is about. */
const ALL = 'trace + debug + info + warn + error + fatal + unspecified';

/**
 * See `LogStore.prune`: whole days go with their tables, the rest in batches. Several receivers may do it at once: each
 * then removes a part, and answers for it.
 */
export async function prune(parts: PruneParts, request: PruneRequest): Promise<number> {
  const { olderThan, signal } = request;
  signal?.throwIfAborted();
  if (olderThan <= 0n) return 0;
  if (request.dryRun) return countOlder(parts.connection, request);
  const boundary = dayOf(olderThan);
  let removed = 0;
  for (const day of await partitionedDays(parts.connection)) {
    if (day < boundary) removed += await dropDay(parts, day, signal);
    else if (day === boundary) removed += await removeOlder(parts, partitionName(day), request);
  }
  removed += await removeOlder(parts, 'record_default', request);
  await forgetUnused(parts, olderThan);
  return removed;
}

/** What a run would remove: the counts of whole quarters of an hour, and the records of the one that is divided. */
async function countOlder(connection: Connection, { olderThan, signal }: PruneRequest): Promise<number> {
  const { schema } = connection;
  const { microseconds, ns } = splitTime(olderThan);
  const quarter = timeParameter(microseconds - (microseconds % QUARTER_MICROSECONDS));
  const [row] = await connection.query<{ older: number }>(
    `select
       (select coalesce(sum(${ALL}), 0) from ${schema}.quarter_count where start < $1)
       + (select count(*) from ${schema}.record
          where time >= $1 and time <= $2 and (time, ns) < ($2::timestamptz, $3::smallint))
       as older`,
    [quarter, timeParameter(microseconds), ns],
    { signal },
  );
  return row!.older;
}

/** Drops a day's table with its counts; 0 when another receiver was quicker. */
async function dropDay(parts: PruneParts, day: Day, signal: AbortSignal | undefined): Promise<number> {
  const { connection, partitions } = parts;
  for (let tries = 1; ; tries++) {
    try {
      const removed = await connection.transaction((transaction) => dropTable(transaction, connection.schema, day), {
        signal,
      });
      partitions.forget(day);
      return removed;
    } catch (error) {
      if (sqlStateOf(error) !== SQLSTATE.lockNotAvailable || tries === LOCK_TRIES) throw error;
      await sleep(LOCK_TIMEOUT, undefined, { signal });
    }
  }
}

async function dropTable({ query }: Transaction, schema: string, day: Day): Promise<number> {
  await query(`set local lock_timeout = ${LOCK_TIMEOUT}`);
  // Before the counts are read: from here on nobody adds to them.
  await query(`lock table ${schema}.record in access exclusive mode`);
  const [table] = await query('select 1 where to_regclass($1) is not null', [`${schema}.${partitionName(day)}`]);
  if (!table) return 0;
  const bounds = [startOf(day), startOf(day + 1)];
  const [row] = await query<{ removed: number }>(
    `with gone as (
       delete from ${schema}.quarter_count where start >= $1 and start < $2
       returning ${ALL} as records
     )
     select coalesce(sum(records), 0) as removed from gone`,
    bounds,
  );
  await query(`delete from ${schema}.hour_count where start >= $1 and start < $2`, bounds);
  await query(`drop table ${schema}.${partitionName(day)}`);
  return row!.removed;
}

/** Removes older records of one partition, `batchSize` in a transaction. */
async function removeOlder(parts: PruneParts, partition: string, request: PruneRequest): Promise<number> {
  const { connection } = parts;
  const removeNext = () =>
    connection.transaction((transaction) => removePiece(transaction, connection.schema, partition, request), {
      signal: request.signal,
    });
  let removed = 0;
  for (;;) {
    const piece = await retryConflicts(removeNext).catch((error: unknown) => {
      // Another receiver, past midnight already, has dropped the day.
      if (sqlStateOf(error) === SQLSTATE.undefinedTable) return 0;
      throw error;
    });
    if (piece === 0) return removed;
    removed += piece;
  }
}

async function removePiece(
  transaction: Transaction,
  schema: string,
  partition: string,
  { olderThan, batchSize }: PruneRequest,
): Promise<number> {
  const { microseconds, ns } = splitTime(olderThan);
  const rows = await transaction.query<{
    quarter: bigint;
    logger_id: number;
    severity_number: number;
    records: number;
  }>(
    `with gone as (
       delete from ${schema}.${partition} where ctid = any(array(
         select ctid from ${schema}.${partition} where (time, ns) < ($1::timestamptz, $2::smallint)
         order by time, ns, sequence limit $3 for update skip locked
       ))
       returning time, logger_id, severity_number
     )
     select date_bin('15 minutes', time, 'epoch') as quarter, logger_id, severity_number, count(*) as records
     from gone group by 1, 2, 3`,
    [timeParameter(microseconds), ns, batchSize],
  );
  const changes = new CountChanges();
  let removed = 0;
  for (const { quarter, logger_id, severity_number, records } of rows) {
    changes.add(logger_id, quarter, levelIndexOf(severity_number), -records);
    removed += records;
  }
  await changes.apply(transaction, schema);
  return removed;
}

/** Takes loggers that hold no records any more off the list, and removes rows that no record refers to. */
async function forgetUnused({ connection, now }: PruneParts, olderThan: bigint): Promise<void> {
  const { schema } = connection;
  const query = (sql: string, parameters: readonly unknown[]) => connection.query(sql, parameters);
  const { microseconds, ns } = splitTime(olderThan);
  await removeEmptyCounts(connection, timeParameter(microseconds));
  // Counts say it as well as the records, of which every day's table would have to be locked.
  await query(
    `update ${schema}.logger set last_seen = null, last_seen_ns = null
     where (last_seen, last_seen_ns) < ($1::timestamptz, $2::smallint)
       and not exists (select from ${schema}.hour_count where logger_id = logger.id and ${ALL} > 0)`,
    [timeParameter(microseconds), ns],
  );
  // A receiver that is storing something at this moment has made its rows last until today.
  const unused = dateOf(Math.min(dayOf(olderThan), dayOf(now()) - 1));
  await query(`delete from ${schema}.logger where used_until < $1 and last_seen is null`, [unused]);
  await query(`delete from ${schema}.resource where used_until < $1`, [unused]);
  await query(`delete from ${schema}.scope where used_until < $1`, [unused]);
}
