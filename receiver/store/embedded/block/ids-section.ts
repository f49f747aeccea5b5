import { DamagedBytesError } from '../bytes.ts';
import type { Chunk } from '../chunk/chunk.ts';
import { HAS } from '../chunk/chunk.ts';
import { readCodes, writeCodes } from './codes.ts';
import { StoredIdColumn, writeIds } from './id-column.ts';
import { Room } from './room.ts';
import { type ColumnReader, SectionReader, type SectionWriter } from './section.ts';
import { readWholeNumbers, WHOLE_LIMIT, writeWholeNumbers } from './whole-numbers.ts';

const TRACE_BYTES = 16;
const SPAN_BYTES = 8;

const delayRoom = new Room((length) => new Float64Array(length));
const traceRoom = new Room((length) => new Uint32Array(length));
const spanRoom = new Room((length) => new Uint32Array(length));

/**
 * Writes what rows have beside their values: the time from their own time to the observed one, trace ids, span ids,
 * event names, counts of dropped attributes; a column each. `order` are the chunk's rows in the order of the block;
 * every different trace id is told, by where it begins.
 */
export function writeIdsSection(
  section: SectionWriter,
  chunk: Chunk,
  order: Uint32Array,
  onTrace: (start: number) => void,
): Uint8Array {
  writeObserved(section, chunk, order);
  const traces = traceRoom.take(order.length);
  const spans = spanRoom.take(order.length);
  let traceCount = 0;
  let spanCount = 0;
  const names: string[] = [];
  const dropped: number[] = [];
  for (let index = 0; index < order.length; index++) {
    const row = order[index]!;
    const has = chunk.has(row);
    if (has & HAS.trace) traces[traceCount++] = chunk.traceAt(row);
    if (has & HAS.span) spans[spanCount++] = chunk.spanAt(row);
    if (has & HAS.eventName) names.push(chunk.eventName(row));
    if (has & HAS.dropped) dropped.push(chunk.dropped(row));
  }
  writeIds(section, chunk.bytes, traces.subarray(0, traceCount), TRACE_BYTES, onTrace);
  section.endColumn();
  writeIds(section, chunk.bytes, spans.subarray(0, spanCount), SPAN_BYTES);
  section.endColumn();
  writeNames(section, names);
  writeWholeNumbers(section, Float64Array.from(dropped));
  section.endColumn();
  return section.finish();
}

/** The few whose distance is no number we can write are listed with their time in full. */
function writeObserved(section: SectionWriter, chunk: Chunk, order: Uint32Array): void {
  const delays = delayRoom.take(order.length);
  const far: number[] = [];
  for (let row = 0; row < order.length; row++) {
    const delay = chunk.observedDelay(order[row]!);
    const isFar = Math.abs(delay) >= WHOLE_LIMIT;
    delays[row] = isFar ? 0 : delay;
    if (isFar) far.push(row);
  }
  writeWholeNumbers(section, delays);
  section.meta.varint(far.length);
  for (const row of far) {
    section.meta.varint(row);
    section.meta.int64(BigInt.asIntN(64, chunk.observedTimestamp(order[row]!)));
  }
  section.endColumn();
}

function writeNames(section: SectionWriter, names: readonly string[]): void {
  const places = new Map<string, number>();
  const codes = Uint32Array.from(names, (name) => {
    const place = places.get(name) ?? places.size;
    places.set(name, place);
    return place;
  });
  section.meta.varint(places.size);
  for (const name of places.keys()) section.meta.text(name);
  writeCodes(section, codes, places.size);
  section.endColumn();
}

/** What `writeIdsSection` wrote, each column read when first asked for. */
export class IdsSection {
  readonly #section: SectionReader;
  readonly #rowsWith: (bit: number) => Uint32Array;
  readonly #records: number;
  #observed: { readonly delays: Float64Array; readonly far: ReadonlyMap<number, bigint> } | undefined;
  #traces: StoredIdColumn | undefined;
  #spans: StoredIdColumn | undefined;
  #names: ReadonlyMap<number, string> | undefined;
  #dropped: ReadonlyMap<number, number> | undefined;

  /** `rowsWith` says which rows have a HAS bit. */
  constructor(bytes: Uint8Array, records: number, rowsWith: (bit: number) => Uint32Array) {
    this.#section = new SectionReader(bytes);
    this.#records = records;
    this.#rowsWith = rowsWith;
  }

  get traces(): StoredIdColumn {
    this.#traces ??= this.#readIds(1, TRACE_BYTES, HAS.trace);
    return this.#traces;
  }

  get spans(): StoredIdColumn {
    this.#spans ??= this.#readIds(2, SPAN_BYTES, HAS.span);
    return this.#spans;
  }

  observedTimestamp(row: number, timestamp: bigint): bigint {
    this.#observed ??= readObserved(this.#section.column(0), this.#records);
    return this.#observed.far.get(row) ?? timestamp + BigInt(this.#observed.delays[row]!);
  }

  /** '' for a row without. */
  eventName(row: number): string {
    this.#names ??= readNames(this.#section.column(3), this.#rowsWith(HAS.eventName));
    return this.#names.get(row) ?? '';
  }

  /** 0 for a row without. */
  dropped(row: number): number {
    this.#dropped ??= readDropped(this.#section.column(4), this.#rowsWith(HAS.dropped));
    return this.#dropped.get(row) ?? 0;
  }

  get heldBytes(): number {
    const ids = (this.#traces?.heldBytes ?? 0) + (this.#spans?.heldBytes ?? 0);
    const maps = ((this.#names?.size ?? 0) + (this.#dropped?.size ?? 0)) * 50;
    return this.#section.heldBytes + ids + maps + (this.#observed?.delays.byteLength ?? 0);
  }

  #readIds(column: number, width: number, bit: number): StoredIdColumn {
    return new StoredIdColumn(this.#section.column(column), width, this.#rowsWith(bit), this.#records);
  }
}

function readObserved(column: ColumnReader, records: number) {
  const delays = readWholeNumbers(column, records);
  const far = new Map<number, bigint>();
  for (let left = column.meta.varint(); left > 0; left--) {
    far.set(column.meta.varint(), BigInt.asUintN(64, column.meta.int64()));
  }
  return { delays, far };
}

function readNames(column: ColumnReader, rows: Uint32Array): Map<number, string> {
  const count = column.meta.varint();
  if (count > rows.length) throw new DamagedBytesError(`${count} event names for ${rows.length} rows`);
  const names = Array.from({ length: count }, () => column.meta.text());
  const places = readCodes(column, rows.length, count);
  return new Map(Array.from(rows, (row, index) => [row, names[places[index]!]!]));
}

function readDropped(column: ColumnReader, rows: Uint32Array): Map<number, number> {
  const counts = readWholeNumbers(column, rows.length);
  return new Map(Array.from(rows, (row, index) => [row, counts[index]!]));
}
