import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import type { Readable, ReadableMap } from './documents.ts';

/**
 * Attributes as people read and query them: `http.route` stands in `{http: {route: …}}`, for that is how MongoDB's own
 * tools ask for it. Whatever that form cannot say exactly is written as near to it as can be, and marked.
 */
export interface ReadableAttributes {
  readonly readable: ReadableMap;
  /** Whether `readableKeyValues` gives the same attributes back. */
  readonly isExact: boolean;
}

/** A level of the tree that keys with dots make; a Map of any other kind is a value. */
class Branch extends Map<string, Readable> {}

/** Deeper keys are no names that anybody asks for; MongoDB nests a hundred levels at most. */
const MAX_SEGMENTS = 8;

export function readableAttributes(attributes: KeyValueList): ReadableAttributes {
  const root = new Branch();
  let isExact = true;
  attributes.forEach((value, key) => {
    if (!isPlainValue(value)) isExact = false;
    const readable = readableValue(value);
    const path = pathOf(key);
    if (path === null || !place(root, path, readable)) {
      isExact = false;
      root.set(literalKey(key), readable);
    }
  });
  return { readable: root, isExact };
}

/** The path that a key stands at, or null when it cannot stand as a path. */
export function pathOf(key: string): readonly string[] | null {
  const segments = key.split('.');
  const isPlain = segments.length <= MAX_SEGMENTS && segments.every(isPlainSegment) && key.isWellFormed();
  return isPlain ? segments : null;
}

function isPlainSegment(segment: string): boolean {
  return segment !== '' && !segment.startsWith('$') && !segment.includes('\0');
}

/** False when something stands in the way: another key that is a part of this one, or the other way round. */
function place(root: Branch, path: readonly string[], value: Readable): boolean {
  let branch = root;
  for (const segment of path.slice(0, -1)) {
    let next = branch.get(segment);
    if (next === undefined) {
      next = new Branch();
      branch.set(segment, next);
    } else if (!(next instanceof Branch)) return false;
    branch = next as Branch;
  }
  const last = path.at(-1)!;
  if (branch.has(last)) return false;
  branch.set(last, value);
  return true;
}

/** A key that cannot be a path, in characters that every server takes in a name. */
function literalKey(key: string): string {
  return key.replaceAll('\0', '\ufffd').replaceAll('.', '\uff0e').replace(/^\$/, '\uff04') || '(empty)';
}

/** Values that come back from BSON as they were, and that a filter on the server understands. */
function isPlainValue(value: AnyValue): boolean {
  return isPlainScalar(value) || (Array.isArray(value) && value.every(isPlainScalar));
}

function isPlainScalar(value: AnyValue): boolean {
  switch (typeof value) {
    case 'string':
      return value.isWellFormed();
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0);
    case 'object':
      return value === null;
    default:
      return true;
  }
}

/** Any value as BSON that people can read. */
export function readableValue(value: AnyValue): Readable {
  if (value === null || typeof value !== 'object' || value instanceof Uint8Array) return value;
  if (isList(value)) return value.map(readableValue);
  const map = new Map<string, Readable>();
  value.forEach((member, key) => {
    map.set(literalKey(key), readableValue(member));
  });
  return map;
}

/** `Array.isArray` does not narrow readonly arrays away from the other branch. */
function isList(value: readonly AnyValue[] | KeyValueList): value is readonly AnyValue[] {
  return Array.isArray(value);
}

/** What the driver makes of a document of attributes. */
export type ReadDocument = Readonly<Record<string, unknown>>;

/** The attributes that `readableAttributes` wrote, as far as it was exact. */
export function readableKeyValues(document: ReadDocument): KeyValueList {
  const pairs = new Map<string, AnyValue>();
  collect(document, '', pairs);
  return pairs;
}

function collect(document: ReadDocument, prefix: string, pairs: Map<string, AnyValue>): void {
  for (const [segment, value] of Object.entries(document)) {
    if (isBranch(value)) collect(value, `${prefix}${segment}.`, pairs);
    else pairs.set(prefix + segment, value as AnyValue);
  }
}

function isBranch(value: unknown): value is ReadDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
