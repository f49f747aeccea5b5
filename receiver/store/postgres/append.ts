import type { Clock } from '../../record/clock.ts';
import { levelIndexOf } from '../../record/severity.ts';
import { formatId } from '../common/ids.ts';
import type { AppendedBatch, Batch } from '../store.ts';
import type { Connection, Transaction } from './connection.ts';
import { copyRows, copySql, type RecordRow } from './copy-rows.ts';
import { CountChanges, noteSeen } from './counts.ts';
import { dayOf } from './day.ts';
import { retryConflicts } from './errors.ts';
import { claimRequests, findHeld, uidDigestOf } from './held.ts';
import type { Names } from './names.ts';
import type { Partitions } from './partitions.ts';
import { Sequences } from './sequences.ts';

export interface AppendParts {
  readonly connection: Connection;
  readonly names: Pick<Names, 'idsOf'>;
  readonly partitions: Pick<Partitions, 'ensure'>;
  readonly now: Clock;
}

/** What `LogStore.append` does. All batches of a call are stored in one transaction. */
export function createAppend(parts: AppendParts): (batches: readonly Batch[]) => Promise<AppendedBatch[]> {
  const { connection, partitions, names, now } = parts;
  const sequences = new Sequences(connection);

  /** Rows for all records, in their order. What they refer to is made first, for it harms nobody if nothing comes of it. */
  async function rowsOf(batches: readonly Batch[]): Promise<RecordRow[]> {
    const records = batches.flatMap((batch) => batch.records);
    const days = records.map(({ timestamp }) => dayOf(timestamp));
    await partitions.ensure(days);
    const { loggerIds, resourceIds, scopeIds } = await names.idsOf(records, days, dayOf(now()));
    const numbers = await sequences.take(records.length);
    return records.map((record, place) => ({
      record,
      sequence: numbers[place]!,
      loggerId: loggerIds[place]!,
      resourceId: resourceIds[place]!,
      scopeId: scopeIds[place]!,
      uidDigest: uidDigestOf(record),
    }));
  }

  return async (batches) => {
    const rows = await rowsOf(batches);
    return retryConflicts(() =>
      connection.transaction((transaction) => store(transaction, connection.schema, batches, rows, now())),
    );
  };
}

const DUPLICATE: AppendedBatch = { duplicate: true, stored: 0, idOf: () => null };

async function store(
  transaction: Transaction,
  schema: string,
  batches: readonly Batch[],
  rows: readonly RecordRow[],
  now: bigint,
): Promise<AppendedBatch[]> {
  const isNew = await claimRequests(transaction, schema, batches, now);
  const isHeld = await findHeld(transaction, schema, rows);
  const stored: RecordRow[] = [];
  let next = 0;
  const appended = batches.map(({ records }, index): AppendedBatch => {
    const first = next;
    next += records.length;
    if (!isNew[index]) return DUPLICATE;
    const before = stored.length;
    const kept = rows.slice(first, next).map((row) => {
      if (isHeld(row)) return null;
      stored.push(row);
      return row;
    });
    return {
      duplicate: false,
      stored: stored.length - before,
      idOf(place) {
        const row = kept[place];
        return row ? formatId(row.record.timestamp, row.sequence) : null;
      },
    };
  });
  if (stored.length > 0) {
    await transaction.copy(copySql(`${schema}.record`), copyRows(stored));
    await count(transaction, schema, stored);
  }
  return appended;
}

/** Last in the transaction: receivers wait for each other's counts of the same loggers. */
async function count(transaction: Transaction, schema: string, rows: readonly RecordRow[]): Promise<void> {
  const changes = new CountChanges();
  const newest = new Map<number, bigint>();
  for (const { record, loggerId } of rows) {
    const { timestamp, severityNumber } = record;
    changes.add(loggerId, timestamp / 1000n, levelIndexOf(severityNumber), 1);
    const before = newest.get(loggerId);
    if (before === undefined || timestamp > before) newest.set(loggerId, timestamp);
  }
  await changes.apply(transaction, schema);
  await noteSeen(transaction, schema, newest);
}
