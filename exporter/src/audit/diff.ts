import { isDeepStrictEqual } from 'node:util';

export interface DiffOptions {
  /**
   * Names of fields left out on every level, or paths such as `address.zip`, which lead through lists by names alone:
   * `lines.price`. On top of `DEFAULT_EXCLUSIONS`.
   */
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

const EXCLUDED_BY_DEFAULT: ReadonlySet<string> = new Set(DEFAULT_EXCLUSIONS);

/** Beyond so many levels values are compared and shown whole. */
const MOST_LEVELS = 8;
/** Beyond so many values in all, what lies deeper is not shown: no record could hold it. */
const MOST_VALUES = 1_000_000;

/** A field's name, or what tells an item of a list apart. */
type Step = string | { readonly item: string };
type Path = readonly Step[];

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
    const changed = new Comparison(options ?? {}).ofObjects(before, after);
    return changed && { old_value: changed[0], new_value: changed[1] };
  } catch {
    return null;
  }
}

class Comparison {
  readonly #excluded: ReadonlySet<string>;
  readonly #key: string;
  /** The objects that the value under comparison stands in: those that know each other are gone into once. */
  readonly #around = new Set<unknown>();
  #valuesLeft = MOST_VALUES;

  constructor({ exclude, key }: DiffOptions) {
    this.#excluded = new Set([exclude ?? []].flat());
    this.#key = key ?? 'id';
  }

  ofObjects(before: unknown, after: unknown): FieldsPair | null {
    const [old, now] = [speakingForItself(before), speakingForItself(after)];
    return this.#within([old, now], () => {
      const isList = Array.isArray(old ?? now);
      return this.#ofFields(this.#fieldsOf(old) ?? {}, this.#fieldsOf(now) ?? {}, [], isList);
    });
  }

  #ofFields(before: Fields, after: Fields, path: Path, isList: boolean): FieldsPair | null {
    const changed: [name: string, change: Pair][] = [];
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const change = this.#ofField(before, after, name, [...path, isList ? { item: name } : name]);
      if (change) changed.push([name, change]);
    }
    if (changed.length === 0) return null;
    return [
      Object.fromEntries(changed.map(([name, [old]]) => [name, old])),
      Object.fromEntries(changed.map(([name, [, now]]) => [name, now])),
    ];
  }

  /** One that cannot be read costs itself alone. */
  #ofField(before: Fields, after: Fields, name: string, path: Path): Pair | null {
    if (this.#isExcluded(path) || isExcludedByDefault(path)) return null;
    try {
      return this.#ofValues(fieldOf(before, name), fieldOf(after, name), path);
    } catch {
      return null;
    }
  }

  #ofValues(before: unknown, after: unknown, path: Path): Pair | null {
    const [old, now] = [speakingForItself(before) ?? null, speakingForItself(after) ?? null];
    if (old === now || (this.#around.has(old) && this.#around.has(now))) return null;
    const [oldFields, newFields] = [this.#fieldsOf(old), this.#fieldsOf(now)];
    if (oldFields && newFields && Array.isArray(old) === Array.isArray(now) && this.#goesInto(path)) {
      return this.#within([old, now], () => this.#ofFields(oldFields, newFields, path, Array.isArray(old)));
    }
    const shown: Pair = [this.#shown(old, path), this.#shown(now, path)];
    return isDeepStrictEqual(...shown) ? null : shown;
  }

  /** A value that is shown whole: without what is excluded. */
  #shown(value: unknown, path: Path, isInList = false): unknown {
    const plain = speakingForItself(value);
    if (isLeaf(plain) || isEmptyList(plain)) return plain;
    if (this.#around.has(plain)) return '[Circular]';
    if (!this.#goesInto(path)) return this.#valuesLeft > 0 ? plain : '…';
    return this.#within([plain], () => this.#shownInside(plain, path, isInList));
  }

  /** In lists without keys identity and time stamps stay, for nothing else may tell the items apart. */
  #shownInside(value: unknown, path: Path, isInList: boolean): unknown {
    const fields = isInList ? plainFieldsOf(value) : this.#fieldsOf(value);
    if (fields === undefined) {
      return (value as readonly unknown[]).map((item, index) =>
        this.#shown(item, [...path, { item: String(index) }], true),
      );
    }
    const shown: [string, unknown][] = [];
    for (const [name, inner] of Object.entries(fields)) {
      const innerPath = [...path, Array.isArray(value) ? { item: name } : name];
      const isLeftOut = this.#isExcluded(innerPath) || (!isInList && isExcludedByDefault(innerPath));
      if (inner !== undefined && !isLeftOut) shown.push([name, this.#shown(inner, innerPath, isInList)]);
    }
    return Object.fromEntries(shown);
  }

  #within<Result>(objects: readonly unknown[], look: () => Result): Result {
    const entered = objects.filter((object) => !this.#around.has(object));
    for (const object of entered) this.#around.add(object);
    try {
      return look();
    } finally {
      for (const object of entered) this.#around.delete(object);
    }
  }

  #goesInto(path: Path): boolean {
    this.#valuesLeft -= 1;
    return path.length < MOST_LEVELS && this.#valuesLeft > 0;
  }

  #isExcluded(path: Path): boolean {
    if (this.#excluded.size === 0) return false;
    const last = path.at(-1) ?? '';
    if (this.#excluded.has(textOf(last)) || this.#excluded.has(path.map(textOf).join('.'))) return true;
    return typeof last === 'string' && this.#excluded.has(path.filter(isName).join('.'));
  }

  /** A value as fields to be compared one by one: objects, maps, and lists of objects with keys. */
  #fieldsOf(value: unknown): Fields | undefined {
    return Array.isArray(value) ? this.#byKey(value) : plainFieldsOf(value);
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

const isName = (step: Step): step is string => typeof step === 'string';
const textOf = (step: Step): string => (isName(step) ? step : step.item);

function isExcludedByDefault(path: Path): boolean {
  const last = path.at(-1) ?? '';
  return isName(last) && EXCLUDED_BY_DEFAULT.has(last);
}

/** Of objects and maps. */
function plainFieldsOf(value: unknown): Fields | undefined {
  if (value instanceof Map) return Object.fromEntries([...value].map(([name, inner]) => [String(name), inner]));
  return isLeaf(value) || Array.isArray(value) ? undefined : (value as Fields);
}

/** A class may have it as a getter; what every object inherits is nobody's field. */
function fieldOf(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) || !(name in Object.prototype) ? fields[name] : undefined;
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
