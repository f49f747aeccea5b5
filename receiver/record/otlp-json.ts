import type { AnyValue, KeyValueList } from './any-value.ts';

/** An AnyValue in OTLP's JSON encoding, ready for JSON.stringify. No kind, no field: the empty value. */
export type OtlpJsonValue =
  | Record<string, never>
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number | string }
  | { readonly bytesValue: string }
  | { readonly arrayValue: { readonly values: readonly OtlpJsonValue[] } }
  | { readonly kvlistValue: { readonly values: readonly OtlpJsonKeyValue[] } };

export interface OtlpJsonKeyValue {
  readonly key: string;
  readonly value: OtlpJsonValue;
}

/**
 * A value in OTLP's JSON encoding (opentelemetry-proto, "JSON Protobuf Encoding"). Nothing is lost: 64-bit integers are
 * strings, bytes base64, and the doubles that JSON numbers cannot tell (NaN, infinities, -0) strings too.
 */
export function toOtlpJson(value: AnyValue): OtlpJsonValue {
  if (value === null) return {};
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'bigint':
      return { intValue: value.toString() };
    case 'number':
      return { doubleValue: toJsonDouble(value) };
  }
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (isList(value)) return { arrayValue: { values: value.map(toOtlpJson) } };
  return { kvlistValue: { values: toOtlpJsonKeyValues(value) } };
}

/** Attributes in OTLP's JSON encoding. */
export function toOtlpJsonKeyValues(attributes: KeyValueList): OtlpJsonKeyValue[] {
  return Array.from(attributes, ([key, value]) => ({ key, value: toOtlpJson(value) }));
}

/** `Array.isArray` does not narrow readonly arrays away from the other branch. */
function isList(value: readonly AnyValue[] | KeyValueList): value is readonly AnyValue[] {
  return Array.isArray(value);
}

function toJsonDouble(value: number): number | string {
  if (Object.is(value, -0)) return '-0';
  return Number.isFinite(value) ? value : String(value);
}
