import { hash } from 'node:crypto';
import type { LogRecord } from '../../record/log-record.ts';

export const UNIQUE_KEY_LENGTH = 16;

/** The attribute that says that a record is one and the same wherever it comes again. */
export const UNIQUE_ID = 'log.record.uid';

/**
 * What `log.record.uid` makes a record known by, or null when it has none: 128 bits of SHA-256, because a clash here
 * would lose a record.
 */
export function uniqueKeyOf(record: LogRecord): Buffer | null {
  const uid = record.attributes.get(UNIQUE_ID);
  if (typeof uid !== 'string' || uid === '') return null;
  const text = JSON.stringify([record.service, String(record.timestamp), uid]);
  return hash('sha256', text, 'buffer').subarray(0, UNIQUE_KEY_LENGTH);
}
