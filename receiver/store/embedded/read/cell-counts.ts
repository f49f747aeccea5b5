import { levelIndexOf } from '../../../record/severity.ts';
import type { Block } from '../block/block.ts';
import type { DayParts } from '../block/block-source.ts';
import { cellOf } from '../counts.ts';
import { QUARTER_LENGTH } from '../day.ts';
import { CELLS_PER_DAY } from './day-counts.ts';

/** How many records are in each quarter of an hour and level that has any: cell, count, cell, count … */
export type CellCounts = Uint32Array;

/** The cell of each row of a block: all that histograms need of a row, in a hundredth of what its columns take. */
export interface RowCells {
  /** The first cell of the block's first quarter; rows count from there. */
  readonly first: number;
  readonly cells: Uint8Array | Uint16Array;
}

export function rowCellsOf({ header, times, sites, size }: Block, parts: DayParts): RowCells {
  const levels = Uint8Array.from(header.sites, ({ severity }) => levelIndexOf(parts.severity(severity).number));
  const firstQuarter = Math.floor(header.minTime / QUARTER_LENGTH);
  const cellCount = cellOf(Math.floor(header.maxTime / QUARTER_LENGTH) + 1 - firstQuarter, 0);
  const cells = cellCount <= 256 ? new Uint8Array(size) : new Uint16Array(size);
  let quarterCell = 0;
  let quarterEnd = (firstQuarter + 1) * QUARTER_LENGTH;
  for (let row = 0; row < size; row++) {
    for (; times[row]! >= quarterEnd; quarterEnd += QUARTER_LENGTH) quarterCell += cellOf(1, 0);
    cells[row] = quarterCell + levels[sites[row]!]!;
  }
  return { first: cellOf(firstQuarter, 0), cells };
}

const totals = new Uint32Array(CELLS_PER_DAY);

/** Counts the wanted rows. */
export function countCells({ first, cells }: RowCells, wanted: Uint8Array): CellCounts {
  totals.fill(0);
  for (let row = 0; row < cells.length; row++) totals[cells[row]!]! += wanted[row]!;
  const counts: number[] = [];
  for (const [cell, count] of totals.entries()) if (count > 0) counts.push(first + cell, count);
  return Uint32Array.from(counts);
}

/** Adds counts to those of slots; `targetOf` says where each cell belongs, -1 for nowhere. */
export function addCells(counts: CellCounts, targetOf: Int32Array, totals: Float64Array): void {
  for (let at = 0; at < counts.length; at += 2) {
    const target = targetOf[counts[at]!]!;
    if (target >= 0) totals[target]! += counts[at + 1]!;
  }
}
