/**
 * Reads a day's file of the embedded storage from docs/storage-format.md alone: nothing of the product's is imported, so
 * that the page is enough for someone else's program. Plain rather than fast; it checks checksums and nothing else.
 */
import { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import {
  Bytes,
  type Column,
  codes,
  fixedBytes,
  planes,
  readColumns,
  times,
  values,
  wholeNumbers,
} from './format-columns.ts';

/** A record as the page describes it; integers are bigint, key-value lists are Maps. */
export interface ReadRecord {
  readonly id: string;
  readonly timestamp: bigint;
  readonly observedTimestamp: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly service: string;
  readonly logger: string;
  readonly body: unknown;
  readonly attributes: ReadonlyMap<string, unknown>;
  readonly resource: ReadonlyMap<string, unknown>;
  readonly scopeName: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly eventName: string;
  readonly droppedAttributesCount: number;
}

const NANOSECONDS_PER_DAY = 86_400_000_000_000n;
const SECTIONS = 4;
const [PLACES, IDS, BODY, ATTRIBUTES] = [0, 1, 2, 3] as const;
const HAS = { trace: 1, span: 2, eventName: 4, dropped: 8, uid: 16 };

/** All records of `2026-11-21.db`, in order. */
export function readDay(path: string): ReadRecord[] {
  const date = /(\d{4}-\d\d-\d\d)\.db$/.exec(path)![1]!;
  const dayStart = (BigInt(Date.parse(`${date}T00:00:00Z`)) * NANOSECONDS_PER_DAY) / 86_400_000n;
  const database = new DatabaseSync(path, { readOnly: true });
  database.exec('BEGIN');
  const [version] = Object.values(database.prepare('PRAGMA user_version').get()!);
  if (version !== 2) throw new Error(`format ${version}`);
  const hot = database.prepare('SELECT chunk FROM hot ORDER BY id').all() as { chunk: Uint8Array }[];
  const blocks = database.prepare('SELECT id, header FROM block').all() as { id: number; header: Uint8Array }[];
  const records = [
    ...hot.flatMap(({ chunk }) => readChunk(Buffer.from(chunk))),
    ...blocks.flatMap(({ id, header }) => readBlock(database, dayStart, id, header)),
  ];
  database.close();
  return records.sort((one, other) => (one.id < other.id ? -1 : 1));
}

const idOf = (timestamp: bigint, sequence: number): string =>
  `${timestamp.toString(16).padStart(16, '0')}-${sequence.toString(16).padStart(10, '0')}`;

function readResource(bytes: Uint8Array): Map<string, unknown> {
  const reader = new Bytes(bytes);
  reader.varint();
  reader.text();
  return reader.pairs();
}

const readScopeName = (bytes: Uint8Array): string => new Bytes(bytes).text();

/** "Chunks". */
function readChunk(chunk: Buffer): ReadRecord[] {
  if (chunk.toString('hex', 0, 4) !== '4c564301') throw new Error('no chunk');
  const checksum = chunk.readUInt32LE(12);
  if (checksum !== 0 && checksum !== crc32(chunk.subarray(16), crc32(chunk.subarray(0, 12))))
    throw new Error('damaged');
  const tables = new Bytes(chunk, chunk.readUInt32LE(8));
  const [loggers, severities, resources, scopes, keys, shapes] = times(6, () => tables.varint()) as Six;
  const loggerOf = times(loggers, () => ({ service: tables.text(), logger: tables.text() }));
  const severityOf = times(severities, () => ({ severityNumber: tables.zigzag(), severityText: tables.text() }));
  const resourceOf = times(resources, () => readResource(tables.raw(tables.varint())));
  const scopeOf = times(scopes, () => readScopeName(tables.raw(tables.varint())));
  const keyOf = times(keys, () => tables.text());
  const shapeOf = times(shapes, () => tables.list(() => keyOf[tables.varint()]!));
  let start = 16;
  return times(chunk.readUInt32LE(4), () => {
    const row = chunk.subarray(start, start + chunk.readUInt32LE(start));
    start += row.length;
    const u32 = (at: number) => row.readUInt32LE(at);
    const timestamp = row.readBigUInt64LE(8);
    const has = row[44]!;
    const rest = new Bytes(row, 48);
    const traceId = has & HAS.trace ? rest.raw(16).toString('hex') : '';
    const spanId = has & HAS.span ? rest.raw(8).toString('hex') : '';
    if (has & HAS.uid) rest.raw(16);
    const eventName = has & HAS.eventName ? rest.text() : '';
    const droppedAttributesCount = has & HAS.dropped ? rest.varint() : 0;
    return {
      id: idOf(timestamp, u32(4)),
      timestamp,
      observedTimestamp: row.readBigUInt64LE(16),
      ...loggerOf[u32(24)]!,
      ...severityOf[u32(28)]!,
      resource: resourceOf[u32(32)]!,
      scopeName: scopeOf[u32(36)]!,
      flags: row[45]!,
      traceId,
      spanId,
      eventName,
      droppedAttributesCount,
      body: rest.value(),
      attributes: new Map(shapeOf[u32(40)]!.map((key) => [key, rest.value()])),
    };
  });
}

type Six = [number, number, number, number, number, number];

interface Site {
  readonly logger: number;
  readonly severity: number;
  readonly scope: number;
  readonly shape: number;
  readonly has: number;
  readonly flags: number;
  readonly resources: readonly number[];
}

/** "Header". */
function readHeader(bytes: Uint8Array) {
  const { meta } = readColumns(bytes)[0]!;
  const [records] = times(5, () => meta.varint()) as [number];
  const keys = meta.list(() => {
    const key = meta.text();
    if (meta.byte() & (2 | 4 | 8)) meta.raw(16);
    return key;
  });
  const shapes = meta.list(() => meta.list(() => meta.varint()));
  const sites = meta.list((): Site => {
    const [logger, severity, scope, shape, has, flags] = times(7, () => meta.varint()) as Six;
    return { logger, severity, scope, shape, has, flags, resources: meta.list(() => meta.varint()) };
  });
  return { records, keys, shapes, sites };
}

/** Columns of the tables that are asked for by id; each row has some of them. */
interface Row {
  readonly data: Uint8Array;
  readonly number: number;
  readonly text: string;
  readonly service: string;
  readonly logger: string;
}

/** "Blocks". */
function readBlock(database: DatabaseSync, dayStart: bigint, block: number, headerBytes: Uint8Array): ReadRecord[] {
  const row = (sql: string, id: number) => database.prepare(sql).get(id) as unknown as Row;
  const section = (name: number): Column[] =>
    readColumns(row('SELECT data FROM section WHERE id = ?', block * SECTIONS + name).data);
  const { records, keys, shapes, sites } = readHeader(headerBytes);

  const places = section(PLACES)[0]!;
  const summed = (distances: number[]) =>
    distances.map(
      (
        (sum) => (distance: number) =>
          (sum += distance)
      )(0),
    );
  const rowTimes = summed(wholeNumbers(places, records));
  const sequences = summed(wholeNumbers(places, records));
  const siteOf = planes(places, records, sites.length).map((place) => sites[place]!);
  const ranks = planes(places, records, Math.max(...sites.map(({ resources }) => resources.length)));
  const rowsWith = (isWanted: (site: Site) => boolean) => [...siteOf.keys()].filter((at) => isWanted(siteOf[at]!));

  const [observed, traces, spans, names, dropped] = section(IDS) as [Column, Column, Column, Column, Column];
  const delays = wholeNumbers(observed, records);
  const far = new Map(
    observed.meta.list(() => [observed.meta.varint(), observed.meta.raw(8).readBigUInt64LE()] as const),
  );
  const hexIds = (column: Column, width: number, bit: number) => {
    const rows = rowsWith(({ has }) => (has & bit) !== 0);
    const different = column.meta.varint();
    if (different === 0) return new Map<number, string>();
    const entries = codes(column, rows.length, different);
    const table = fixedBytes(column, different, width);
    return new Map(rows.map((at, index) => [at, table[entries[index]!]!.toString('hex')]));
  };
  const traceIds = hexIds(traces, 16, HAS.trace);
  const spanIds = hexIds(spans, 8, HAS.span);
  const named = rowsWith(({ has }) => (has & HAS.eventName) !== 0);
  const differentNames = names.meta.list(() => names.meta.text());
  const nameCodes = codes(names, named.length, differentNames.length);
  const eventNames = new Map(named.map((at, index) => [at, differentNames[nameCodes[index]!]!]));
  const cut = rowsWith(({ has }) => (has & HAS.dropped) !== 0);
  const cutCounts = wholeNumbers(dropped, cut.length);
  const droppedCounts = new Map(cut.map((at, index) => [at, cutCounts[index]!]));

  const bodies = values(section(BODY)[0]!, records, false);
  const columns = section(ATTRIBUTES);
  const attributes = keys.map((_, key) => {
    const rows = rowsWith(({ shape }) => shapes[shape]!.includes(key));
    const ofRows = values(columns[key]!, rows.length, true);
    return new Map(rows.map((at, index) => [at, ofRows[index]]));
  });

  return times(records, (at) => {
    const site = siteOf[at]!;
    const timestamp = dayStart + BigInt(rowTimes[at]!);
    const severity = row('SELECT number, text FROM severity WHERE id = ?', site.severity);
    const { service, logger } = row('SELECT service, logger FROM logger WHERE id = ?', site.logger);
    const resource = row('SELECT data FROM resource WHERE id = ?', site.resources[ranks[at]!]!);
    const scope = row('SELECT data FROM scope WHERE id = ?', site.scope);
    return {
      id: idOf(timestamp, sequences[at]!),
      timestamp,
      observedTimestamp: far.get(at) ?? timestamp + BigInt(delays[at]!),
      severityNumber: severity.number,
      severityText: severity.text,
      service,
      logger,
      body: bodies[at],
      attributes: new Map(shapes[site.shape]!.map((key) => [keys[key]!, attributes[key]!.get(at)])),
      resource: readResource(resource.data),
      scopeName: readScopeName(scope.data),
      traceId: traceIds.get(at) ?? '',
      spanId: spanIds.get(at) ?? '',
      flags: site.flags,
      eventName: eventNames.get(at) ?? '',
      droppedAttributesCount: droppedCounts.get(at) ?? 0,
    };
  });
}
