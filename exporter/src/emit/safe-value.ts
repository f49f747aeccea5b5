/** What a log record can carry: the AnyValue of OpenTelemetry's logs data model. */
export type AnyValue =
  | string
  | number
  | boolean
  | null
  | Uint8Array
  | readonly AnyValue[]
  | { readonly [name: string]: AnyValue };

/** Levels of lists and objects within each other. */
const MOST_LEVELS = 8;
/** Items and fields in all. */
const MOST_ENTRIES = 1_000;
/** Characters of one text, or bytes of one buffer. */
const LONGEST_TEXT = 16 * 1024;
/** Characters and bytes in all. */
const MOST_TEXT = 64 * 1024;

/** What stands for a field's value instead of it, such as that of a password; undefined keeps the value. */
export type Replace = (fieldName: string) => string | undefined;

/**
 * Any JavaScript value as one that a log record can carry, and a copy that later changes do not reach. Bounded: 8 levels,
 * 1,000 entries in all, 16 KiB a text, 64 KiB of text in all; what is cut off ends in `…`. Dates become ISO text, bigints
 * stay exact (numbers while safe, else text), errors `{ name, message }`, maps objects, sets lists; what has a `toJSON`
 * speaks for itself; cycles, functions and what throws become their string form. Never throws.
 */
export function safeValue(value: unknown, replace?: Replace): AnyValue {
  return isSafeAlready(value) ? value : new SafeCopy(replace).of(value);
}

/** Most values are: a request has some twenty, and none needs a copy. */
const isSafeAlready = (value: unknown): value is string | number | boolean =>
  (typeof value === 'string' && value.length <= LONGEST_TEXT) || Number.isFinite(value) || typeof value === 'boolean';

class SafeCopy {
  readonly #replace: Replace | undefined;
  readonly #above = new Set<object>();
  #entriesLeft = MOST_ENTRIES;
  #textLeft = MOST_TEXT;

  constructor(replace: Replace | undefined) {
    this.#replace = replace;
  }

  of(value: unknown): AnyValue {
    switch (typeof value) {
      case 'string':
        return this.#text(value);
      case 'number':
        return Number.isFinite(value) ? value : String(value);
      case 'boolean':
        return value;
      case 'bigint':
        return isSafe(value) ? Number(value) : this.#text(String(value));
      case 'undefined':
        return null;
      case 'object':
        return value === null ? null : this.#object(value);
      default:
        return this.#text(stringForm(value));
    }
  }

  #object(value: object): AnyValue {
    if (this.#above.has(value)) return '[Circular]';
    if (this.#above.size >= MOST_LEVELS) return this.#text(stringForm(value));
    this.#above.add(value);
    try {
      return this.#contents(value);
    } catch {
      return this.#text(stringForm(value));
    } finally {
      this.#above.delete(value);
    }
  }

  #contents(value: object): AnyValue {
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
    if (value instanceof Error)
      return { name: this.#text(String(value.name)), message: this.#text(String(value.message)) };
    if (value instanceof Uint8Array) return this.#bytes(value);
    if (Array.isArray(value) || value instanceof Set || isNumberArray(value)) return this.#list(value);
    if (value instanceof Map) return this.#fields(value.size, value);
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === 'function') return this.of(toJSON.call(value));
    if (value instanceof String || value instanceof Number || value instanceof Boolean) return this.of(value.valueOf());
    const names = Object.keys(value);
    if (names.length === 0 && !isPlain(value)) return this.#text(stringForm(value));
    return this.#fields(names.length, fieldsOf(value, names));
  }

  #list(values: Iterable<unknown>): AnyValue[] {
    const list: AnyValue[] = [];
    for (const value of values) {
      if (!this.#takeEntry()) {
        list.push('…');
        break;
      }
      list.push(this.of(value));
    }
    return list;
  }

  #fields(count: number, fields: Iterable<readonly [name: unknown, value: unknown]>): AnyValue {
    const entries: [string, AnyValue][] = [];
    for (const [key, value] of fields) {
      if (value === undefined) continue;
      if (!this.#takeEntry()) {
        entries.push(['…', `${count - entries.length} more`]);
        break;
      }
      const name = typeof key === 'string' ? key : stringForm(key);
      entries.push([this.#fieldName(name), this.#replace?.(name) ?? this.of(value)]);
    }
    return Object.fromEntries(entries);
  }

  /** The older SDK takes an object with a field "constructor" for an instance of a class, and drops the attribute. */
  #fieldName(name: string): string {
    return name === 'constructor' ? 'constructor_' : this.#text(name);
  }

  #bytes(value: Uint8Array): AnyValue {
    if (value.length > Math.min(LONGEST_TEXT, this.#textLeft)) return `[${value.length} bytes]`;
    this.#textLeft -= value.length;
    return Uint8Array.from(value);
  }

  #text(text: string): string {
    const most = Math.min(LONGEST_TEXT, this.#textLeft);
    this.#textLeft -= Math.min(text.length, most);
    return text.length <= most ? text : `${cut(text, most)}…`;
  }

  #takeEntry(): boolean {
    if (this.#entriesLeft === 0 || this.#textLeft === 0) return false;
    this.#entriesLeft -= 1;
    return true;
  }
}

const isSafe = (value: bigint): boolean =>
  value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER);

const isNumberArray = (value: object): value is Iterable<unknown> & object =>
  ArrayBuffer.isView(value) && !(value instanceof DataView);

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** One at a time, so that what lies beyond the bounds is never asked. */
function* fieldsOf(value: object, names: readonly string[]): Iterable<[string, unknown]> {
  for (const name of names) yield [name, fieldOf(value, name)];
}

/** A getter that throws costs its own field alone. */
function fieldOf(value: object, name: string): unknown {
  try {
    return (value as Record<string, unknown>)[name];
  } catch (error) {
    return `[throws ${stringForm(error)}]`;
  }
}

/** As text, of whatever length. Never throws. */
export function stringForm(value: unknown): string {
  try {
    if (typeof value === 'function') return `[function ${value.name}]`;
    return String(value);
  } catch {
    return '[unreadable]';
  }
}

/** Between characters, never within one of two UTF-16 units. */
function cut(text: string, length: number): string {
  const splits = /[\ud800-\udbff]/.test(text.charAt(length - 1));
  return text.slice(0, splits ? length - 1 : length);
}
