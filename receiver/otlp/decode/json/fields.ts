import { Fault, quote } from '../errors.ts';
import { parseInteger } from './numbers.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, type JsonScanner, OPEN_BRACE, OPEN_BRACKET, QUOTE } from './scanner.ts';

/**
 * Readers of single fields as proto3's JSON mapping writes them. `null` is always a field that is not set. A value of
 * another type is a Fault that names the field; broken JSON is a MalformedError.
 */

/** Opens an object; true when a member follows, false for an empty object or null. */
export function openObject(scanner: JsonScanner, field: string): boolean {
  if (scanner.take(OPEN_BRACE)) return !scanner.take(CLOSE_BRACE);
  if (scanner.takeNull()) return false;
  throw new Fault('bad_value', `${field} is not an object`);
}

/** Opens an array; true when an element follows, false for an empty array or null. */
export function openArray(scanner: JsonScanner, field: string): boolean {
  if (scanner.take(OPEN_BRACKET)) return !scanner.take(CLOSE_BRACKET);
  if (scanner.takeNull()) return false;
  throw new Fault('bad_value', `${field} is not an array`);
}

export function readText(scanner: JsonScanner, field: string): string {
  if (scanner.peek() === QUOTE) return scanner.text();
  return nothing(scanner, field, 'a string', '');
}

/** Like `readText`, for texts that come again and again. */
export function readName(scanner: JsonScanner, field: string): string {
  if (scanner.peek() === QUOTE) return scanner.name();
  return nothing(scanner, field, 'a string', '');
}

export function readBool(scanner: JsonScanner, field: string): boolean {
  const literal = scanner.literal();
  if (literal === '') throw new Fault('bad_value', `${field} is not true or false`);
  return literal === 'true';
}

/** The text of a number, whether it is quoted or not (64-bit numbers come in both ways, O34); '' for null. */
export function readNumberText(scanner: JsonScanner, field: string): string {
  if (scanner.peek() === QUOTE) return scanner.text();
  return scanner.number() ?? nothing(scanner, field, 'a number', '');
}

/** An integer within `[min, max]`, exact, 0 for null. */
export function readInteger(scanner: JsonScanner, field: string, min: bigint, max: bigint): bigint {
  const text = readNumberText(scanner, field);
  if (text === '') return 0n;
  const value = parseInteger(text);
  if (value === null || value < min || value > max) {
    throw new Fault('bad_value', `${field} ${quote(text)} is not an integer from ${min} to ${max}`);
  }
  return value;
}

export function readUint32(scanner: JsonScanner, field: string): number {
  return Number(readInteger(scanner, field, 0n, 0xffff_ffffn));
}

/** Nanoseconds since the epoch; 0 for times of 2^63 and beyond, which no clock says. */
export function readTime(scanner: JsonScanner, field: string): bigint {
  const time = readInteger(scanner, field, 0n, 2n ** 64n - 1n);
  return time < 2n ** 63n ? time : 0n;
}

/** Lower-case hex of an id (O33); '' for one that has not that many digits, or is all zero (O46). */
export function readId(scanner: JsonScanner, field: string, digits: number): string {
  const text = readText(scanner, field);
  if (text === '') return '';
  if (!/^[0-9a-fA-F]*$/.test(text)) throw new Fault('bad_value', `${field} ${quote(text)} is not hex`);
  return text.length === digits && /[^0]/.test(text) ? text.toLowerCase() : '';
}

/** Bytes in base64 (O39), either alphabet, padded or not, cut to the limit. */
export function readBytes(scanner: JsonScanner, field: string): Uint8Array {
  const { valueBytes } = scanner.meter;
  const text =
    scanner.peek() === QUOTE ? scanner.text(base64Length(valueBytes)) : nothing(scanner, field, 'base64', '');
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(text) || text.replace(/=+$/, '').length % 4 === 1) {
    throw new Fault('bad_value', `${field} ${quote(text)} is not base64`);
  }
  const bytes = new Uint8Array(Buffer.from(text, 'base64'));
  if (bytes.length <= valueBytes) return bytes;
  scanner.meter.cut();
  return bytes.slice(0, valueBytes);
}

function base64Length(bytes: number): number {
  return Math.ceil(bytes / 3) * 4;
}

/** Passes over a field nobody here knows (O37). */
export function skipUnknown(scanner: JsonScanner): void {
  let from = scanner.position;
  for (const _ of scanner.skip()) {
    scanner.meter.addField(scanner.position - from);
    from = scanner.position;
  }
}

function nothing<T>(scanner: JsonScanner, field: string, expected: string, value: T): T {
  if (scanner.takeNull()) return value;
  throw new Fault('bad_value', `${field} is not ${expected}`);
}
