import type { Block } from '../block/block.ts';
import type { DayParts } from '../block/block-source.ts';
import { DAY_LENGTH, QUARTER_LENGTH } from '../day.ts';
import { countLevels } from '../match/counting.ts';
import { CELLS_PER_DAY } from './day-counts.ts';

/** How many records are in each quarter of an hour and level that has any: cell, count, cell, count … */
export type CellCounts = Uint32Array;

const QUARTER_BOUNDARIES = Float64Array.from(
  { length: DAY_LENGTH / QUARTER_LENGTH + 1 },
  (_, quarter) => quarter * QUARTER_LENGTH,
);
const totals = new Float64Array(CELLS_PER_DAY);

/** Counts the wanted rows of a block. */
export function countCells(block: Block, parts: DayParts, wanted: Uint8Array): CellCounts {
  totals.fill(0);
  countLevels(block, parts, wanted, QUARTER_BOUNDARIES, totals);
  const counts: number[] = [];
  for (const [cell, count] of totals.entries()) if (count > 0) counts.push(cell, count);
  return Uint32Array.from(counts);
}

/** Adds counts to those of slots; `targetOf` says where each cell belongs, -1 for nowhere. */
export function addCells(counts: CellCounts, targetOf: Int32Array, totals: Float64Array): void {
  for (let at = 0; at < counts.length; at += 2) {
    const target = targetOf[counts[at]!]!;
    if (target >= 0) totals[target]! += counts[at + 1]!;
  }
}
