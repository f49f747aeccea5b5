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
    renameParts(view, chunk, end - HEADER_BYTES, moves[index]!);
    end += chunk.rowsEnd - HEADER_BYTES;
  });
  return Chunk.read(bytes);
}

/** These rows alone, in the order given, with the same tables. */
export function selectRows(chunk: Chunk, rows: ArrayLike<number>): Chunk {
  let rowBytes = 0;
  for (let index = 0; index < rows.length; index++)
    rowBytes += chunk.rowEnd(rows[index]!) - chunk.rowStarts[rows[index]!]!;
  const bytes = makeChunk(rows.length, rowBytes, chunk.bytes.subarray(chunk.rowsEnd));
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
  return Chunk.read(bytes);
}

/** Where a chunk's places lie in the merged tables. */
interface MovedPlaces {
  readonly loggers: Uint32Array;
  readonly severities: Uint32Array;
  readonly resources: Uint32Array;
  readonly scopes: Uint32Array;
  readonly shapes: Uint32Array;
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

/** Makes copied rows name the merged tables' places; they were moved by `offset` bytes. */
function renameParts(view: DataView, chunk: Chunk, offset: number, moved: MovedPlaces): void {
  const { loggers, severities, resources, scopes, shapes } = moved;
  const { rowStarts, size } = chunk;
  for (let row = 0; row < size; row++) {
    const at = rowStarts[row]! + offset;
    rename(view, at + ROW.logger, loggers);
    rename(view, at + ROW.severity, severities);
    rename(view, at + ROW.resource, resources);
    rename(view, at + ROW.scope, scopes);
    rename(view, at + ROW.shape, shapes);
  }
}

function rename(view: DataView, at: number, moved: Uint32Array): void {
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
