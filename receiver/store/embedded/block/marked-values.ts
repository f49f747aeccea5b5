import { compare, numberOf } from '../../../query/evaluate.ts';
import { scalarText } from '../../../query/field-values.ts';
import { fold } from '../../../query/fold.ts';
import type { Comparison } from '../../../query/tree.ts';
import type { AnyValue } from '../../../record/any-value.ts';
import { valueText } from '../../../record/value-text.ts';
import { KIND } from './block-header.ts';
import type { MarkedColumn, Wanted } from './columns.ts';
import type { RowSet } from './row-sets.ts';
import type { TextList } from './text-list.ts';
import type { Values } from './values.ts';

/** How a condition is checked for values of the different kinds. */
interface Condition {
  markTexts(texts: TextList, wanted: Wanted, marks: Uint8Array): void;
  /** For integers and doubles; absent where these are like any other value. */
  readonly matchesNumber?: ((number: number) => boolean) | undefined;
  matchesValue(value: AnyValue): boolean;
}

/** What queries see of a column's values beside texts. */
export interface ValueView {
  /** What is compared of a value: a list's elements, a value's text. */
  items(value: AnyValue): readonly AnyValue[];
  /** True where integers and doubles are compared as they are. */
  readonly comparesNumbers: boolean;
  /** False where a value of no kind is like none at all. */
  readonly isNothingPresent: boolean;
}

/** Conditions on the values that some rows of a block have. */
export class MarkedValues implements MarkedColumn {
  readonly rowSet: RowSet;
  readonly values: Values;
  readonly #view: ValueView;

  /** `values` are those of `rowSet`, one each. */
  constructor(rowSet: RowSet, values: Values, view: ValueView) {
    this.rowSet = rowSet;
    this.values = values;
    this.#view = view;
  }

  get rows(): Uint32Array {
    return this.rowSet.rows;
  }

  get heldBytes(): number {
    // The rows are the block's: several columns share them.
    return this.values.heldBytes;
  }

  markPresent(marks: Uint8Array): void {
    const { rows, values } = this;
    const isAlways = this.#view.isNothingPresent || (values.kinds & KIND.nothing) === 0;
    for (let index = 0; index < rows.length; index++) {
      if (isAlways || values.kind(index) !== KIND.nothing) marks[rows[index]!] = 1;
    }
  }

  markEqual(text: string, wanted: Wanted, marks: Uint8Array): void {
    const number = Number(text);
    const isNumber = String(number) === text;
    this.#mark(wanted, marks, {
      markTexts: (texts, wantedTexts, textMarks) => texts.markEqual(text, wantedTexts, textMarks),
      matchesNumber: (value) => isNumber && value === number,
      matchesValue: (value) => this.#textsOf(value).includes(text),
    });
  }

  markPrefix(prefix: string, wanted: Wanted, marks: Uint8Array): void {
    this.#mark(wanted, marks, {
      markTexts: (texts, wantedTexts, textMarks) => texts.markPrefix(prefix, wantedTexts, textMarks),
      matchesNumber: (value) => String(value).startsWith(prefix),
      matchesValue: (value) => this.#textsOf(value).some((text) => text.startsWith(prefix)),
    });
  }

  markCompared(op: Comparison, bound: number | bigint, wanted: Wanted, marks: Uint8Array): void {
    const matchesItem = (item: AnyValue) => {
      const number = numberOf(item);
      return number !== null && compare(number, op, bound);
    };
    this.#mark(wanted, marks, {
      markTexts: (texts, wantedTexts, textMarks) => {
        for (let place = 0; place < texts.size; place++) {
          if (wantedTexts && wantedTexts[place] !== 1) continue;
          if (matchesItem(texts.text(place))) textMarks[place] = 1;
        }
      },
      matchesNumber: (value) => compare(value, op, bound),
      matchesValue: (value) => this.#view.items(value).some(matchesItem),
    });
  }

  markContaining(foldedNeedle: string, wanted: Wanted, marks: Uint8Array): void {
    this.#mark(wanted, marks, {
      markTexts: (texts, wantedTexts, textMarks) => texts.markContaining(foldedNeedle, wantedTexts, textMarks),
      matchesValue: (value) => fold(valueText(value)).includes(foldedNeedle),
    });
  }

  countTexts(wanted: Wanted, add: (text: string, count: number) => void): void {
    const { rows, values } = this;
    const places = new Uint32Array(values.texts.size);
    const numbers = new Map<number, number>();
    for (let index = 0; index < rows.length; index++) {
      if (wanted && wanted[rows[index]!] !== 1) continue;
      const kind = values.kind(index);
      if (kind === KIND.text) places[values.textPlace(index)]!++;
      else if (this.#isPlainNumber(kind)) {
        const number = values.number(index);
        numbers.set(number, (numbers.get(number) ?? 0) + 1);
      } else for (const text of new Set(this.#textsOf(values.value(index)))) add(text, 1);
    }
    for (let place = 0; place < places.length; place++) {
      if (places[place]! > 0) add(values.texts.text(place), places[place]!);
    }
    for (const [number, count] of numbers) add(String(number), count);
  }

  #isPlainNumber(kind: number): boolean {
    return this.#view.comparesNumbers && (kind === KIND.integer || kind === KIND.double);
  }

  #textsOf(value: AnyValue): string[] {
    return this.#view.items(value).flatMap((item) => (item === null ? [] : [scalarText(item)]));
  }

  #mark(wanted: Wanted, marks: Uint8Array, { markTexts, matchesNumber, matchesValue }: Condition): void {
    const { rowSet, values } = this;
    if (values.areTextsByIndex && rowSet.size === marks.length) {
      markTexts(values.texts, wanted, marks);
      return;
    }
    const { rows } = rowSet;
    const textMarks = this.#textMarks(wanted, markTexts);
    for (let index = 0; index < rows.length; index++) {
      const row = rows[index]!;
      if (wanted && wanted[row] !== 1) continue;
      const kind = values.kind(index);
      let matches: boolean;
      if (kind === KIND.text) matches = textMarks[values.textPlace(index)] === 1;
      else if (matchesNumber && this.#isPlainNumber(kind)) matches = matchesNumber(values.number(index));
      else matches = matchesValue(values.value(index));
      if (matches) marks[row] = 1;
    }
  }

  /** Marks those of the different texts that wanted rows have and that fulfil a condition. */
  #textMarks(wanted: Wanted, markTexts: Condition['markTexts']): Uint8Array {
    const { rows, values } = this;
    const textMarks = new Uint8Array(values.texts.size);
    if (textMarks.length === 0) return textMarks;
    let wantedTexts: Uint8Array | null = null;
    if (wanted) {
      wantedTexts = new Uint8Array(textMarks.length);
      for (let index = 0; index < rows.length; index++) {
        if (wanted[rows[index]!] === 1 && values.kind(index) === KIND.text) wantedTexts[values.textPlace(index)] = 1;
      }
    }
    markTexts(values.texts, wantedTexts, textMarks);
    return textMarks;
  }
}
