import type { SmallNumbers } from './planes.ts';

/** 0 … records − 1. */
export function allRows(records: number): Uint32Array {
  const rows = new Uint32Array(records);
  for (let row = 0; row < records; row++) rows[row] = row;
  return rows;
}

/** The rows of the wanted sites (1), ascending: `total` of them. */
export function rowsOfSites(sites: SmallNumbers, wanted: Uint8Array, total: number): Uint32Array {
  // Every row is written down and kept if wanted: no branch to guess. The last one may need a place that nobody reads.
  const rows = new Uint32Array(total + 1);
  let count = 0;
  for (let row = 0; row < sites.length; row++) {
    rows[count] = row;
    count += wanted[sites[row]!]!;
  }
  return rows.subarray(0, total);
}
