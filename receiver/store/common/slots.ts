const QUARTER = 900_000_000_000n;
const HOUR = 4n * QUARTER;

/** Beyond every timestamp (they stay below 2^63), and a whole hour, so that no edge has to be looked at for it. */
export const END_OF_TIME = (2n ** 63n / HOUR + 1n) * HOUR;

/** A part of one slot: times in `[from, to)`, never empty. */
export interface SlotPiece {
  readonly slot: number;
  readonly from: bigint;
  readonly to: bigint;
}

/** Slots cut into what kept counts can tell and what they cannot. */
export interface SlotPieces {
  /** Whole hours, for the counts by hour. */
  readonly hours: readonly SlotPiece[];
  /** Whole quarters of an hour outside of these, for the counts by quarter. */
  readonly quarters: readonly SlotPiece[];
  /** The rest, shorter than two quarters each: their records have to be counted one by one. */
  readonly edges: readonly SlotPiece[];
}

/** Cuts the time between boundaries in ascending order (n + 1 for n slots, any nanosecond) at whole hours and quarters. */
export function cutSlots(boundaries: readonly bigint[]): SlotPieces {
  const pieces = { hours: [] as SlotPiece[], quarters: [] as SlotPiece[], edges: [] as SlotPiece[] };
  for (let slot = 0; slot + 1 < boundaries.length; slot++) {
    const from = boundaries[slot]!;
    const to = boundaries[slot + 1]!;
    const quarters = wholeUnits(from, to, QUARTER);
    const hours = wholeUnits(quarters.from, quarters.to, HOUR);
    const add = (list: SlotPiece[], start: bigint, end: bigint) => {
      if (start < end) list.push({ slot, from: start, to: end });
    };
    add(pieces.edges, from, quarters.from);
    add(pieces.quarters, quarters.from, hours.from);
    add(pieces.hours, hours.from, hours.to);
    add(pieces.quarters, hours.to, quarters.to);
    add(pieces.edges, quarters.to, to);
  }
  return pieces;
}

/** The whole units within a range; where there are none, an empty range at its end. */
function wholeUnits(from: bigint, to: bigint, unit: bigint): { readonly from: bigint; readonly to: bigint } {
  const first = ((from + unit - 1n) / unit) * unit;
  const end = (to / unit) * unit;
  return first < end ? { from: first, to: end } : { from: to, to };
}
