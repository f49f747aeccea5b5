import type { Field } from '../../../query/tree.ts';
import type { Block } from '../block/block.ts';
import type { DayParts } from '../block/block-source.ts';
import type { Wanted } from '../block/columns.ts';

/**
 * Counts the wanted rows' distinct texts of a field (`fieldTexts`). A text may be told several times; its counts add up.
 */
export declare function countField(
  field: Field,
  block: Block,
  parts: DayParts,
  wanted: Wanted,
  add: (text: string, count: number) => void,
): void;

/**
 * Counts the wanted rows by slot and level: adds to `counts[slot * LEVELS.length + levelIndex]`. `boundaries` are in
 * ascending order, n + 1 for n slots, nanoseconds since the day's start (any number, the slots may begin before the day
 * and end after it).
 */
export declare function countLevels(
  block: Block,
  parts: DayParts,
  wanted: Wanted,
  boundaries: Float64Array,
  counts: number[] | Float64Array,
): void;
