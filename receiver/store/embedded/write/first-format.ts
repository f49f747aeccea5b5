import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord, Resource, Scope } from '../../../record/log-record.ts';
import { ByteReader, DamagedBytesError } from '../bytes.ts';
import { type Day, startOf } from '../day.ts';
import { readKeyValues, readResource, readScope, readValue, readZigzag } from '../value-codec.ts';
import type { BatchKey } from './day-keys.ts';

/*
 * Day files as format version 1 wrote them: a table `record` with a row for each record, some of its parts in columns,
 * the rest in `data`. They are read here once, to be written anew.
 */

/** Which of a record's rarer parts a row's data has. */
const HAS = { trace: 1, span: 2, flags: 4, eventName: 8, dropped: 16, farObserved: 32 } as const;

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;
/** Resources, and scopes, held at once. */
const PARTS_HELD = 1000;

/** A record of such a file. */
export interface FirstFormatRow {
  readonly sequence: number;
  /** What makes it known as unique (`uniqueKeyOf`), or null. */
  readonly uniqueKey: Uint8Array | null;
  /** How long its data is. */
  readonly bytes: number;
  /** Throws a DamagedBytesError when its bytes are none of a record's. */
  record(): LogRecord;
}

type Columns = [number, number, string, string, number, string, number, number, Uint8Array | null, Uint8Array];

const RECORDS = `
SELECT sequence, time, logger.service, logger.logger, severity.number, severity.text, resource, scope, unique_key, data
FROM record
JOIN logger ON logger.id = record.logger
JOIN severity ON severity.id = record.severity_kind
ORDER BY time, sequence`;

/** All records of a day's file in the order of time. */
export function* readFirstFormat(database: DatabaseSync, day: Day): Generator<FirstFormatRow> {
  const resource = partsOf(database, 'resource', readResource);
  const scope = partsOf(database, 'scope', readScope);
  const start = startOf(day);
  for (const row of database.prepare(RECORDS).iterate()) {
    const [sequence, time, service, logger, severityNumber, severityText, resourceId, scopeId, uniqueKey, data] =
      row as unknown as Columns;
    const timestamp = start + BigInt(time);
    yield {
      sequence,
      uniqueKey,
      bytes: data.length,
      record: () => ({
        timestamp,
        service,
        logger,
        severityNumber,
        severityText,
        resource: resource(resourceId),
        scope: scope(scopeId),
        ...readDetails(data, timestamp),
      }),
    };
  }
}

/** How many records such a file holds, and the sequence it would have given next. */
export function readFirstFormatNumbers(database: DatabaseSync): { records: number; nextSequence: number } {
  const [records] = database.prepare('SELECT count(*) FROM record').get() as unknown as [number];
  const [nextSequence] = database.prepare('SELECT sequence FROM next_sequence').get() as unknown as [number];
  return { records, nextSequence };
}

export function readFirstFormatKeys(database: DatabaseSync): BatchKey[] {
  const rows = database.prepare('SELECT key, received FROM batch').all() as unknown as [string, number][];
  return rows.map(([key, received]) => ({ key, received }));
}

function readDetails(
  data: Uint8Array,
  timestamp: bigint,
): Omit<LogRecord, 'timestamp' | 'service' | 'logger' | 'severityNumber' | 'severityText' | 'resource' | 'scope'> {
  const reader = new ByteReader(data);
  const has = reader.byte();
  return {
    observedTimestamp: has & HAS.farObserved ? reader.int64() : timestamp + BigInt(readZigzag(reader)),
    traceId: has & HAS.trace ? reader.hex(TRACE_ID_BYTES) : '',
    spanId: has & HAS.span ? reader.hex(SPAN_ID_BYTES) : '',
    flags: has & HAS.flags ? reader.byte() : 0,
    eventName: has & HAS.eventName ? reader.text() : '',
    droppedAttributesCount: has & HAS.dropped ? reader.varint() : 0,
    body: readValue(reader),
    attributes: readKeyValues(reader),
  };
}

/** Resources or scopes by id. */
function partsOf<T extends Resource | Scope>(
  database: DatabaseSync,
  table: string,
  read: (bytes: Uint8Array) => T,
): (id: number) => T {
  const find = database.prepare(`SELECT data FROM ${table} WHERE id = ?`);
  const held = new Map<number, T>();
  return (id) => {
    const known = held.get(id);
    if (known) return known;
    const row = find.get(id) as unknown as [Uint8Array] | undefined;
    if (!row) throw new DamagedBytesError(`a record names a ${table} that is not there (${id})`);
    if (held.size >= PARTS_HELD) held.clear();
    const part = read(row[0]);
    held.set(id, part);
    return part;
  };
}
