import { DamagedBytesError } from '../bytes.ts';
import type { SmallNumbers } from './planes.ts';

/** Sets of rows that are written down, each by a look at all rows, before the rows of each site are. */
const FEW = 4;
/** Small sets are put together from their sites' rows, larger ones are picked from all. */
const SMALL_PART = 1 / 16;
/** About what a set takes beside its rows and the text of its places. */
const SET_BYTES = 200;
const NO_ROWS = new Uint32Array(0);

/** The rows of a block that are of some of its sites. */
export interface RowSet {
  readonly size: number;
  /** Ascending. */
  readonly rows: Uint32Array;
  /** How many of the rows come before this one; -1 when it is none of them. */
  rankOf(row: number): number;
  /** Memory that its rows take. */
  readonly heldBytes: number;
}

/** Finds the rows of a block's sites. */
export class SiteRows {
  readonly #sites: SmallNumbers;
  readonly #siteTable: readonly { readonly records: number }[];
  /** By the sites' places: many keys are had by the same sites. */
  readonly #sets = new Map<string, RowSet>();
  #written = 0;
  /** Where each site's rows begin among those sorted by site; made when needed. */
  #starts: Uint32Array | undefined;
  #bySite = NO_ROWS;

  /** `sites` are the places of the rows' sites in the table. */
  constructor(sites: SmallNumbers, siteTable: readonly { readonly records: number }[]) {
    this.#sites = sites;
    this.#siteTable = siteTable;
  }

  get heldBytes(): number {
    let bytes = this.#bySite.byteLength + (this.#starts?.byteLength ?? 0);
    for (const [places, set] of this.#sets) bytes += SET_BYTES + 2 * places.length + set.heldBytes;
    return bytes;
  }

  /** The rows of the sites in these places. */
  of(places: readonly number[]): RowSet {
    const key = places.join();
    const set = this.#sets.get(key) ?? this.#make(places);
    this.#sets.set(key, set);
    return set;
  }

  #make(places: readonly number[]): RowSet {
    const total = places.reduce((sum, place) => sum + this.#siteTable[place]!.records, 0);
    if (total === this.#sites.length) return new AllRows(total);
    const isMember = new Uint8Array(this.#siteTable.length);
    for (const place of places) isMember[place] = 1;
    return new RowsOfSites(this.#sites, isMember, total, () => this.#write(places, isMember, total));
  }

  #write(places: readonly number[], isMember: Uint8Array, total: number): Uint32Array {
    const isSmall = total < this.#sites.length * SMALL_PART;
    return isSmall && ++this.#written > FEW ? this.#joined(places, total) : pickRows(this.#sites, isMember, total);
  }

  #joined(places: readonly number[], total: number): Uint32Array {
    const starts = this.#knownStarts();
    const rows = new Uint32Array(total);
    let size = 0;
    for (const place of places) {
      const part = this.#bySite.subarray(starts[place]!, starts[place + 1]!);
      if (size + part.length > total) throw new DamagedBytesError(`sites have more than their ${total} rows`);
      rows.set(part, size);
      size += part.length;
    }
    return places.length === 1 ? rows : rows.sort();
  }

  #knownStarts(): Uint32Array {
    if (this.#starts) return this.#starts;
    const sites = this.#sites;
    const siteCount = this.#siteTable.length;
    const starts = new Uint32Array(siteCount + 1);
    for (let row = 0; row < sites.length; row++) starts[sites[row]! + 1]!++;
    for (let place = 0; place < siteCount; place++) starts[place + 1]! += starts[place]!;
    const next = starts.slice();
    this.#bySite = new Uint32Array(sites.length);
    for (let row = 0; row < sites.length; row++) this.#bySite[next[sites[row]!]!++] = row;
    this.#starts = starts;
    return starts;
  }
}

function pickRows(sites: SmallNumbers, isMember: Uint8Array, total: number): Uint32Array {
  // Every row is written down and kept if wanted: no branch to guess. The last one may need a place that nobody reads.
  const rows = new Uint32Array(total + 1);
  let count = 0;
  for (let row = 0; row < sites.length; row++) {
    rows[count] = row;
    count += isMember[sites[row]!]!;
  }
  return rows.subarray(0, total);
}

class RowsOfSites implements RowSet {
  readonly size: number;
  readonly #sites: SmallNumbers;
  readonly #isMember: Uint8Array;
  readonly #write: () => Uint32Array;
  #rows: Uint32Array | undefined;
  /** A row, and how many of the rows come before it: those asked for lie near each other. */
  #knownRow = 0;
  #knownRank = 0;

  constructor(sites: SmallNumbers, isMember: Uint8Array, size: number, write: () => Uint32Array) {
    this.size = size;
    this.#sites = sites;
    this.#isMember = isMember;
    this.#write = write;
  }

  get rows(): Uint32Array {
    this.#rows ??= this.#write();
    return this.#rows;
  }

  rankOf(row: number): number {
    const sites = this.#sites;
    const isMember = this.#isMember;
    if (isMember[sites[row]!] !== 1) return -1;
    let rank = this.#knownRank;
    for (let before = this.#knownRow; before < row; before++) rank += isMember[sites[before]!]!;
    for (let before = row; before < this.#knownRow; before++) rank -= isMember[sites[before]!]!;
    this.#knownRow = row;
    this.#knownRank = rank;
    if (rank >= this.size) throw new DamagedBytesError(`sites have more than their ${this.size} rows`);
    return rank;
  }

  get heldBytes(): number {
    return this.#isMember.length + (this.#rows?.byteLength ?? 0);
  }
}

/** All rows of a block. */
export class AllRows implements RowSet {
  readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  get rows(): Uint32Array {
    if (ascending.length < this.size) ascending = Uint32Array.from({ length: this.size }, (_, row) => row);
    return ascending.subarray(0, this.size);
  }

  rankOf(row: number): number {
    return row;
  }

  get heldBytes(): number {
    return 0;
  }
}

/** 0, 1, 2 …: the same for all blocks. */
let ascending = NO_ROWS;
