import type { AppendedBatch, LogStore } from '../../receiver/store/store.ts';
import { batch, DAY } from '../helpers/records.ts';
import { CRASH_START, crashBatch } from './crash-batches.ts';

/** More than one insert has; three days, five loggers, a few uids. */
const NUMBERED = Array.from({ length: 30 }, (_, number) => crashBatch(number));
export const CRASH_RECORDS = NUMBERED.flatMap(({ records }) => records);

/** Two requests in one append. */
const KEYED = [
  batch(
    NUMBERED.slice(0, 20).flatMap(({ records }) => records),
    'request-1',
  ),
  batch(
    NUMBERED.slice(20).flatMap(({ records }) => records),
    'request-2',
  ),
];

export function crashAppend(store: LogStore): Promise<AppendedBatch[]> {
  return store.append(KEYED);
}

/** Where pruning ends: in the middle of the records' second day. */
export const PRUNED_BEFORE = CRASH_START + DAY + DAY / 4n;

export function crashPrune(store: LogStore): Promise<{ removed: number }> {
  return store.prune({ olderThan: PRUNED_BEFORE, batchSize: 100, dryRun: false });
}
