import { LEVELS } from '../../../record/severity.ts';
import { cellOf, levelIndexOfCell } from '../counts.ts';
import { DAY_LENGTH, type Day, QUARTER_LENGTH, startOf } from '../day.ts';
import { CELLS_PER_DAY } from './day-counts.ts';

/** Beyond every timestamp (they stay below 2^63). */
export const END_OF_TIME = 2n ** 63n;

/** Time cut into slots: boundaries in ascending order, n + 1 for n slots. */
export class Slots {
  readonly boundaries: readonly bigint[];

  constructor(boundaries: readonly bigint[]) {
    this.boundaries = boundaries;
  }

  get size(): number {
    return Math.max(0, this.boundaries.length - 1);
  }

  /** Whether any slot reaches into a day. */
  touches(day: Day): boolean {
    return this.size > 0 && startOf(day + 1) > this.boundaries[0]! && startOf(day) < this.boundaries.at(-1)!;
  }

  /** The boundaries as nanoseconds since a day's start: -1 for those before the day, its length for those behind. */
  boundariesWithin(day: Day): Float64Array {
    const start = startOf(day);
    const end = startOf(day + 1);
    // Nearly all lie in other days, and numbers of 64 bits are slow.
    const first = firstFrom(this.boundaries, start);
    const within = new Float64Array(this.boundaries.length).fill(-1);
    for (let index = first; index < within.length; index++) {
      const boundary = this.boundaries[index]!;
      if (boundary >= end) return within.fill(DAY_LENGTH, index);
      within[index] = Number(boundary - start);
    }
    return within;
  }

  /** The pieces of a day that fall into one slot each, in order; what lies outside of all slots is in none. */
  piecesOf(day: Day): SlotPiece[] {
    const pieces: SlotPiece[] = [];
    const boundaries = this.boundariesWithin(day);
    for (let slot = 0; slot < this.size; slot++) {
      const from = Math.max(0, boundaries[slot]!);
      const to = boundaries[slot + 1]!;
      if (from < to) pieces.push({ slot, from, to });
    }
    return pieces;
  }
}

/** The place of the first of ascending times that is not before a time. */
function firstFrom(times: readonly bigint[], time: bigint): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A part of a day that lies in one slot: times within the day, `[from, to)`. */
export interface SlotPiece {
  readonly slot: number;
  readonly from: number;
  readonly to: number;
}

/** Where a day's kept counts belong, and what they cannot tell. */
export interface CellTargets {
  /** For each cell its place in `slots × levels` counts, -1 for one that lies in no slot or is cut. */
  readonly targetOf: Int32Array;
  /** The parts of quarters that a boundary cuts: their records have to be counted one by one. */
  readonly cut: readonly SlotPiece[];
}

/** Which slot a time falls into, -1 for none; `boundaries` as `boundariesWithin` gives them. */
export function slotAt(boundaries: Float64Array, time: number): number {
  let low = 0;
  let high = boundaries.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boundaries[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return low < boundaries.length ? low - 1 : -1;
}

/** How counts by quarter of an hour are told to slots, of the levels that are wanted. */
export function cellTargets(slots: Slots, day: Day, wantsLevel: (levelIndex: number) => boolean): CellTargets {
  const targetOf = new Int32Array(CELLS_PER_DAY).fill(-1);
  const cut: SlotPiece[] = [];
  for (const { slot, from, to } of slots.piecesOf(day)) {
    const first = Math.ceil(from / QUARTER_LENGTH);
    const end = Math.floor(to / QUARTER_LENGTH);
    for (let cell = cellOf(first, 0); cell < cellOf(end, 0); cell++) {
      const levelIndex = levelIndexOfCell(cell);
      if (wantsLevel(levelIndex)) targetOf[cell] = slot * LEVELS.length + levelIndex;
    }
    if (first > end) {
      cut.push({ slot, from, to });
      continue;
    }
    if (from < first * QUARTER_LENGTH) cut.push({ slot, from, to: first * QUARTER_LENGTH });
    if (end * QUARTER_LENGTH < to) cut.push({ slot, from: end * QUARTER_LENGTH, to });
  }
  return { targetOf, cut };
}

/** Zeros for `slots × levels` counts. */
export function zeroCounts(slots: Slots): Float64Array<ArrayBuffer> {
  return new Float64Array(slots.size * LEVELS.length);
}
