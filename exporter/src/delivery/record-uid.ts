import { randomUUID } from 'node:crypto';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { perProcess } from '../per-process.ts';

const uids = perProcess('uids', () => new WeakMap<ReadableLogRecord, string>());

/** A record's `log.record.uid`, the same wherever in this process it is written down: a spool, a file. */
export function uidOf(record: ReadableLogRecord): string {
  let uid = uids.get(record);
  if (uid === undefined) {
    uid = randomUUID();
    uids.set(record, uid);
  }
  return uid;
}
