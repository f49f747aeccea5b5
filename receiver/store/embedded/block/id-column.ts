import { DamagedBytesError } from '../bytes.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { readCodes, writeCodes } from './codes.ts';
import type { IdColumn, Wanted } from './columns.ts';
import { readFixedBytes, writeFixedBytes } from './fixed-bytes.ts';
import type { ColumnReader, SectionWriter } from './section.ts';

/** Collects the rows' trace or span ids: each different one is kept once. */
export class IdColumnBuilder {
  readonly #bytes: Uint8Array;
  readonly #width: number;
  readonly #dictionary: ByteDictionary;
  readonly #places: Uint32Array;
  #size = 0;

  /** Ids are `width` bytes long, in `bytes`; `capacity` of them may come. */
  constructor(bytes: Uint8Array, width: number, capacity: number) {
    this.#bytes = bytes;
    this.#width = width;
    this.#dictionary = new ByteDictionary(bytes, capacity);
    this.#places = new Uint32Array(capacity);
  }

  add(start: number): void {
    this.#places[this.#size++] = this.#dictionary.placeOf(start, start + this.#width);
  }

  /** Where each different id begins. */
  starts(): Uint32Array {
    return Uint32Array.from({ length: this.#dictionary.size }, (_, place) => this.#dictionary.start(place));
  }

  write(section: SectionWriter): void {
    const { size } = this.#dictionary;
    section.meta.varint(size);
    if (size === 0) return;
    const table = new Uint8Array(size * this.#width);
    for (let place = 0; place < size; place++) {
      const start = this.#dictionary.start(place);
      for (let index = 0; index < this.#width; index++)
        table[place * this.#width + index] = this.#bytes[start + index]!;
    }
    writeCodes(section, this.#places.subarray(0, this.#size), size);
    writeFixedBytes(section, table, this.#width);
  }
}

/** What an IdColumnBuilder wrote, for the rows that have an id. */
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
