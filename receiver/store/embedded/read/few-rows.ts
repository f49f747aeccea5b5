import { type BlockRows, type DayRange, isBefore, type Place } from './block-rows.ts';

/** So many rows of a block are remembered; where more match, a page needs few blocks. */
const MOST = 64;

/** A row of a block, and where it stands in the day. */
export interface PlacedRow extends Place {
  readonly row: number;
}

/** All rows of a block that match, few as they are: row, time and sequence of each, in order. */
export type FewRows = Float64Array;

export const NO_ROWS: FewRows = new Float64Array();

/** Null when too many rows are wanted. */
export function fewRowsOf({ block, wanted }: BlockRows): FewRows | null {
  const rows: number[] = [];
  for (let row = wanted.indexOf(1); row >= 0; row = wanted.indexOf(1, row + 1)) {
    if (rows.push(row) > MOST) return null;
  }
  return Float64Array.from(rows.flatMap((row) => [row, block.timeOf(row), block.sequenceOf(row)]));
}

/** Those in a range, in order. */
export function placedWithin(few: FewRows, { first, end }: DayRange): PlacedRow[] {
  const rows: PlacedRow[] = [];
  for (let at = 0; at < few.length; at += 3) {
    const row = { row: few[at]!, time: few[at + 1]!, sequence: few[at + 2]! };
    if (!isBefore(row, first) && isBefore(row, end)) rows.push(row);
  }
  return rows;
}
