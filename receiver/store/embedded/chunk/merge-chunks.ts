import { ByteWriter } from '../bytes.ts';
import { Chunk } from './chunk.ts';
import { HEADER, HEADER_BYTES, MAGIC, ROW } from './chunk-layout.ts';
import { type ChunkTables, writeTables } from './chunk-tables.ts';
import { TablesCollector } from './tables-collector.ts';

/** The rows of all chunks one after another, sequences included, their tables made one. */
export function mergeChunks(chunks: readonly Chunk[]): Chunk {
  const collector = new TablesCollector();
  const moves = chunks.map((chunk) => placesIn(collector, chunk.tables));
  const rowBytes = chunks.reduce((sum, chunk) => sum + chunk.rowsEnd - HEADER_BYTES, 0);
  const rows = chunks.reduce((sum, chunk) => sum + chunk.size, 0);
  const bytes = makeChunk(rows, rowBytes, encodeTables(collector.tables));
  const view = new DataView(bytes.buffer);
  let end = HEADER_BYTES;
  chunks.forEach((chunk, index) => {
    bytes.set(chunk.bytes.subarray(HEADER_BYTES, chunk.rowsEnd), end);
    renameParts(view, chunk.rowStarts, end - HEADER_BYTES, moves[index]!);
    end += chunk.rowsEnd - HEADER_BYTES;
  });
  return Chunk.read(bytes);
}

/**
 * These rows alone, in the order given, with the same tables; where these would be the larger part, with no more of them
 * than the rows name.
 */
export function selectRows(chunk: Chunk, rows: ArrayLike<number>): Chunk {
  const rowStarts = new Uint32Array(rows.length);
  let rowBytes = 0;
  for (let index = 0; index < rows.length; index++) {
    rowStarts[index] = HEADER_BYTES + rowBytes;
    rowBytes += chunk.rowEnd(rows[index]!) - chunk.rowStarts[rows[index]!]!;
  }
  const isMostlyTables = chunk.bytes.length - chunk.rowsEnd > rowBytes;
  const collector = new TablesCollector();
  const moved = isMostlyTables ? namedPlaces(collector, chunk, rows) : null;
  const tables = moved ? encodeTables(collector.tables) : chunk.bytes.subarray(chunk.rowsEnd);
  const bytes = makeChunk(rows.length, rowBytes, tables);
  copyRows(bytes, chunk, rows);
  if (moved) renameParts(new DataView(bytes.buffer), rowStarts, 0, moved);
  return Chunk.read(bytes);
}

function copyRows(bytes: Uint8Array, chunk: Chunk, rows: ArrayLike<number>): void {
  let end = HEADER_BYTES;
  for (let index = 0; index < rows.length; ) {
    const first = rows[index++]!;
    let last = first;
    // Neighbours are copied together.
    while (index < rows.length && rows[index] === last + 1) last = rows[index++]!;
    const run = chunk.bytes.subarray(chunk.rowStarts[first]!, chunk.rowEnd(last));
    bytes.set(run, end);
    end += run.length;
  }
}

/** Where a chunk's places lie in the merged tables. */
interface MovedPlaces {
  readonly loggers: ArrayLike<number>;
  readonly severities: ArrayLike<number>;
  readonly resources: ArrayLike<number>;
  readonly scopes: ArrayLike<number>;
  readonly shapes: ArrayLike<number>;
}

function placesIn(collector: TablesCollector, tables: ChunkTables): MovedPlaces {
  const keys = tables.keys.map((key) => collector.key(key));
  return {
    loggers: Uint32Array.from(tables.loggers, ({ service, logger }) => collector.logger(service, logger)),
    severities: Uint32Array.from(tables.severities, ({ number, text }) => collector.severity(number, text)),
    resources: Uint32Array.from(tables.resources, (bytes) => collector.resource(bytes)),
    scopes: Uint32Array.from(tables.scopes, (bytes) => collector.scope(bytes)),
    shapes: Uint32Array.from(tables.shapes, (shape) => collector.shape(shape.map((key) => keys[key]!))),
  };
}

/** The same for the places that some rows name; others have none. */
function namedPlaces(collector: TablesCollector, chunk: Chunk, rows: ArrayLike<number>): MovedPlaces {
  const { loggers, severities, resources, scopes, keys, shapes } = chunk.tables;
  const moved = { loggers: [], severities: [], resources: [], scopes: [], shapes: [] } as Record<
    keyof MovedPlaces,
    number[]
  >;
  for (let index = 0; index < rows.length; index++) {
    const row = rows[index]!;
    const logger = chunk.logger(row);
    moved.loggers[logger] ??= collector.logger(loggers[logger]!.service, loggers[logger]!.logger);
    const severity = chunk.severity(row);
    moved.severities[severity] ??= collector.severity(severities[severity]!.number, severities[severity]!.text);
    const resource = chunk.resource(row);
    moved.resources[resource] ??= collector.resource(resources[resource]!);
    const scope = chunk.scope(row);
    moved.scopes[scope] ??= collector.scope(scopes[scope]!);
    const shape = chunk.shape(row);
    moved.shapes[shape] ??= collector.shape(shapes[shape]!.map((key) => collector.key(keys[key]!)));
  }
  return moved;
}

/** Makes copied rows name the merged tables' places; they were moved by `offset` bytes. */
function renameParts(view: DataView, rowStarts: Uint32Array, offset: number, moved: MovedPlaces): void {
  const { loggers, severities, resources, scopes, shapes } = moved;
  for (let row = 0; row < rowStarts.length; row++) {
    const at = rowStarts[row]! + offset;
    rename(view, at + ROW.logger, loggers);
    rename(view, at + ROW.severity, severities);
    rename(view, at + ROW.resource, resources);
    rename(view, at + ROW.scope, scopes);
    rename(view, at + ROW.shape, shapes);
  }
}

function rename(view: DataView, at: number, moved: ArrayLike<number>): void {
  view.setUint32(at, moved[view.getUint32(at, true)]!, true);
}

const tablesWriter = new ByteWriter();

function encodeTables(tables: ChunkTables): Uint8Array {
  writeTables(tablesWriter, tables);
  return tablesWriter.take();
}

/** A chunk but for its rows, for which there is room. */
function makeChunk(rows: number, rowBytes: number, tables: Uint8Array): Uint8Array<ArrayBuffer> {
  const rowsEnd = HEADER_BYTES + rowBytes;
  const bytes = new Uint8Array(Buffer.allocUnsafeSlow(rowsEnd + tables.length).buffer);
  const view = new DataView(bytes.buffer);
  view.setUint32(HEADER.magic, MAGIC, true);
  view.setUint32(HEADER.rows, rows, true);
  view.setUint32(HEADER.rowsEnd, rowsEnd, true);
  view.setUint32(HEADER.checksum, 0, true);
  bytes.set(tables, rowsEnd);
  return bytes;
}
