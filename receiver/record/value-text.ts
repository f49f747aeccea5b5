import type { AnyValue } from './any-value.ts';

/**
 * A value's one text form, for searching, cutting and showing: a string as it is, no value as '', anything else as its
 * OTLP JSON (`{"intValue":"5"}`), as the OTLP specification's JSON encoding writes it.
 */
export function valueText(value: AnyValue): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : otlpJson(value);
}

function otlpJson(value: AnyValue): string {
  if (value === null) return '{}';
  if (typeof value === 'string') return `{"stringValue":${JSON.stringify(value)}}`;
  if (typeof value === 'boolean') return `{"boolValue":${value}}`;
  if (typeof value === 'bigint') return `{"intValue":"${value}"}`;
  if (typeof value === 'number') return `{"doubleValue":${Number.isFinite(value) ? value : `"${value}"`}}`;
  if (value instanceof Uint8Array) return `{"bytesValue":"${base64(value)}"}`;
  if (value instanceof Map) {
    const pairs = [...value].map(([key, item]) => `{"key":${JSON.stringify(key)},"value":${otlpJson(item)}}`);
    return `{"kvlistValue":{"values":[${pairs.join(',')}]}}`;
  }
  return `{"arrayValue":{"values":[${(value as readonly AnyValue[]).map(otlpJson).join(',')}]}}`;
}

/** Standard base64 with padding, as OTLP's JSON encoding writes bytes. */
export function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
