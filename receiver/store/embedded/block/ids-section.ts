import { DamagedBytesError } from '../bytes.ts';
import type { Chunk } from '../chunk/chunk.ts';
import { HAS } from '../chunk/chunk.ts';
import { Codes, writeCodes } from './codes.ts';
import { StoredIdColumn, writeIds } from './id-column.ts';
import { Room } from './room.ts';
import type { RowSet } from './row-sets.ts';
import type { ColumnReader, SectionReader, SectionWriter } from './section.ts';
import { WHOLE_LIMIT, WholeNumbers, writeWholeNumbers } from './whole-numbers.ts';

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
  readonly #rowsWith: (bit: number) => RowSet;
  readonly #records: number;
  #observed: { readonly delays: WholeNumbers; readonly far: ReadonlyMap<number, bigint> } | undefined;
  #traces: StoredIdColumn | undefined;
  #spans: StoredIdColumn | undefined;
  #names: EventNames | undefined;
  #dropped: DroppedCounts | undefined;

  /** `rowsWith` says which rows have a HAS bit. */
  constructor(section: SectionReader, records: number, rowsWith: (bit: number) => RowSet) {
    this.#section = section;
    this.#records = records;
    this.#rowsWith = rowsWith;
  }

  get traces(): StoredIdColumn {
    this.#traces ??= new StoredIdColumn(this.#section.column(1), TRACE_BYTES, this.#rowsWith(HAS.trace));
    return this.#traces;
  }

  get spans(): StoredIdColumn {
    this.#spans ??= new StoredIdColumn(this.#section.column(2), SPAN_BYTES, this.#rowsWith(HAS.span));
    return this.#spans;
  }

  observedTimestamp(row: number, timestamp: bigint): bigint {
    this.#observed ??= readObserved(this.#section.column(0), this.#records);
    return this.#observed.far.get(row) ?? timestamp + BigInt(this.#observed.delays.at(row));
  }

  /** '' for a row without. */
  eventName(row: number): string {
    this.#names ??= new EventNames(this.#section.column(3), this.#rowsWith(HAS.eventName));
    return this.#names.of(row);
  }

  /** 0 for a row without. */
  dropped(row: number): number {
    this.#dropped ??= new DroppedCounts(this.#section.column(4), this.#rowsWith(HAS.dropped));
    return this.#dropped.of(row);
  }

  get heldBytes(): number {
    const parts = [this.#observed?.delays, this.#traces, this.#spans, this.#names, this.#dropped];
    return parts.reduce((sum, part) => sum + (part?.heldBytes ?? 0), 0);
  }
}

function readObserved(column: ColumnReader, records: number) {
  const delays = new WholeNumbers(column, records);
  const far = new Map<number, bigint>();
  for (let left = column.meta.varint(); left > 0; left--) {
    far.set(column.meta.varint(), BigInt.asUintN(64, column.meta.int64()));
  }
  return { delays, far };
}

/** The names of the rows that have one. */
class EventNames {
  readonly #rows: RowSet;
  readonly #names: readonly string[];
  readonly #places: Codes;

  constructor(column: ColumnReader, rows: RowSet) {
    const count = column.meta.varint();
    if (count > rows.size) throw new DamagedBytesError(`${count} event names for ${rows.size} rows`);
    this.#rows = rows;
    this.#names = Array.from({ length: count }, () => column.meta.text());
    this.#places = new Codes(column, rows.size, count);
  }

  of(row: number): string {
    const rank = this.#rows.rankOf(row);
    return rank < 0 ? '' : this.#names[this.#places.at(rank)]!;
  }

  get heldBytes(): number {
    const names = this.#names.reduce((sum, name) => sum + 2 * name.length, 0);
    return this.#places.heldBytes + names;
  }
}

/** How many attributes were dropped, of the rows where some were. */
class DroppedCounts {
  readonly #rows: RowSet;
  readonly #counts: WholeNumbers;

  constructor(column: ColumnReader, rows: RowSet) {
    this.#rows = rows;
    this.#counts = new WholeNumbers(column, rows.size);
  }

  of(row: number): number {
    const rank = this.#rows.rankOf(row);
    return rank < 0 ? 0 : this.#counts.at(rank);
  }

  get heldBytes(): number {
    return this.#counts.heldBytes;
  }
}
