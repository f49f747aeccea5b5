import { type AnyValue, type GrowingKeyValues, MAX_NESTING } from '../../../record/any-value.ts';
import { MalformedError } from '../errors.ts';
import type { WireReader } from './wire.ts';

/** Reads an AnyValue message up to `end` (proto/opentelemetry/proto/common/v1/common.proto). */
export function readAnyValue(reader: WireReader, end: number, depth: number): AnyValue {
  let value: AnyValue = null;
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case 0x0a: // string_value
        value = reader.value(reader.end(end));
        break;
      case 0x10: // bool_value
        value = reader.bool();
        break;
      case 0x18: // int_value
        value = reader.int64();
        break;
      case 0x21: // double_value
        value = reader.double();
        break;
      case 0x2a: // array_value
        value = readArray(reader, reader.end(end), deeper(depth));
        break;
      case 0x32: // kvlist_value
        value = readKeyValueList(reader, reader.end(end), deeper(depth));
        break;
      case 0x3a: // bytes_value
        value = reader.blob(reader.end(end));
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.expectEnd(end);
  return value;
}

/** Reads a KeyValue message up to `end` into `target`; a later duplicate of a key wins (O49). Gives the key. */
export function readKeyValue(reader: WireReader, end: number, target: GrowingKeyValues, depth: number): string {
  let key = '';
  let value: AnyValue = null;
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 0x0a) key = reader.name(reader.end(end));
    else if (tag === 0x12) value = readAnyValue(reader, reader.end(end), depth);
    else reader.skip(tag, end);
  }
  reader.expectEnd(end);
  reader.meter.addField();
  target.set(key, value);
  return key;
}

function readArray(reader: WireReader, end: number, depth: number): AnyValue[] {
  const values: AnyValue[] = [];
  while (reader.position < end) {
    const tag = reader.tag();
    reader.meter.addField();
    if (tag === 0x0a) values.push(readAnyValue(reader, reader.end(end), depth));
    else reader.skip(tag, end);
  }
  reader.expectEnd(end);
  return values;
}

function readKeyValueList(reader: WireReader, end: number, depth: number): Map<string, AnyValue> {
  const values = new Map<string, AnyValue>();
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 0x0a) readKeyValue(reader, reader.end(end), values, depth);
    else reader.skip(tag, end);
  }
  reader.expectEnd(end);
  return values;
}

function deeper(depth: number): number {
  if (depth === MAX_NESTING) throw new MalformedError(`values nested more than ${MAX_NESTING} deep`);
  return depth + 1;
}
