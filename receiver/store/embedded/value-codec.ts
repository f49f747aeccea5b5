import { type AnyValue, EMPTY_KEY_VALUES, type KeyValueList, MAX_NESTING } from '../../record/any-value.ts';
import type { Resource, Scope } from '../../record/log-record.ts';
import { StoreError } from '../errors.ts';
import { ByteReader, type ByteWriter, DamagedBytesError } from './bytes.ts';

/** Values, resources and scopes as bytes: exact for every kind of AnyValue, the order of keys included (docs/storage.md). */

/** What a value begins with: its kind. */
export const TAG = {
  nothing: 0,
  text: 1,
  no: 2,
  yes: 3,
  /** A whole number that a double holds exactly: zigzag varint. */
  integer: 4,
  /** Any other 64-bit whole number: eight bytes. */
  longInteger: 5,
  double: 6,
  bytes: 7,
  array: 8,
  keyValues: 9,
} as const;

/** Zigzag doubles the number, so half of what a varint takes. */
const INTEGER_LIMIT = 2n ** 51n;
const INTEGER_LIMIT_AS_NUMBER = Number(INTEGER_LIMIT);
/** One more than records may have: their attributes are a level of their own. */
const NESTING_LIMIT = MAX_NESTING + 2;

export function writeValue(writer: ByteWriter, value: AnyValue): void {
  if (typeof value === 'string') {
    writer.byte(TAG.text);
    writer.text(value);
  } else if (typeof value === 'bigint') {
    writeInteger(writer, value);
  } else if (typeof value === 'boolean') {
    writer.byte(value ? TAG.yes : TAG.no);
  } else if (typeof value === 'number') {
    writer.byte(TAG.double);
    writer.double(value);
  } else if (value === null) {
    writer.byte(TAG.nothing);
  } else if (value instanceof Uint8Array) {
    writer.byte(TAG.bytes);
    writer.bytes(value);
  } else if (isArray(value)) {
    writer.byte(TAG.array);
    writer.varint(value.length);
    for (const item of value) writeValue(writer, item);
  } else {
    writer.byte(TAG.keyValues);
    writeKeyValues(writer, value);
  }
}

/** `Array.isArray` does not narrow readonly arrays away from the other branch. */
function isArray(value: readonly AnyValue[] | KeyValueList): value is readonly AnyValue[] {
  return Array.isArray(value);
}

function writeInteger(writer: ByteWriter, value: bigint): void {
  // Exact within the limits, and never within them for a value beyond.
  const number = Number(value);
  if (number > -INTEGER_LIMIT_AS_NUMBER && number < INTEGER_LIMIT_AS_NUMBER) {
    writer.byte(TAG.integer);
    writeZigzag(writer, number);
  } else {
    if (BigInt.asIntN(64, value) !== value) throw new StoreError(`cannot store ${value}: it does not fit 64 bits`);
    writer.byte(TAG.longInteger);
    writer.int64(value);
  }
}

export function writeZigzag(writer: ByteWriter, value: number): void {
  writer.varint(value < 0 ? -2 * value - 1 : 2 * value);
}

export function readZigzag(reader: ByteReader): number {
  const value = reader.varint();
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function writeKeyValues(writer: ByteWriter, pairs: KeyValueList): void {
  writer.varint(pairs.size);
  pairs.forEach((value, key) => {
    writer.text(key);
    writeValue(writer, value);
  });
}

export function readValue(reader: ByteReader, depth = 0): AnyValue {
  const tag = reader.byte();
  switch (tag) {
    case TAG.text:
      return reader.text();
    case TAG.integer:
      return BigInt(readZigzag(reader));
    case TAG.yes:
      return true;
    case TAG.no:
      return false;
    case TAG.double:
      return reader.double();
    case TAG.nothing:
      return null;
    case TAG.longInteger:
      return reader.int64();
    case TAG.bytes:
      return reader.bytes();
    case TAG.array:
      return readArray(reader, nested(depth));
    case TAG.keyValues:
      return readKeyValues(reader, nested(depth));
    default:
      throw new DamagedBytesError(`a value is of no known kind (${tag})`);
  }
}

function nested(depth: number): number {
  if (depth >= NESTING_LIMIT) throw new DamagedBytesError('values are nested too deeply');
  return depth + 1;
}

function readArray(reader: ByteReader, depth: number): AnyValue[] {
  const items: AnyValue[] = [];
  for (let left = reader.varint(); left > 0; left--) items.push(readValue(reader, depth));
  return items;
}

export function readKeyValues(reader: ByteReader, depth = 0): KeyValueList {
  let left = reader.varint();
  if (left === 0 && depth === 0) return EMPTY_KEY_VALUES;
  const pairs = new Map<string, AnyValue>();
  for (; left > 0; left--) pairs.set(reader.text(), readValue(reader, depth));
  return pairs;
}

/** Passes over a value without building it. */
export function skipValue(reader: ByteReader, depth = 0): void {
  const tag = reader.byte();
  if (tag === TAG.text) reader.skipText();
  else if (tag === TAG.integer) reader.varint();
  else if (tag === TAG.double || tag === TAG.longInteger) reader.skip(8);
  else if (tag === TAG.bytes) reader.skip(reader.varint());
  else if (tag === TAG.array || tag === TAG.keyValues) {
    const inner = nested(depth);
    for (let left = reader.varint(); left > 0; left--) {
      if (tag === TAG.keyValues) reader.skipText();
      skipValue(reader, inner);
    }
  } else if (tag > TAG.keyValues) throw new DamagedBytesError(`a value is of no known kind (${tag})`);
}

export function writeResource(writer: ByteWriter, resource: Resource): void {
  writer.varint(resource.droppedAttributesCount);
  writer.text(resource.schemaUrl);
  writeKeyValues(writer, resource.attributes);
}

export function readResource(data: Uint8Array): Resource {
  const reader = new ByteReader(data);
  const droppedAttributesCount = reader.varint();
  const schemaUrl = reader.text();
  return { attributes: readKeyValues(reader), droppedAttributesCount, schemaUrl };
}

export function writeScope(writer: ByteWriter, scope: Scope): void {
  writer.text(scope.name);
  writer.text(scope.version);
  writer.varint(scope.droppedAttributesCount);
  writer.text(scope.schemaUrl);
  writeKeyValues(writer, scope.attributes);
}

export function readScope(data: Uint8Array): Scope {
  const reader = new ByteReader(data);
  const name = reader.text();
  const version = reader.text();
  const droppedAttributesCount = reader.varint();
  const schemaUrl = reader.text();
  return { name, version, attributes: readKeyValues(reader), droppedAttributesCount, schemaUrl };
}
