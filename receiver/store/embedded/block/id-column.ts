import { DamagedBytesError } from '../bytes.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { Codes, writeCodes } from './codes.ts';
import type { IdColumn, Wanted } from './columns.ts';
import { FixedBytes, writeFixedBytes } from './fixed-bytes.ts';
import { Room } from './room.ts';
import type { RowSet } from './row-sets.ts';
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
  readonly #rows: RowSet;
  readonly #width: number;
  /** The different ids, and which of them each of the rows has; null when there are no rows. */
  readonly #ids: { readonly table: FixedBytes; readonly places: Codes } | null;

  constructor(column: ColumnReader, width: number, rows: RowSet) {
    this.#rows = rows;
    this.#width = width;
    const entries = column.meta.varint();
    if (entries > rows.size || (entries === 0) !== (rows.size === 0)) {
      throw new DamagedBytesError(`${entries} ids for ${rows.size} rows`);
    }
    if (entries === 0) this.#ids = null;
    else {
      const places = new Codes(column, rows.size, entries);
      this.#ids = { places, table: new FixedBytes(column, entries, width) };
    }
  }

  get heldBytes(): number {
    return this.#ids ? this.#ids.table.heldBytes + this.#ids.places.heldBytes : 0;
  }

  hex(row: number): string {
    const rank = this.#rows.rankOf(row);
    return this.#ids && rank >= 0 ? this.#ids.table.value(this.#ids.places.at(rank)).toString('hex') : '';
  }

  markPresent(marks: Uint8Array): void {
    for (const row of this.#rows.rows) marks[row] = 1;
  }

  markEqual(hex: string, wanted: Wanted, marks: Uint8Array): void {
    const sought = Buffer.from(hex, 'hex');
    if (!this.#ids || sought.length !== this.#width || sought.toString('hex') !== hex) return;
    // There is one, unless the table keeps an id twice.
    for (const entry of this.#ids.table.indexesOf(sought)) this.#markEntry(entry, wanted, marks);
  }

  #markEntry(entry: number, wanted: Wanted, marks: Uint8Array): void {
    const { rows } = this.#rows;
    const places = this.#ids!.places.all();
    for (let rank = places.indexOf(entry); rank >= 0; rank = places.indexOf(entry, rank + 1)) {
      const row = rows[rank]!;
      if (!wanted || wanted[row] === 1) marks[row] = 1;
    }
  }
}
