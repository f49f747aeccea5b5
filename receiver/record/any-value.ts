/**
 * OpenTelemetry's AnyValue as it lives in memory: each of its kinds has one JavaScript type of its own, so that nothing
 * has to be guessed back and 64-bit integers stay exact.
 *
 * | AnyValue      | here                        |
 * |---------------|-----------------------------|
 * | no field set  | `null`                      |
 * | string_value  | `string`                    |
 * | bool_value    | `boolean`                   |
 * | int_value     | `bigint`                    |
 * | double_value  | `number`                    |
 * | bytes_value   | `Uint8Array`                |
 * | array_value   | array                       |
 * | kvlist_value  | `Map` (so `__proto__` is an ordinary key; a later duplicate key wins) |
 */
export type AnyValue = null | string | boolean | bigint | number | Uint8Array | readonly AnyValue[] | KeyValueList;

export type KeyValueList = ReadonlyMap<string, AnyValue>;

/** A list that is being made: a Map, or what stands in for one. */
export interface GrowingKeyValues extends KeyValueList {
  set(key: string, value: AnyValue): unknown;
}

export const EMPTY_KEY_VALUES: KeyValueList = new Map();

/** Deeper values are refused with 400 (OTLP.md O53): no honest client nests so far, and recursion must end somewhere. */
export const MAX_NESTING = 64;
