import type { SmallNumbers } from './planes.ts';

/** Rows of few records are put together from their sites' rows, of more they are picked from all. */
const FEW = 1 / 16;

/** Finds the rows of a block's sites. */
export class SiteRows {
  readonly #sites: SmallNumbers;
  readonly #siteCount: number;
  /** Where each site's rows begin among those sorted by site; made when first needed. */
  #starts: Uint32Array | undefined;
  #bySite = new Uint32Array(0);

  /** `sites` are the places of the rows' sites, all below `siteCount`. */
  constructor(sites: SmallNumbers, siteCount: number) {
    this.#sites = sites;
    this.#siteCount = siteCount;
  }

  get heldBytes(): number {
    return this.#bySite.byteLength + (this.#starts?.byteLength ?? 0);
  }

  /** The rows of these sites, ascending; `total` is how many there are. */
  of(places: readonly number[], total: number): Uint32Array {
    if (total === this.#sites.length) return allRows(total);
    return total < this.#sites.length * FEW ? this.#joined(places) : this.#picked(places, total);
  }

  #joined(places: readonly number[]): Uint32Array {
    const starts = this.#knownStarts();
    const parts = places.map((place) => this.#bySite.subarray(starts[place]!, starts[place + 1]!));
    if (parts.length === 1) return parts[0]!;
    return Uint32Array.from(parts.flatMap((part) => [...part])).sort();
  }

  #picked(places: readonly number[], total: number): Uint32Array {
    const sites = this.#sites;
    const isWanted = new Uint8Array(this.#siteCount);
    for (const place of places) isWanted[place] = 1;
    // Every row is written down and kept if wanted: no branch to guess. The last one may need a place that nobody reads.
    const rows = new Uint32Array(total + 1);
    let count = 0;
    for (let row = 0; row < sites.length; row++) {
      rows[count] = row;
      count += isWanted[sites[row]!]!;
    }
    return rows.subarray(0, total);
  }

  #knownStarts(): Uint32Array {
    if (this.#starts) return this.#starts;
    const sites = this.#sites;
    const starts = new Uint32Array(this.#siteCount + 1);
    for (let row = 0; row < sites.length; row++) starts[sites[row]! + 1]!++;
    for (let place = 0; place < this.#siteCount; place++) starts[place + 1]! += starts[place]!;
    const next = starts.slice();
    this.#bySite = new Uint32Array(sites.length);
    for (let row = 0; row < sites.length; row++) this.#bySite[next[sites[row]!]!++] = row;
    this.#starts = starts;
    return starts;
  }
}

/** 0 … records − 1. */
export function allRows(records: number): Uint32Array {
  const rows = new Uint32Array(records);
  for (let row = 0; row < records; row++) rows[row] = row;
  return rows;
}
