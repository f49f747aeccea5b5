import type { JsonObject, JsonValue } from '../api/record-json.ts';

/** One field that an event changed. A side that wasn't there, or held nothing, is null. */
export interface ChangedField {
  /** Where it stands: `address.city`, `lines.3.quantity`. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: string | null;
  readonly after: string | null;
}

/** Fields looked at, whatever a sender says changed. */
const MOST_FIELDS = 1000;

/**
 * The fields of `{old_value, new_value}` (PARITY.md P72), nested ones by their paths, in the order of the event. Null for
 * anything else, which is data to be shown as it is.
 */
export function changedFields(changes: JsonValue): readonly ChangedField[] | null {
  if (!isObject(changes) || !('old_value' in changes || 'new_value' in changes)) return null;
  const fields: ChangedField[] = [];
  collect('', changes.old_value ?? null, changes.new_value ?? null, fields);
  return fields;
}

function collect(path: string, before: JsonValue, after: JsonValue, fields: ChangedField[]): void {
  if (fields.length >= MOST_FIELDS) return;
  if (goesDeeper(before, after)) {
    const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
    for (const key of keys)
      collect(path === '' ? key : `${path}.${key}`, memberOf(before, key), memberOf(after, key), fields);
    return;
  }
  // Nothing on both sides is no change.
  if (before === null && after === null) return;
  const kind = before === null ? 'added' : after === null ? 'removed' : 'changed';
  fields.push({ path: path || '(the whole)', kind, before: inWords(before), after: inWords(after) });
}

/** Into objects that stand on both sides, or on one side alone; an empty one is a value. */
function goesDeeper(before: JsonValue, after: JsonValue): boolean {
  const sides = [before, after].filter((side) => side !== null);
  return sides.length > 0 && sides.every(isObject) && sides.some((side) => Object.keys(side as object).length > 0);
}

const isObject = (value: JsonValue): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function memberOf(value: JsonValue, key: string): JsonValue {
  return isObject(value) && Object.hasOwn(value, key) ? value[key]! : null;
}

/** Texts as they are, unless they would be taken for something else or couldn't be seen. */
function inWords(value: JsonValue): string | null {
  if (value === null) return null;
  return typeof value === 'string' && !/^$|^\s|\s$|^["[{]|^-?\d+(\.\d+)?$|^(?:true|false|null)$/.test(value)
    ? value
    : JSON.stringify(value);
}
