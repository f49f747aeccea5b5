import { binaryText } from '../binary.ts';
import type { Row } from '../change.ts';

/** How a collection's documents are recorded. */
export interface DocumentModel {
  readonly name: string;
  /** Paths that are left out, such as a version counter. */
  readonly hidden: ReadonlySet<string>;
  /** Fields of the document itself that hold arrays of other objects' ids. */
  readonly references: readonly string[];
}

/** A document with values that can be compared and shown: ids and the like as text. */
export function rowOf(document: object, { hidden }: DocumentModel): Row {
  return plainObject(asStored(document), '', hidden);
}

/** The driver stores what an object's `toBSON` gives, such as a Mongoose document's. */
function asStored(value: object): object {
  return 'toBSON' in value && typeof value.toBSON === 'function' ? Object(value.toBSON()) : value;
}

function plainObject(document: object, path: string, hidden: ReadonlySet<string>): Record<string, unknown> {
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(document)) {
    const inner = path === '' ? name : `${path}.${name}`;
    if (value === undefined || hidden.has(inner)) continue;
    // A field may be called `__proto__`.
    Object.defineProperty(plain, name, {
      value: plainValue(value, inner, hidden),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return plain;
}

function plainValue(value: unknown, path: string, hidden: ReadonlySet<string>): unknown {
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof RegExp) return value;
  if (Array.isArray(value)) return value.map((entry) => plainValue(entry, path, hidden));
  if ('_bsontype' in value) return plainBson(value as BsonValue);
  if (ArrayBuffer.isView(value)) return binaryText(value);
  if (value instanceof Map) return plainObject(Object.fromEntries(value), path, hidden);
  return plainObject(asStored(value), path, hidden);
}

interface BsonValue {
  readonly _bsontype: string;
  readonly sub_type?: number;
  readonly buffer?: Uint8Array;
  length?(): number;
  valueOf(): unknown;
}

const UUID = 4;

function plainBson(value: BsonValue): unknown {
  if (value._bsontype === 'Binary' && value.sub_type !== UUID) {
    return binaryText(Buffer.from(value.buffer ?? []).subarray(0, value.length?.()));
  }
  const number = value.valueOf();
  return typeof number === 'number' ? number : String(value);
}

/** The fields that an update, given as operators or as a whole document, sets to values it states. */
export function valuesSet(update: unknown, model: DocumentModel): Row {
  // A pipeline computes its values.
  if (typeof update !== 'object' || update === null || Array.isArray(update)) return {};
  const operators = Object.entries(update).filter(([name]) => name.startsWith('$'));
  if (operators.length === 0) return rowOf(update, model);
  const { $set = {} } = update as { $set?: object };
  return rowOf(nested(Object.entries($set)), model);
}

/** The values that a filter asks for, field by field. */
export function valuesPinned(filter: unknown, model: DocumentModel): Row {
  if (typeof filter !== 'object' || filter === null) return {};
  const pinned = Object.entries(filter).flatMap(([path, value]): [string, unknown][] => {
    if (path.startsWith('$') || value instanceof RegExp) return [];
    const operators = Object.keys(value ?? {}).filter((name) => name.startsWith('$'));
    if (operators.length === 0) return [[path, value]];
    return operators.length === 1 && operators[0] === '$eq' ? [[path, value.$eq]] : [];
  });
  return rowOf(nested(pinned), model);
}

/** `address.city` as an object within an object, so that it is found, and redacted, by its names. */
function nested(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const whole: Record<string, unknown> = Object.create(null);
  for (const [path, value] of entries) {
    const names = path.split('.');
    const last = names.pop() as string;
    let within = whole;
    for (const name of names) {
      const next = within[name];
      // Made here, and no value of the application's own.
      const isOpen = typeof next === 'object' && next !== null && Object.getPrototypeOf(next) === null;
      const inner: Record<string, unknown> = isOpen ? (next as Record<string, unknown>) : Object.create(null);
      within[name] = inner;
      within = inner;
    }
    within[last] = value;
  }
  return whole;
}

/** Whether two rows, read alike, are the same. */
export function isSame(one: Row, other: Row): boolean {
  return textOf(one) === textOf(other);
}

function textOf(row: Row): string {
  return JSON.stringify(row, (_name, value) => (typeof value === 'bigint' ? String(value) : value));
}
