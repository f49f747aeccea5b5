import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { JsonWriter } from './json-writer.ts';

/** Deeper nesting of a value is left out, so that cycles end. */
const DEEPEST = 32;
/** Items and fields of one record; beyond them its values are cut off. Cycles may branch at each level. */
const MOST_VALUES = 100_000;
const CUT_OFF = '…';
/** protobuf's int64, which OTLP's `intValue` is. */
const LARGEST_INT = 2n ** 63n - 1n;
const SMALLEST_INT = -(2n ** 63n);
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

const STRING_VALUE = Buffer.from('{"stringValue":');
const INT_VALUE = Buffer.from('{"intValue":"');
const RECORD_HEAD = Buffer.from('{"timeUnixNano":"');
const OBSERVED = Buffer.from('","observedTimeUnixNano":"');
const BODY = Buffer.from(',"body":');
const ATTRIBUTES = Buffer.from(',"attributes":[');

/** How many more items and fields the record may have. */
interface Room {
  left: number;
}

/**
 * Writes one record as OTLP JSON (opentelemetry-proto, `LogRecord`; the mapping of the OTLP specification, "JSON Protobuf
 * Encoding"). Identifiers are lower-case hex, 64-bit integers text, bytes base64.
 * @param uid becomes the attribute `log.record.uid`, unless the record has one: by it a receiver knows the record again.
 * @throws whatever the values of a hostile record throw when they are read; what was written until then is to be taken back.
 */
export function writeRecord(writer: JsonWriter, record: ReadableLogRecord, uid?: string): void {
  const { attributes, spanContext } = record;
  const room: Room = { left: MOST_VALUES };
  writer.raw(RECORD_HEAD);
  writer.ascii(nanoseconds(record.hrTime));
  writer.raw(OBSERVED);
  writer.ascii(nanoseconds(record.hrTimeObserved));
  writer.ascii('"');
  writeField(writer, ',"severityNumber":', record.severityNumber);
  writeField(writer, ',"severityText":', record.severityText);
  writer.raw(BODY);
  writeValue(writer, record.body, 0, room);
  writer.raw(ATTRIBUTES);
  const count = writeKeyValues(writer, attributes, 0, room);
  if (uid !== undefined && typeof attributes['log.record.uid'] !== 'string') {
    if (count > 0) writer.ascii(',');
    writer.raw(keyHead('log.record.uid'));
    writeValue(writer, uid, 0, room);
    writer.ascii('}');
  }
  writer.ascii(']');
  writeField(writer, ',"droppedAttributesCount":', record.droppedAttributesCount || undefined);
  writeField(writer, ',"flags":', spanContext?.traceFlags);
  writeField(writer, ',"traceId":', spanContext?.traceId);
  writeField(writer, ',"spanId":', spanContext?.spanId);
  writeField(writer, ',"eventName":', record.eventName);
  writer.ascii('}');
}

/** A resource as the beginning of its `ResourceLogs`, whose scopes follow. */
export function writeResourceHead(writer: JsonWriter, { attributes }: ReadableLogRecord['resource']): void {
  writer.ascii('{"resource":{"attributes":[');
  writeKeyValues(writer, attributes, 0, { left: MOST_VALUES });
  writer.ascii(']},"scopeLogs":[');
}

/** A scope as the beginning of its `ScopeLogs`, whose records follow. */
export function writeScopeHead(writer: JsonWriter, scope: ReadableLogRecord['instrumentationScope']): void {
  writer.ascii('{"scope":{"name":');
  writer.string(scope.name);
  writeField(writer, ',"version":', scope.version);
  if (scope.attributes) {
    writer.raw(ATTRIBUTES);
    writeKeyValues(writer, scope.attributes, 0, { left: MOST_VALUES });
    writer.ascii(']');
  }
  writer.ascii('},"logRecords":[');
}

/** The end of a `ResourceLogs` or `ScopeLogs`. */
export function writeGroupEnd(writer: JsonWriter, { schemaUrl }: { readonly schemaUrl?: string | undefined }): void {
  writer.ascii(']');
  writeField(writer, ',"schemaUrl":', schemaUrl || undefined);
  writer.ascii('}');
}

/** What JSON can't express is left out, as `JSON.stringify` does. */
function writeField(writer: JsonWriter, head: string, value: unknown): void {
  if (value === undefined) return;
  const start = writer.length;
  writer.ascii(head);
  if (typeof value === 'string') writer.string(value);
  else if (Number.isSafeInteger(value)) writer.ascii(String(value));
  else writer.length = start;
}

/** OpenTelemetry's pair of seconds and nanoseconds, as text. */
function nanoseconds([seconds, nanos]: ReadableLogRecord['hrTime']): string {
  if (seconds > 0 && Number.isSafeInteger(seconds) && nanos >= 0 && nanos < 1e9 && Number.isInteger(nanos)) {
    return String(seconds) + String(nanos).padStart(9, '0');
  }
  return (BigInt(Math.trunc(seconds)) * NANOSECONDS_PER_SECOND + BigInt(Math.trunc(nanos))).toString();
}

/** Attributes still being detected (promises, while a process dies) and values left out are passed over. */
function writeKeyValues(writer: JsonWriter, values: object, depth: number, room: Room): number {
  let count = 0;
  for (const key of Object.keys(values)) {
    const value: unknown = (values as Record<string, unknown>)[key];
    if (value === undefined || typeof value === 'function' || isPromise(value)) continue;
    if (count++ > 0) writer.ascii(',');
    writer.raw(keyHead(key));
    const hasRoom = room.left-- > 0;
    writeValue(writer, hasRoom ? value : CUT_OFF, depth, room);
    writer.ascii('}');
    if (!hasRoom) break;
  }
  return count;
}

const isPromise = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

/** An application has some hundred attribute names, which come again and again. */
const keyHeads = new Map<string, Buffer>();
const MOST_KEY_HEADS = 1_000;
const LONGEST_KEPT_KEY = 100;

function keyHead(key: string): Buffer {
  let head = keyHeads.get(key);
  if (head === undefined) {
    head = Buffer.from(`{"key":${JSON.stringify(key)},"value":`);
    if (keyHeads.size < MOST_KEY_HEADS && key.length <= LONGEST_KEPT_KEY) keyHeads.set(key, head);
  }
  return head;
}

function writeValue(writer: JsonWriter, value: unknown, depth: number, room: Room): void {
  switch (typeof value) {
    case 'string':
      writeString(writer, value);
      break;
    case 'boolean':
      writer.ascii(value ? '{"boolValue":true}' : '{"boolValue":false}');
      break;
    case 'number':
      writeNumber(writer, value);
      break;
    case 'bigint':
      if (value >= SMALLEST_INT && value <= LARGEST_INT) writeInteger(writer, value);
      else writeString(writer, String(value));
      break;
    case 'object':
      if (value === null) writer.ascii('{}');
      else writeObject(writer, value, depth, room);
      break;
    default:
      if (value === undefined) writer.ascii('{}');
      else writeString(writer, String(value));
  }
}

function writeString(writer: JsonWriter, text: string): void {
  writer.raw(STRING_VALUE);
  writer.string(text);
  writer.ascii('}');
}

function writeInteger(writer: JsonWriter, value: number | bigint): void {
  writer.raw(INT_VALUE);
  writer.ascii(String(value));
  writer.ascii('"}');
}

/** JSON has no NaN and no infinity; protobuf's mapping spells them out. */
function writeNumber(writer: JsonWriter, value: number): void {
  if (Number.isSafeInteger(value)) writeInteger(writer, value);
  else writer.ascii(Number.isFinite(value) ? `{"doubleValue":${value}}` : `{"doubleValue":"${value}"}`);
}

function writeObject(writer: JsonWriter, value: object, depth: number, room: Room): void {
  if (value instanceof Uint8Array) {
    writer.ascii('{"bytesValue":');
    writer.string(Buffer.from(value).toString('base64'));
    writer.ascii('}');
  } else if (depth >= DEEPEST) {
    writeString(writer, Array.isArray(value) ? '[…]' : '{…}');
  } else if (Array.isArray(value)) {
    writer.ascii('{"arrayValue":{"values":[');
    writeItems(writer, value, depth + 1, room);
    writer.ascii(']}}');
  } else {
    writer.ascii('{"kvlistValue":{"values":[');
    writeKeyValues(writer, value, depth + 1, room);
    writer.ascii(']}}');
  }
}

function writeItems(writer: JsonWriter, items: readonly unknown[], depth: number, room: Room): void {
  for (let at = 0; at < items.length; at++) {
    if (at > 0) writer.ascii(',');
    const hasRoom = room.left-- > 0;
    writeValue(writer, hasRoom ? items[at] : CUT_OFF, depth, room);
    if (!hasRoom) break;
  }
}
