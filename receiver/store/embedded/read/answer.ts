import type { LogRecord, StoredRecord } from '../../../record/log-record.ts';
import { Chunk } from '../chunk/chunk.ts';
import { encodeRecords } from '../chunk/encode-append.ts';
import { HotRecord } from '../chunk/hot-record.ts';
import type { Position } from '../position.ts';

/** A record as a reader finds it. */
export interface FoundRecord extends LogRecord {
  readonly position: Position;
}

/** Records on their way to the main thread: what they share is in it once. */
export interface EncodedRecords {
  /** A chunk. */
  readonly chunk: Uint8Array<ArrayBuffer>;
  /** Of each row. */
  readonly sequences: readonly number[];
}

/** A record of its own, all of it read: what it was read from may go away. Damaged bytes throw a DamagedBytesError. */
export function copyOf(record: LogRecord): LogRecord {
  return {
    timestamp: record.timestamp,
    observedTimestamp: record.observedTimestamp,
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    service: record.service,
    logger: record.logger,
    body: record.body,
    attributes: new Map(record.attributes),
    resource: record.resource,
    scope: record.scope,
    traceId: record.traceId,
    spanId: record.spanId,
    flags: record.flags,
    eventName: record.eventName,
    droppedAttributesCount: record.droppedAttributesCount,
  };
}

export function encodeAnswer(records: readonly FoundRecord[]): EncodedRecords {
  return { chunk: encodeRecords(records), sequences: records.map(({ position }) => position.sequence) };
}

/** The records themselves, in their order. */
export function decodeAnswer({ chunk: bytes, sequences }: EncodedRecords): StoredRecord[] {
  const chunk = Chunk.read(bytes);
  return sequences.map((sequence, row) => {
    chunk.setSequence(row, sequence);
    const record = new HotRecord(chunk, row);
    return { id: record.id, ...copyOf(record) };
  });
}
