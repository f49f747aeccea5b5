import { compare } from '../../../query/evaluate.ts';
import type { FieldTest } from '../../../query/tree.ts';
import { type BlockKey, KIND } from '../block/block-header.ts';
import type { MarkedColumn } from '../block/columns.ts';

/** Kinds whose texts a KeyFilterBuilder is told. */
const FILTERED = KIND.text | KIND.integer | KIND.longInteger | KIND.other;
/** Kinds that `min` and `max` are of. */
const NUMBERS = KIND.integer | KIND.longInteger | KIND.double;

/** Tests of a value; whether there is one is told by sites. */
export type ValueTest = Exclude<FieldTest, { readonly op: 'present' }>;

/** Marks the wanted rows whose value in a column passes a test. */
export function markTested(column: MarkedColumn, test: ValueTest, wanted: Uint8Array, marks: Uint8Array): void {
  if (test.op === 'equals') column.markEqual(test.value, wanted, marks);
  else if (test.op === 'prefix') column.markPrefix(test.value, wanted, marks);
  else column.markCompared(test.op, test.value, wanted, marks);
}

/**
 * Whether a value of the key may pass, by the kinds of its values and the range of its numbers. `isRuledOut` is
 * asked for the value that has to be equalled: whether the block's filter (KeyFilterBuilder) says it has none such.
 */
export function mayPass({ kinds, min, max }: BlockKey, test: ValueTest, isRuledOut: () => boolean): boolean {
  switch (test.op) {
    case 'equals':
      if (test.value === 'true' && (kinds & KIND.yes) !== 0) return true;
      if (test.value === 'false' && (kinds & KIND.no) !== 0) return true;
      if ((kinds & KIND.double) !== 0 && isWithin(test.value, min, max)) return true;
      return (kinds & FILTERED) !== 0 && !isRuledOut();
    case 'prefix':
      return true;
    default:
      if ((kinds & (KIND.text | KIND.other)) !== 0) return true;
      return (kinds & NUMBERS) !== 0 && compare(test.op === '<' || test.op === '<=' ? min : max, test.op, test.value);
  }
}

/** Whether a text is how a number of the range is written. */
function isWithin(text: string, min: number, max: number): boolean {
  const number = Number(text);
  return String(number) === text && number >= min && number <= max;
}
