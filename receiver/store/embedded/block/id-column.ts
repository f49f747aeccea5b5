import { DamagedBytesError } from '../bytes.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { readCodes, writeCodes } from './codes.ts';
import type { IdColumn, Wanted } from './columns.ts';
import { readFixedBytes, writeFixedBytes } from './fixed-bytes.ts';
import { Room } from './room.ts';
import type { ColumnReader, SectionWriter } from './section.ts';

const placeRoom = new Room((length) => new Uint32Array(length));
const tableRoom = new Room((length) => new Uint8Array(length));

/**
 * Writes trace or span ids, `width` bytes at each of `starts` in `bytes`: each different one once, beside which of them
 * every row has. Calls back with where each different one begins.
 */
export function writeIds(
  section: SectionWriter,
  bytes: Uint8Array,
  starts: Uint32Array,
  width: number,
  onId?: (start: number) => void,
): void {
  const dictionary = new ByteDictionary(bytes, starts.length);
  const places = placeRoom.take(starts.length);
  for (let index = 0; index < starts.length; index++) {
    const start = starts[index]!;
    places[index] = dictionary.placeOf(start, start + width);
  }
  const { size } = dictionary;
  section.meta.varint(size);
  if (size === 0) return;
  writeCodes(section, places, size);
  const table = tableRoom.take(size * width);
  let at = 0;
  for (let place = 0; place < size; place++) {
    const start = dictionary.start(place);
    onId?.(start);
    for (let index = start; index < start + width; index++) table[at++] = bytes[index]!;
  }
  writeFixedBytes(section, table, width);
}

/** What `writeIds` wrote, for the rows that have an id. */
export class StoredIdColumn implements IdColumn {
  readonly #width: number;
  readonly #entries: number;
  readonly #table: Uint8Array<ArrayBuffer>;
  /** By row of the block, the id's place in the table, plus one; 0 for none. */
  readonly #places: Uint32Array;

  /** `rows` have ids, of the `records` of the block. */
  constructor(column: ColumnReader, width: number, rows: Uint32Array, records: number) {
    this.#width = width;
    this.#entries = column.meta.varint();
    this.#places = new Uint32Array(records);
    if (this.#entries > rows.length || (this.#entries === 0) !== (rows.length === 0)) {
      throw new DamagedBytesError(`${this.#entries} ids for ${rows.length} rows`);
    }
    this.#table = new Uint8Array(0);
    if (this.#entries === 0) return;
    const codes = readCodes(column, rows.length, this.#entries);
    for (let index = 0; index < rows.length; index++) this.#places[rows[index]!] = codes[index]! + 1;
    this.#table = readFixedBytes(column, this.#entries, width);
  }

  get heldBytes(): number {
    return this.#table.length + this.#places.byteLength;
  }

  hex(row: number): string {
    const place = this.#places[row]!;
    if (place === 0) return '';
    const end = place * this.#width;
    return Buffer.from(this.#table.buffer).toString('hex', end - this.#width, end);
  }

  markPresent(marks: Uint8Array): void {
    for (let row = 0; row < this.#places.length; row++) if (this.#places[row] !== 0) marks[row] = 1;
  }

  markEqual(hex: string, wanted: Wanted, marks: Uint8Array): void {
    const sought = Buffer.from(hex, 'hex');
    if (sought.length !== this.#width || sought.toString('hex') !== hex) return;
    const isSought = new Uint8Array(this.#entries + 1);
    let isAny = false;
    for (let entry = 0; entry < this.#entries; entry++) {
      if (!this.#isEntry(entry, sought)) continue;
      isSought[entry + 1] = 1;
      isAny = true;
    }
    if (!isAny) return;
    for (let row = 0; row < this.#places.length; row++) {
      if (isSought[this.#places[row]!] === 1 && (!wanted || wanted[row] === 1)) marks[row] = 1;
    }
  }

  #isEntry(entry: number, sought: Uint8Array): boolean {
    const start = entry * this.#width;
    for (let index = 0; index < sought.length; index++) {
      if (this.#table[start + index] !== sought[index]) return false;
    }
    return true;
  }
}
