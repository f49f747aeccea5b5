import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import type { LogRecord } from '../../record/log-record.ts';
import { ByteReader, type ByteWriter } from './bytes.ts';
import { LazyKeyValues } from './lazy-key-values.ts';
import {
  INTEGER_LIMIT,
  readKeyValues,
  readValue,
  readZigzag,
  skipValue,
  writeKeyValues,
  writeValue,
  writeZigzag,
} from './value-codec.ts';

/** The bytes of a row: what a record holds beyond the columns of its table (docs/storage.md has the layout). */

/** Which of a record's rarer parts follow. */
const HAS = { trace: 1, span: 2, flags: 4, eventName: 8, dropped: 16, farObserved: 32 } as const;

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** The parts of a record that have no column of their own. */
export type Details = Pick<
  LogRecord,
  'observedTimestamp' | 'traceId' | 'spanId' | 'flags' | 'eventName' | 'droppedAttributesCount' | 'body' | 'attributes'
>;

/** Writes a record's details; `timestamp` is that of its row, which the observed time is kept relative to. */
export function writeDetails(writer: ByteWriter, record: LogRecord): void {
  const delay = record.observedTimestamp - record.timestamp;
  const isFar = delay <= -INTEGER_LIMIT || delay >= INTEGER_LIMIT;
  writer.byte(
    (record.traceId === '' ? 0 : HAS.trace) |
      (record.spanId === '' ? 0 : HAS.span) |
      (record.flags === 0 ? 0 : HAS.flags) |
      (record.eventName === '' ? 0 : HAS.eventName) |
      (record.droppedAttributesCount === 0 ? 0 : HAS.dropped) |
      (isFar ? HAS.farObserved : 0),
  );
  if (isFar) writer.int64(BigInt.asIntN(64, record.observedTimestamp));
  else writeZigzag(writer, Number(delay));
  if (record.traceId !== '') writer.hex(record.traceId);
  if (record.spanId !== '') writer.hex(record.spanId);
  if (record.flags !== 0) writer.byte(record.flags);
  if (record.eventName !== '') writer.text(record.eventName);
  if (record.droppedAttributesCount !== 0) writer.varint(record.droppedAttributesCount);
  writeValue(writer, record.body);
  writeKeyValues(writer, record.attributes);
}

/** A row's details, all of them. Throws a DamagedBytesError for bytes that are none. */
export function readDetails(data: Uint8Array, timestamp: bigint): Details {
  const reader = new ByteReader(data);
  return { ...readHeader(reader, timestamp), body: readValue(reader), attributes: readKeyValues(reader) };
}

function readHeader(reader: ByteReader, timestamp: bigint): Omit<Details, 'body' | 'attributes'> {
  const has = reader.byte();
  return {
    observedTimestamp: has & HAS.farObserved ? reader.int64() : timestamp + BigInt(readZigzag(reader)),
    traceId: has & HAS.trace ? reader.hex(TRACE_ID_BYTES) : '',
    spanId: has & HAS.span ? reader.hex(SPAN_ID_BYTES) : '',
    flags: has & HAS.flags ? reader.byte() : 0,
    eventName: has & HAS.eventName ? reader.text() : '',
    droppedAttributesCount: has & HAS.dropped ? reader.varint() : 0,
  };
}

/** Passes over what `readHeader` reads. */
function skipHeader(reader: ByteReader): void {
  const has = reader.byte();
  if (has & HAS.farObserved) reader.skip(8);
  else reader.varint();
  if (has & HAS.trace) reader.skip(TRACE_ID_BYTES);
  if (has & HAS.span) reader.skip(SPAN_ID_BYTES);
  if (has & HAS.flags) reader.skip(1);
  if (has & HAS.eventName) reader.skipText();
  if (has & HAS.dropped) reader.varint();
}

/**
 * A row's details read as far as they are asked for: a search looks at the bodies of many rows, at single attributes of
 * fewer, and at the rest of hardly any. Damaged bytes throw a DamagedBytesError when they are come upon.
 */
export class LazyDetails {
  readonly #data: Uint8Array;
  readonly #timestamp: bigint;
  readonly #bodyAt: number;
  #header: ReturnType<typeof readHeader> | undefined;
  #body: AnyValue | undefined;
  #attributes: KeyValueList | undefined;

  constructor(data: Uint8Array, timestamp: bigint) {
    const reader = new ByteReader(data);
    skipHeader(reader);
    this.#data = data;
    this.#timestamp = timestamp;
    this.#bodyAt = reader.position;
  }

  get header(): ReturnType<typeof readHeader> {
    this.#header ??= readHeader(new ByteReader(this.#data), this.#timestamp);
    return this.#header;
  }

  get body(): AnyValue {
    if (this.#body === undefined) this.#body = readValue(new ByteReader(this.#data, this.#bodyAt));
    return this.#body;
  }

  get attributes(): KeyValueList {
    if (this.#attributes === undefined) {
      const reader = new ByteReader(this.#data, this.#bodyAt);
      skipValue(reader);
      this.#attributes = new LazyKeyValues(this.#data, reader.position);
    }
    return this.#attributes;
  }
}
