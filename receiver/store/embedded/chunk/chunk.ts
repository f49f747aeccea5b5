import { crc32 } from 'node:zlib';
import type { Resource, Scope } from '../../../record/log-record.ts';
import { ByteReader, DamagedBytesError } from '../bytes.ts';
import type { Day } from '../day.ts';
import { UNIQUE_KEY_LENGTH } from '../keys.ts';
import { readResource, readScope } from '../value-codec.ts';
import { HEADER, HEADER_BYTES, MAGIC, ROW, ROW_BYTES, SPAN_ID_BYTES, TRACE_ID_BYTES } from './chunk-layout.ts';
import { type ChunkTables, readTableSizes, readTables, type TableSizes } from './chunk-tables.ts';

/** Which of a record's rarer parts a row has, one bit each. */
export const HAS = { trace: 1, span: 2, eventName: 4, dropped: 8, uid: 16 } as const;
const HAS_ALL = 31;

/** A day's nanoseconds are 2^16 × 1 318 359 375: with the lowest bits set aside, doubles hold all of them exactly. */
const DAY_UNITS = 1_318_359_375;
const UNIT = 2 ** 16;

/** Records row by row, in bytes that need nothing else to be read. Immutable but for the sequences. */
export class Chunk {
  readonly bytes: Uint8Array;
  /** How many rows it has. */
  readonly size: number;
  /** Where each row begins in `bytes`. */
  readonly rowStarts: Uint32Array;
  /** Where the last row ends. */
  readonly rowsEnd: number;
  readonly #view: DataView;
  readonly #reader: ByteReader;
  #tables: ChunkTables | undefined;
  readonly #resources: Resource[] = [];
  readonly #scopes: Scope[] = [];
  #keyPlaces: Map<string, number> | undefined;

  /**
   * Checks the checksum if there is one, and the rows' frames; a DamagedBytesError for bytes that are no chunk. Tables
   * and values are checked when they are read.
   */
  static read(bytes: Uint8Array): Chunk {
    return new Chunk(bytes);
  }

  private constructor(bytes: Uint8Array) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    checkHeader(bytes, view);
    this.bytes = bytes;
    this.#view = view;
    this.size = view.getUint32(HEADER.rows, true);
    this.rowsEnd = view.getUint32(HEADER.rowsEnd, true);
    if (this.rowsEnd > bytes.length || HEADER_BYTES + this.size * ROW_BYTES > this.rowsEnd) {
      throw new DamagedBytesError('a chunk ends too early');
    }
    this.#reader = new ByteReader(bytes, this.rowsEnd);
    this.rowStarts = findRows(view, this.size, this.rowsEnd, readTableSizes(this.#reader));
  }

  /** What the rows name by place. Read when first asked for: appending does without. */
  get tables(): ChunkTables {
    this.#tables ??= readTables(new ByteReader(this.bytes, this.rowsEnd));
    return this.#tables;
  }

  /** The bytes to store: `read` then notices any damage. Sequences that are set afterwards undo it. */
  withChecksum(): Uint8Array {
    this.#view.setUint32(HEADER.checksum, checksumOf(this.bytes), true);
    return this.bytes;
  }

  rowEnd(row: number): number {
    return row + 1 < this.size ? this.rowStarts[row + 1]! : this.rowsEnd;
  }

  day(row: number): Day {
    return Math.floor(this.#timeUnits(row) / DAY_UNITS);
  }

  /** Nanoseconds since the day's start, exactly. */
  timeWithin(row: number): number {
    const rest = this.#view.getUint16(this.rowStarts[row]! + ROW.timestamp, true);
    return (this.#timeUnits(row) % DAY_UNITS) * UNIT + rest;
  }

  timestamp(row: number): bigint {
    return this.#view.getBigUint64(this.rowStarts[row]! + ROW.timestamp, true);
  }

  observedTimestamp(row: number): bigint {
    return this.#view.getBigUint64(this.rowStarts[row]! + ROW.observedTimestamp, true);
  }

  /** Observed time minus time, in nanoseconds: exact where it is a safe integer. */
  observedDelay(row: number): number {
    const at = this.rowStarts[row]!;
    const low = this.#uint32(at + ROW.observedTimestamp) - this.#uint32(at + ROW.timestamp);
    return (this.#uint32(at + ROW.observedTimestamp + 4) - this.#uint32(at + ROW.timestamp + 4)) * 2 ** 32 + low;
  }

  /** 0 until it is set. */
  sequence(row: number): number {
    return this.#uint32(this.rowStarts[row]! + ROW.sequence);
  }

  /** 0 … 2^32 − 1. */
  setSequence(row: number, sequence: number): void {
    this.#view.setUint32(this.rowStarts[row]! + ROW.sequence, sequence, true);
    this.#view.setUint32(HEADER.checksum, 0, true);
  }

  /** A place in the tables, as are the next four. */
  logger(row: number): number {
    return this.#uint32(this.rowStarts[row]! + ROW.logger);
  }

  severity(row: number): number {
    return this.#uint32(this.rowStarts[row]! + ROW.severity);
  }

  resource(row: number): number {
    return this.#uint32(this.rowStarts[row]! + ROW.resource);
  }

  scope(row: number): number {
    return this.#uint32(this.rowStarts[row]! + ROW.scope);
  }

  shape(row: number): number {
    return this.#uint32(this.rowStarts[row]! + ROW.shape);
  }

  /** What the bytes in the table stand for; rows of one chunk share the object. */
  resourceOf(row: number): Resource {
    const place = this.resource(row);
    this.#resources[place] ??= readResource(this.tables.resources[place]!);
    return this.#resources[place];
  }

  scopeOf(row: number): Scope {
    const place = this.scope(row);
    this.#scopes[place] ??= readScope(this.tables.scopes[place]!);
    return this.#scopes[place];
  }

  /** How many attributes of the row stand before the one with this key; -1 when it has none. */
  placeInShape(row: number, key: string): number {
    this.#keyPlaces ??= new Map(this.tables.keys.map((known, place) => [known, place]));
    const place = this.#keyPlaces.get(key);
    return place === undefined ? -1 : this.tables.shapes[this.shape(row)]!.indexOf(place);
  }

  /** A sum of HAS bits. */
  has(row: number): number {
    return this.bytes[this.rowStarts[row]! + ROW.has]!;
  }

  /** W3C trace flags. */
  flags(row: number): number {
    return this.bytes[this.rowStarts[row]! + ROW.flags]!;
  }

  /** Where the 16 bytes of the trace id begin in `bytes`; -1 without one. */
  traceAt(row: number): number {
    return this.has(row) & HAS.trace ? this.rowStarts[row]! + ROW_BYTES : -1;
  }

  /** Where the 8 bytes of the span id begin in `bytes`; -1 without one. */
  spanAt(row: number): number {
    const has = this.has(row);
    return has & HAS.span ? this.rowStarts[row]! + ROW_BYTES + idBytes(has & HAS.trace) : -1;
  }

  /** What `log.record.uid` makes the record known by (`uniqueKeyOf`); null without one. */
  uidKey(row: number): Uint8Array | null {
    const has = this.has(row);
    if (!(has & HAS.uid)) return null;
    const at = this.rowStarts[row]! + ROW_BYTES + idBytes(has & ~HAS.uid);
    return this.bytes.subarray(at, at + UNIQUE_KEY_LENGTH);
  }

  eventName(row: number): string {
    return this.has(row) & HAS.eventName ? this.#behindIds(row).text() : '';
  }

  dropped(row: number): number {
    const has = this.has(row);
    if (!(has & HAS.dropped)) return 0;
    const reader = this.#behindIds(row);
    if (has & HAS.eventName) reader.skipText();
    return reader.varint();
  }

  /** Where the body's value begins in `bytes`; the attributes' values follow in the shape's order. */
  bodyAt(row: number): number {
    const has = this.has(row);
    if (!(has & (HAS.eventName | HAS.dropped))) return this.rowStarts[row]! + ROW_BYTES + idBytes(has);
    const reader = this.#behindIds(row);
    if (has & HAS.eventName) reader.skipText();
    if (has & HAS.dropped) reader.varint();
    return reader.position;
  }

  /** A reader at a place within a row, which reads no further than the row. There is but one: the next call moves it. */
  readerAt(row: number, position: number): ByteReader {
    this.#reader.seek(position, this.rowEnd(row));
    return this.#reader;
  }

  #behindIds(row: number): ByteReader {
    return this.readerAt(row, this.rowStarts[row]! + ROW_BYTES + idBytes(this.has(row)));
  }

  #uint32(at: number): number {
    return this.#view.getUint32(at, true);
  }

  /** The timestamp without its lowest 16 bits. */
  #timeUnits(row: number): number {
    const at = this.rowStarts[row]! + ROW.timestamp;
    return this.#uint32(at + 4) * UNIT + this.#view.getUint16(at + 2, true);
  }
}

function checkHeader(bytes: Uint8Array, view: DataView): void {
  if (bytes.length < HEADER_BYTES) throw new DamagedBytesError(`${bytes.length} bytes are too few for a chunk`);
  if (view.getUint32(HEADER.magic, true) !== MAGIC) throw new DamagedBytesError('the bytes are not those of a chunk');
  const checksum = view.getUint32(HEADER.checksum, true);
  if (checksum !== 0 && checksum !== checksumOf(bytes)) {
    throw new DamagedBytesError('a chunk is not what its checksum says');
  }
}

function checksumOf(bytes: Uint8Array): number {
  return crc32(bytes.subarray(HEADER.checksum + 4), crc32(bytes.subarray(0, HEADER.checksum)));
}

/** Where the rows begin, once each is known to lie where it should and to name only what the tables have. */
function findRows(view: DataView, size: number, rowsEnd: number, sizes: TableSizes): Uint32Array {
  const starts = new Uint32Array(size);
  const { loggers, severities, resources, scopes, shapes } = sizes;
  let at = HEADER_BYTES;
  for (let row = 0; row < size; row++) {
    if (at + ROW_BYTES > rowsEnd) throw new DamagedBytesError('a chunk has fewer rows than it says');
    const length = view.getUint32(at + ROW.length, true);
    const has = view.getUint8(at + ROW.has);
    // At least the body's kind follows.
    if (has > HAS_ALL || length <= ROW_BYTES + idBytes(has) || at + length > rowsEnd) {
      throw new DamagedBytesError('a row is not as long as it says');
    }
    if (
      view.getUint32(at + ROW.logger, true) >= loggers ||
      view.getUint32(at + ROW.severity, true) >= severities ||
      view.getUint32(at + ROW.resource, true) >= resources ||
      view.getUint32(at + ROW.scope, true) >= scopes ||
      view.getUint32(at + ROW.shape, true) >= shapes
    ) {
      throw new DamagedBytesError('a row names what its chunk does not have');
    }
    if (view.getUint32(at + ROW.timestamp + 4, true) > 0x7fff_ffff) {
      throw new DamagedBytesError('a row is of no time that there is');
    }
    starts[row] = at;
    at += length;
  }
  if (at !== rowsEnd) throw new DamagedBytesError('a chunk has more rows than it says');
  return starts;
}

/** Bytes that a row's trace id, span id and uid key take together. */
function idBytes(has: number): number {
  return (
    (has & HAS.trace ? TRACE_ID_BYTES : 0) +
    (has & HAS.span ? SPAN_ID_BYTES : 0) +
    (has & HAS.uid ? UNIQUE_KEY_LENGTH : 0)
  );
}
