import type { AnyValue } from '../../../record/any-value.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import { StoreError } from '../../errors.ts';
import type { Batch } from '../../store.ts';
import { ByteWriter } from '../bytes.ts';
import { uniqueKeyOf } from '../keys.ts';
import { writeValue } from '../value-codec.ts';
import { HAS } from './chunk.ts';
import { HEADER, HEADER_BYTES, MAGIC, ROW, ROW_BYTES, SPAN_ID_BYTES, TRACE_ID_BYTES } from './chunk-layout.ts';
import { writeTables } from './chunk-tables.ts';
import { RecordPlaces } from './record-places.ts';
import type { ShapeNode } from './shape-trie.ts';

/** An append on its way to the writer's thread. */
export interface AppendMessage {
  readonly batches: readonly { readonly key: string | null; readonly size: number }[];
  /** The batches' records one after another: bytes that `Chunk.read` reads. */
  readonly chunk: Uint8Array<ArrayBuffer>;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
}

/** Encodes an append. Throws StoreError for a record that cannot be stored at all. */
export function encodeAppend(batches: readonly Batch[], receivedAt: number): AppendMessage {
  encoder.begin();
  for (const { records } of batches) encoder.add(records);
  return {
    batches: batches.map(({ key, records }) => ({ key, size: records.length })),
    chunk: encoder.end(),
    receivedAt,
  };
}

/** Records as the bytes of a chunk, in their order, all with sequence 0. Throws StoreError as `encodeAppend` does. */
export function encodeRecords(records: readonly LogRecord[]): Uint8Array<ArrayBuffer> {
  encoder.begin();
  encoder.add(records);
  return encoder.end();
}

/** Writes chunks, one after another. */
class ChunkEncoder {
  readonly #writer = new ByteWriter();
  #rows = 0;
  #places = new RecordPlaces();
  #node: ShapeNode = this.#places.shapeRoot;

  begin(): void {
    // Whatever an encoding that failed left behind.
    this.#writer.clear();
    this.#writer.gap(HEADER_BYTES);
    this.#places = new RecordPlaces();
    this.#rows = 0;
  }

  add(records: readonly LogRecord[]): void {
    for (const record of records) this.#addRow(record);
    this.#rows += records.length;
  }

  end(): Uint8Array<ArrayBuffer> {
    const writer = this.#writer;
    writer.uint32At(HEADER.magic, MAGIC);
    writer.uint32At(HEADER.rows, this.#rows);
    writer.uint32At(HEADER.rowsEnd, writer.length);
    writer.uint32At(HEADER.checksum, 0);
    writeTables(writer, this.#places.collector.tables);
    return writer.take();
  }

  #addRow(record: LogRecord): void {
    const writer = this.#writer;
    const places = this.#places;
    const start = writer.length;
    writer.gap(ROW_BYTES);
    let has = 0;
    if (record.traceId !== '') {
      has |= HAS.trace;
      writeId(writer, record.traceId, TRACE_ID_BYTES);
    }
    if (record.spanId !== '') {
      has |= HAS.span;
      writeId(writer, record.spanId, SPAN_ID_BYTES);
    }
    const uidAt = writer.length;
    if (record.eventName !== '') {
      has |= HAS.eventName;
      writer.text(record.eventName);
    }
    if (record.droppedAttributesCount !== 0) {
      has |= HAS.dropped;
      writer.varint(record.droppedAttributesCount);
    }
    writeValue(writer, record.body);
    this.#node = places.shapeRoot;
    record.attributes.forEach(this.#addAttribute);
    const node = this.#node;
    if (node.hasUid) {
      const uid = uniqueKeyOf(record);
      if (uid) {
        has |= HAS.uid;
        writer.insert(uidAt, uid);
      }
    }
    writer.uint32At(start + ROW.length, writer.length - start);
    writer.uint32At(start + ROW.sequence, 0);
    writeTime(writer, start + ROW.timestamp, record.timestamp);
    writeTime(writer, start + ROW.observedTimestamp, record.observedTimestamp);
    writer.uint32At(start + ROW.logger, places.logger(record.service, record.logger));
    writer.uint32At(start + ROW.severity, places.severity(record.severityNumber, record.severityText));
    writer.uint32At(start + ROW.resource, places.resource(record.resource));
    writer.uint32At(start + ROW.scope, places.scope(record.scope));
    writer.uint32At(start + ROW.shape, places.shape(node));
    // With two bytes of zero behind them.
    writer.uint32At(start + ROW.has, has | (record.flags << 8));
  }

  readonly #addAttribute = (value: AnyValue, key: string): void => {
    this.#node = this.#places.follow(this.#node, key);
    writeValue(this.#writer, value);
  };
}

/** One for all: appends are encoded one at a time, and its room is used again. */
const encoder = new ChunkEncoder();

function writeId(writer: ByteWriter, digits: string, bytes: number): void {
  if (digits.length === bytes * 2 && writer.hex(digits)) return;
  throw new StoreError(
    `cannot store the id ${JSON.stringify(digits.slice(0, 40))}: it is not ${bytes * 2} lower-case hex digits`,
  );
}

function writeTime(writer: ByteWriter, position: number, time: bigint): void {
  if (writer.int63At(position, time)) return;
  throw new StoreError(`cannot store a record of the time ${time}: it is not within 0 and 2^63 nanoseconds since 1970`);
}
