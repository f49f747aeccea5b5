import type { Batch } from '../../receiver/store/store.ts';
import { at, DAY, HOUR, logRecord, MILLISECOND } from '../helpers/records.ts';

/** Blocks so small, and days so soon quiet, that a kill finds compaction, sealing and merging under way. */
export const CRASH_OPTIONS = { blockRows: 256, sealAfter: 20 };

export const RECORDS_PER_BATCH = 20;
export const CRASH_DAYS = 3;
export const CRASH_START = at('2026-11-18T00:00:00Z');

/** Batch `number` of the crash test: its records tell their batch and place, and every third batch spans three days. */
export function crashBatch(number: number): Batch {
  const records = Array.from({ length: RECORDS_PER_BATCH }, (_, place) => {
    const day = number % 3 === 0 ? place % CRASH_DAYS : number % CRASH_DAYS;
    return logRecord({
      timestamp: CRASH_START + BigInt(day) * DAY + BigInt(number % 24) * HOUR + BigInt(number) * MILLISECOND,
      logger: `crash.${number % 5}`,
      severityNumber: [9, 13, 17, 21][place % 4]!,
      body: `${number}/${place}`,
      traceId: number.toString(16).padStart(32, '0'),
      ...(place === 0 && { attributes: { 'log.record.uid': `uid-${number}` } }),
    });
  });
  return { key: `batch-${number}`, records };
}
