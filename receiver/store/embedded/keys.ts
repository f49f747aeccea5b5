import { hash } from 'node:crypto';
import { scalarText } from '../../query/field-values.ts';
import type { AnyValue } from '../../record/any-value.ts';
import type { LogRecord } from '../../record/log-record.ts';

/**
 * Keys stand for texts in indexes: 48 bits, so that they are short and exact as doubles. Two texts may share one, so
 * whoever finds rows by a key looks at the records themselves afterwards.
 */
export type Key = number;

/** The key of rows whose attribute holds several values: looked at for any value asked for. */
export const MANY_VALUES: Key = 0;

const KEY_DIGITS = 12;

/** The key of a text (FNV-1a in two lanes); never MANY_VALUES. */
export function keyOf(text: string): Key {
  let low = 0x811c9dc5;
  let high = 0x9747b28c;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x5bd1e995);
    high ^= high >>> 15;
  }
  return (high & 0xffff) * 2 ** 32 + (low >>> 0) || 1;
}

/** The key of a trace id (32 hexadecimal digits): its last digits, which are random even where the first are a time (W3C trace context). */
export function traceKeyOf(traceId: string): Key {
  return Number.parseInt(traceId.slice(-KEY_DIGITS), 16);
}

/** The key of an attribute's value as queries compare it, or null when the record has none that can be asked for. */
export function attributeKeyOf(record: LogRecord, attribute: string): Key | null {
  const value: AnyValue | undefined = record.attributes.get(attribute);
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? MANY_VALUES : keyOf(scalarText(value));
}

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
