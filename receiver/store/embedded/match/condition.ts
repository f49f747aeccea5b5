import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import type { BlockFilters } from '../filter/block-filters.ts';

/** How many of a block's records match, as far as its header and filters tell; 'some' where they don't. */
export type Verdict = 'none' | 'some' | 'all';

/** A part of a query, ready to be asked of many blocks. */
export interface Condition {
  /** One of COST, or a sum of them: what is cheap to ask is asked first. */
  readonly cost: number;
  judge(header: BlockHeader, parts: DayParts, filters: BlockFilters): Verdict;
  /** Clears (to 0) those of the wanted rows (1) that do not match. */
  narrow(block: Block, parts: DayParts, wanted: Uint8Array): void;
  /** Absent where sites do not tell. */
  readonly matchingSites?: MatchingSites | undefined;
}

/** By place of a block's sites: 1 where all its records match, 0 where none does. */
export type MatchingSites = (header: BlockHeader, parts: DayParts) => Uint8Array;

/** What has to be read of a block before its rows can be asked, from least to most. */
export const COST = { nothing: 0, sites: 1, resources: 2, ids: 4, attributes: 8, texts: 16, rows: 32 } as const;

export const EVERYTHING: Condition = {
  cost: COST.nothing,
  judge: () => 'all',
  narrow() {},
  matchingSites: ({ sites }) => new Uint8Array(sites.length).fill(1),
};

/** Of parts of a block, each of which matches as a whole or not at all. */
export function verdictOf(matching: number, all: number): Verdict {
  if (matching === 0) return 'none';
  return matching === all ? 'all' : 'some';
}

/** Keeps those of the wanted rows that `mark` marks; it marks wanted ones alone. */
export function keepMarked(wanted: Uint8Array, mark: (marks: Uint8Array) => void): void {
  const marks = new Uint8Array(wanted.length);
  mark(marks);
  wanted.set(marks);
}

/** Keeps the wanted rows whose code is marked in the table. */
export function keepByCode(wanted: Uint8Array, codes: ArrayLike<number>, table: Uint8Array): void {
  for (let row = 0; row < wanted.length; row++) wanted[row]! &= table[codes[row]!]!;
}
