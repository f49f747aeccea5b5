import type { Alert } from '../../receiver/store/alert.ts';
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

/** A threshold's first step, with the alert it fires. */
export function crashAlert(store: LogStore): Promise<boolean[]> {
  return store.commitAlerts([{ key: 'shop/shop.cart/ERROR', version: 0, state: 'fired', alerts: [testAlert('1')] }]);
}

export function testAlert(id: string): Alert {
  return {
    id,
    service: 'shop',
    logger: 'shop.cart',
    thresholdLevel: 'ERROR',
    recordLevel: 'ERROR',
    threshold: 1,
    count: 1,
    windowStart: CRASH_START,
    windowEnd: CRASH_START,
    timestamp: CRASH_START,
    message: 'payment refused',
    module: '',
    path: '',
    lineNumber: 0,
    records: [],
    firedAt: CRASH_START,
  };
}

export const CRASH_TASKS = { append: crashAppend, prune: crashPrune, alert: crashAlert } as const;
export type CrashTask = keyof typeof CRASH_TASKS;
