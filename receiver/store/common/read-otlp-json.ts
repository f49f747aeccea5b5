import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import type { OtlpJsonKeyValue, OtlpJsonValue } from '../../record/otlp-json.ts';

/** The value that `toOtlpJson` wrote. */
export function readOtlpJson(value: OtlpJsonValue): AnyValue {
  if ('stringValue' in value) return value.stringValue as string;
  if ('boolValue' in value) return value.boolValue as boolean;
  if ('intValue' in value) return BigInt(value.intValue as string);
  if ('doubleValue' in value) return Number(value.doubleValue);
  if ('bytesValue' in value) return new Uint8Array(Buffer.from(value.bytesValue as string, 'base64'));
  if ('arrayValue' in value) return (value.arrayValue as { values: OtlpJsonValue[] }).values.map(readOtlpJson);
  if ('kvlistValue' in value)
    return readOtlpJsonKeyValues((value.kvlistValue as { values: OtlpJsonKeyValue[] }).values);
  return null;
}

/** The attributes that `toOtlpJsonKeyValues` wrote. */
export function readOtlpJsonKeyValues(list: readonly OtlpJsonKeyValue[]): KeyValueList {
  return new Map(list.map(({ key, value }) => [key, readOtlpJson(value)]));
}
