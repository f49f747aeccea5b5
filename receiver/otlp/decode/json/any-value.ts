import { type AnyValue, MAX_NESTING } from '../../../record/any-value.ts';
import { Fault, MalformedError, quote } from '../errors.ts';
import {
  openArray,
  openObject,
  readBool,
  readBytes,
  readName,
  readNumberText,
  readText,
  skipUnknown,
} from './fields.ts';
import { parseDouble, parseIntValue } from './numbers.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, type JsonScanner } from './scanner.ts';

/** Reads an AnyValue as OTLP's JSON encoding writes it; no field, or null for its field, is the empty value. */
export function readAnyValue(scanner: JsonScanner, depth: number): AnyValue {
  scanner.meter.addField();
  let value: AnyValue = null;
  for (let more = openObject(scanner, 'a value'); more; more = scanner.next(CLOSE_BRACE)) {
    const name = scanner.memberName();
    if (scanner.takeNull()) continue;
    switch (name) {
      case 'stringValue':
      case 'string_value':
        value = readText(scanner, 'stringValue');
        break;
      case 'boolValue':
      case 'bool_value':
        value = readBool(scanner, 'boolValue');
        break;
      case 'intValue':
      case 'int_value':
        value = readNumber(scanner, 'intValue', parseIntValue);
        break;
      case 'doubleValue':
      case 'double_value':
        value = readNumber(scanner, 'doubleValue', parseDouble);
        break;
      case 'arrayValue':
      case 'array_value':
        value = readArray(scanner, deeper(depth));
        break;
      case 'kvlistValue':
      case 'kvlist_value':
        value = readKeyValueList(scanner, deeper(depth));
        break;
      case 'bytesValue':
      case 'bytes_value':
        value = readBytes(scanner, 'bytesValue');
        break;
      default:
        skipUnknown(scanner);
    }
  }
  return value;
}

/** Reads an array of KeyValue objects into `target`; a later duplicate of a key wins (O49). `added` is told each key. */
export function readKeyValues(
  scanner: JsonScanner,
  target: Map<string, AnyValue>,
  depth: number,
  added?: (key: string) => void,
): void {
  for (let more = openArray(scanner, 'a list of key-values'); more; more = scanner.next(CLOSE_BRACKET)) {
    const key = readKeyValue(scanner, target, depth);
    added?.(key);
  }
}

function readKeyValue(scanner: JsonScanner, target: Map<string, AnyValue>, depth: number): string {
  let key = '';
  let value: AnyValue = null;
  for (let more = openObject(scanner, 'a key-value'); more; more = scanner.next(CLOSE_BRACE)) {
    const name = scanner.memberName();
    if (name === 'key') key = readName(scanner, 'key');
    else if (name === 'value') value = readAnyValue(scanner, depth);
    else skipUnknown(scanner);
  }
  target.set(key, value);
  return key;
}

function readArray(scanner: JsonScanner, depth: number): AnyValue[] {
  const values: AnyValue[] = [];
  forValues(scanner, 'arrayValue', () => {
    for (let more = openArray(scanner, 'arrayValue.values'); more; more = scanner.next(CLOSE_BRACKET)) {
      values.push(readAnyValue(scanner, depth));
    }
  });
  return values;
}

function readKeyValueList(scanner: JsonScanner, depth: number): Map<string, AnyValue> {
  const values = new Map<string, AnyValue>();
  forValues(scanner, 'kvlistValue', () => readKeyValues(scanner, values, depth));
  return values;
}

/** Reads `{"values": …}`, the one shape of arrays and key-value lists. */
function forValues(scanner: JsonScanner, field: string, readValues: () => void): void {
  for (let more = openObject(scanner, field); more; more = scanner.next(CLOSE_BRACE)) {
    if (scanner.memberName() === 'values') readValues();
    else skipUnknown(scanner);
  }
}

function readNumber<T>(scanner: JsonScanner, field: string, parse: (text: string) => T | null): T {
  const text = readNumberText(scanner, field);
  const value = parse(text);
  if (value === null) throw new Fault('bad_value', `${field} ${quote(text)} is not a number`);
  return value;
}

function deeper(depth: number): number {
  if (depth === MAX_NESTING) throw new MalformedError(`values nested more than ${MAX_NESTING} deep`);
  return depth + 1;
}
