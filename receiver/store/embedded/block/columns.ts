import type { Comparison } from '../../../query/tree.ts';
import type { AnyValue } from '../../../record/any-value.ts';

/** Rows looked at (1) or passed over (0), one byte per row of the block; null for all. */
export type Wanted = Uint8Array | null;

/**
 * Conditions on a column. Each sets `marks[row]` to 1 for the wanted rows that fulfil it and leaves the others as they
 * are; rows are the block's. What fulfils a condition is said by receiver/query/evaluate.ts.
 */
export interface MarkedColumn {
  markPresent(marks: Uint8Array): void;
  markEqual(text: string, wanted: Wanted, marks: Uint8Array): void;
  markPrefix(prefix: string, wanted: Wanted, marks: Uint8Array): void;
  markCompared(op: Comparison, bound: number | bigint, wanted: Wanted, marks: Uint8Array): void;
  /** The value's text (`valueText`), folded, contains the needle, which is folded already. */
  markContaining(foldedNeedle: string, wanted: Wanted, marks: Uint8Array): void;
  /** For facets: calls back with the wanted rows' distinct texts (`fieldTexts`); a text may come several times, its counts add up. */
  countTexts(wanted: Wanted, add: (text: string, count: number) => void): void;
}

/** The values of one attribute key. */
export interface AttributeColumn extends MarkedColumn {
  readonly key: string;
  /** The rows that have the key, ascending. */
  readonly rows: Uint32Array;
  /** The value of `rows[index]`. */
  value(index: number): AnyValue;
}

/** The records' bodies; as the named field `body` is: its `valueText`, absent where the body is null. */
export interface BodyColumn extends MarkedColumn {
  value(row: number): AnyValue;
}

/** Trace or span ids. */
export interface IdColumn {
  /** Lower-case hexadecimal, '' for a row without. */
  hex(row: number): string;
  markPresent(marks: Uint8Array): void;
  /** Lower-case hexadecimal; any other text marks nothing. */
  markEqual(hex: string, wanted: Wanted, marks: Uint8Array): void;
}
