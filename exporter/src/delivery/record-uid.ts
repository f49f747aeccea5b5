import { randomUUID } from 'node:crypto';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';

/** One per process, although the package may be loaded twice, as an ES module and by `require`. */
const UIDS = Symbol.for('logvitals.exporter.uids');
const shared = globalThis as { [UIDS]?: WeakMap<ReadableLogRecord, string> };

/** A record's `log.record.uid`, the same wherever in this process it is written down: a spool, a file. */
export function uidOf(record: ReadableLogRecord): string {
  shared[UIDS] ??= new WeakMap();
  let uid = shared[UIDS].get(record);
  if (uid === undefined) {
    uid = randomUUID();
    shared[UIDS].set(record, uid);
  }
  return uid;
}
