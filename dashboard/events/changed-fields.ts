import type { JsonObject, JsonValue } from '../api/record-json.ts';

/** One field that an event changed. A side that wasn't there, or held nothing, is null. */
export interface ChangedField {
  /** Where it stands: `address.city`, `lines.3.quantity`. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly before: string | null;
  readonly after: string | null;
}

/** What an event changed: as many fields as were asked for, and how many there are in all. */
export interface ChangedFields {
  readonly fields: readonly ChangedField[];
  readonly count: number;
}

/** Fields held at most, whatever a sender says changed. */
const MOST_FIELDS = 1000;

/**
 * The first fields of `{old_value, new_value}` (PARITY.md P72), nested ones by their paths, in the order of the event. Null
 * for anything else, which is data to be shown as it is.
 */
export function changedFields(changes: JsonValue, most: number = MOST_FIELDS): ChangedFields | null {
  if (!isObject(changes) || !('old_value' in changes || 'new_value' in changes)) return null;
  const fields: ChangedField[] = [];
  let count = 0;
  for (const field of leaves('', changes.old_value ?? null, changes.new_value ?? null)) {
    count += 1;
    if (count <= most) fields.push(field);
  }
  return { fields, count };
}

function* leaves(path: string, before: JsonValue, after: JsonValue): Generator<ChangedField, void, undefined> {
  if (goesDeeper(before, after)) {
    const keys = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
    for (const key of keys)
      yield* leaves(path === '' ? key : `${path}.${key}`, memberOf(before, key), memberOf(after, key));
    return;
  }
  const [was, is] = [inWords(before), inWords(after)];
  // Senders may tell all fields, changed or not.
  if (was === is) return;
  const kind = was === null ? 'added' : is === null ? 'removed' : 'changed';
  yield { path: path || '(the whole)', kind, before: was, after: is };
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
