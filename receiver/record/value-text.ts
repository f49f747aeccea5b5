import type { AnyValue } from './any-value.ts';
import { toOtlpJson } from './otlp-json.ts';

/**
 * A value's one text form, for searching, cutting and showing: a string as it is, no value as '', anything else as its
 * OTLP JSON (`{"intValue":"5"}`), as the OTLP specification's JSON encoding writes it.
 */
export function valueText(value: AnyValue): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(toOtlpJson(value));
}

/** Standard base64 with padding, as OTLP's JSON encoding writes bytes. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
