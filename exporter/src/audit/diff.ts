import { isDeepStrictEqual } from 'node:util';

export interface DiffOptions {
  /** Names of fields left out on every level, or paths such as `address.zip`; on top of `DEFAULT_EXCLUSIONS`. */
  readonly exclude?: readonly string[] | undefined;
  /** The field by which objects in lists are told apart. Default `id`. */
  readonly key?: string | undefined;
}

/** Old and new values of what changed, in the same nested shape; null where there was, or is, none. */
export interface Changes {
  readonly old_value: Record<string, unknown>;
  readonly new_value: Record<string, unknown>;
}

/** Fields that say nothing of what somebody changed: identity, which the event names anyhow, and time stamps. */
export const DEFAULT_EXCLUSIONS: readonly string[] = [
  'id',
  '_id',
  '__v',
  'created',
  'created_at',
  'createdAt',
  'updated',
  'updated_at',
  'updatedAt',
  'modified',
  'modified_at',
  'modifiedAt',
  'last_modified',
  'lastModified',
];

/** Beyond so many levels values are compared and shown whole. */
const MOST_LEVELS = 8;

type Fields = Readonly<Record<string, unknown>>;
type Pair = readonly [old: unknown, now: unknown];
type FieldsPair = readonly [old: Record<string, unknown>, now: Record<string, unknown>];

/**
 * What changed from one state of an object to another: the changed leaves alone, nested as they are. Lists of objects are
 * compared by key, and show as objects under these keys; other lists are compared and shown whole. What was added or
 * removed stands against null, as do all leaves when `before` or `after` is null: created, or deleted (P72).
 * @returns null when nothing changed. Never throws: what cannot be read counts as unchanged.
 */
export function diff(before: unknown, after: unknown, options: DiffOptions = {}): Changes | null {
  try {
    const comparison = new Comparison(options);
    const changed = comparison.ofFields(comparison.fieldsOf(before) ?? {}, comparison.fieldsOf(after) ?? {}, []);
    return changed && { old_value: changed[0], new_value: changed[1] };
  } catch {
    return null;
  }
}

class Comparison {
  readonly #excluded: ReadonlySet<string>;
  readonly #key: string;

  constructor({ exclude = [], key = 'id' }: DiffOptions) {
    this.#excluded = new Set([...DEFAULT_EXCLUSIONS, ...exclude]);
    this.#key = key;
  }

  ofFields(before: Fields, after: Fields, path: readonly string[]): FieldsPair | null {
    const changed: [name: string, change: Pair][] = [];
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const inner = [...path, name];
      const change = this.#isExcluded(inner) ? null : this.#ofValues(before[name], after[name], inner);
      if (change) changed.push([name, change]);
    }
    if (changed.length === 0) return null;
    return [
      Object.fromEntries(changed.map(([name, [old]]) => [name, old])),
      Object.fromEntries(changed.map(([name, [, now]]) => [name, now])),
    ];
  }

  /** A value as fields to be compared one by one: objects, maps, and lists of objects with keys. */
  fieldsOf(value: unknown): Fields | undefined {
    const plain = speakingForItself(value);
    if (Array.isArray(plain)) return this.#byKey(plain);
    if (plain instanceof Map) return Object.fromEntries([...plain].map(([name, inner]) => [String(name), inner]));
    return isLeaf(plain) ? undefined : (plain as Fields);
  }

  #ofValues(before: unknown, after: unknown, path: readonly string[]): Pair | null {
    const [old, now] = [speakingForItself(before) ?? null, speakingForItself(after) ?? null];
    if (isDeepStrictEqual(old, now)) return null;
    const [oldFields, newFields] = [this.fieldsOf(old), this.fieldsOf(now)];
    if (oldFields && newFields && path.length < MOST_LEVELS) {
      if (Array.isArray(old) === Array.isArray(now)) return this.ofFields(oldFields, newFields, path);
    }
    return [this.#shown(old, oldFields, path), this.#shown(now, newFields, path)];
  }

  /** A value that is shown whole: without what is excluded. */
  #shown(value: unknown, fields: Fields | undefined, path: readonly string[]): unknown {
    if (fields === undefined || path.length >= MOST_LEVELS || isEmptyList(value)) return value;
    const shown: [string, unknown][] = [];
    for (const [name, inner] of Object.entries(fields)) {
      const innerPath = [...path, name];
      if (!this.#isExcluded(innerPath)) shown.push([name, this.#shown(inner, this.fieldsOf(inner), innerPath)]);
    }
    return Object.fromEntries(shown);
  }

  #isExcluded(path: readonly string[]): boolean {
    return this.#excluded.has(path.at(-1) ?? '') || this.#excluded.has(path.join('.'));
  }

  /** An empty list has no items without a key. */
  #byKey(list: readonly unknown[]): Fields | undefined {
    const items = new Map<string, unknown>();
    for (const item of list) {
      const plain = speakingForItself(item);
      if (isLeaf(plain) || Array.isArray(plain)) return undefined;
      const key = speakingForItself((plain as Fields)[this.#key]);
      if (key === undefined || key === null) return undefined;
      items.set(String(key), plain);
    }
    return items.size === list.length ? Object.fromEntries(items) : undefined;
  }
}

const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

/** Documents, decimals, object ids and the like say by `toJSON` what they are; dates stay dates. */
function speakingForItself(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array) return value;
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON === 'function' ? toJSON.call(value) : value;
}

const isLeaf = (value: unknown): boolean =>
  typeof value !== 'object' ||
  value === null ||
  value instanceof Date ||
  value instanceof RegExp ||
  value instanceof Set ||
  ArrayBuffer.isView(value);
