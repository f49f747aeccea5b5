import { valueText } from '../../../record/value-text.ts';
import { ByteReader } from '../bytes.ts';
import { readValue, TAG } from '../value-codec.ts';
import { KIND } from './block-header.ts';
import type { ColumnFilters } from './column-filters.ts';
import { toDecimals } from './decimals.ts';
import { writeFixedBytes } from './fixed-bytes.ts';
import { Room } from './room.ts';
import type { SectionWriter } from './section.ts';
import type { TextsBuilder } from './texts-builder.ts';
import type { ValueCursor } from './value-cursor.ts';
import { writeWholeNumbers } from './whole-numbers.ts';

/** In place of a number of decimals: the doubles are kept in their eight bytes. */
export const RAW_DOUBLES = 255;
/** Integers met lately are looked up by their lowest bits, so that few go into the filter twice. */
const RECENT_INTEGERS = 256;

interface Stretch {
  readonly start: number;
  readonly end: number;
}

const kindRoom = new Room((length) => new Uint8Array(length));
const integerRoom = new Room((length) => new Float64Array(length));
const doubleRoom = new Room((length) => new Float64Array(length));
const recentIntegers = new Float64Array(RECENT_INTEGERS);

/**
 * Takes the values of one column out of a chunk, sorts them by kind, and writes each kind in the form that packs best.
 * One is in use at a time: the next takes its room.
 */
export class ValuesBuilder {
  readonly #bytes: Uint8Array;
  readonly #filters: ColumnFilters;
  readonly #makeTexts: () => TextsBuilder;
  readonly #kinds: Uint8Array;
  #size = 0;
  #allKinds = 0;
  #texts: TextsBuilder | undefined;
  readonly #integers: Float64Array;
  #integerCount = 0;
  readonly #doubles: Float64Array;
  #doubleCount = 0;
  readonly #longIntegers: Stretch[] = [];
  readonly #others: Stretch[] = [];
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  /** At most `capacity` values will come; `makeTexts` is called when the first text does. */
  constructor(bytes: Uint8Array, capacity: number, filters: ColumnFilters, makeTexts: () => TextsBuilder) {
    this.#bytes = bytes;
    this.#filters = filters;
    this.#makeTexts = makeTexts;
    this.#kinds = kindRoom.take(capacity);
    this.#integers = integerRoom.take(capacity);
    this.#doubles = doubleRoom.take(capacity);
    recentIntegers.fill(Number.NaN);
  }

  /** A sum of KIND bits: the kinds that occur. */
  get kinds(): number {
    return this.#allKinds;
  }

  /** Of the numbers, rounded outwards; above `max` when there are none. */
  get min(): number {
    return this.#min;
  }

  get max(): number {
    return this.#max;
  }

  /** Takes the value that begins at the cursor. */
  add(cursor: ValueCursor): void {
    const start = cursor.position;
    const kind = this.#addKnown(cursor) ?? this.#addOther(cursor, start);
    if (kind !== KIND.text && this.#filters.texts) {
      this.#filters.texts.addText(valueText(readValue(new ByteReader(this.#bytes, start))));
    }
    this.#allKinds |= kind;
    this.#kinds[this.#size++] = kind;
  }

  /** Null for a value that has no column form of its own; the cursor may then stand anywhere. */
  #addKnown(cursor: ValueCursor): number | null {
    switch (cursor.byte()) {
      case TAG.text: {
        const header = cursor.varint();
        if (header % 2 !== 0) return null;
        const start = cursor.skip(header / 2);
        this.#texts ??= this.#makeTexts();
        this.#texts.add(start, cursor.position);
        return KIND.text;
      }
      case TAG.integer:
        this.#addInteger(cursor.zigzag());
        return KIND.integer;
      case TAG.double:
        return this.#addDouble(cursor.view.getFloat64(cursor.skip(8), true)) ? KIND.double : null;
      case TAG.longInteger:
        this.#addLongInteger(cursor);
        return KIND.longInteger;
      case TAG.no:
        return KIND.no;
      case TAG.yes:
        return KIND.yes;
      case TAG.nothing:
        return KIND.nothing;
      default:
        return null;
    }
  }

  #addInteger(value: number): void {
    this.#integers[this.#integerCount++] = value;
    this.#widen(value, value);
    const { keys } = this.#filters;
    if (!keys) return;
    const place = value & (RECENT_INTEGERS - 1);
    if (recentIntegers[place] === value) return;
    recentIntegers[place] = value;
    keys.builder.addInteger(keys.seed, value);
  }

  /** Says no to what is no plain number: those are kept among the other values. */
  #addDouble(value: number): boolean {
    if (!Number.isFinite(value) || Object.is(value, -0)) return false;
    this.#doubles[this.#doubleCount++] = value;
    this.#widen(value, value);
    return true;
  }

  #addLongInteger(cursor: ValueCursor): void {
    const start = cursor.skip(8);
    this.#longIntegers.push({ start, end: cursor.position });
    const value = cursor.view.getBigInt64(start, true);
    const nearest = Number(value);
    // A double this large may be off by 512: two of its own steps are more.
    this.#widen(nearest - 2048, nearest + 2048);
    const { keys } = this.#filters;
    keys?.builder.addValue(keys.seed, value);
  }

  #addOther(cursor: ValueCursor, start: number): number {
    cursor.position = start;
    cursor.skipValue();
    this.#others.push({ start, end: cursor.position });
    const { keys } = this.#filters;
    keys?.builder.addValue(keys.seed, readValue(new ByteReader(this.#bytes, start)));
    return KIND.other;
  }

  #widen(low: number, high: number): void {
    if (low < this.#min) this.#min = low;
    if (high > this.#max) this.#max = high;
  }

  write(section: SectionWriter): void {
    section.meta.byte(this.#allKinds);
    if (isMixed(this.#allKinds)) section.add(this.#kinds.subarray(0, this.#size));
    this.#texts?.write(section);
    if (this.#integerCount > 0) writeWholeNumbers(section, this.#integers.subarray(0, this.#integerCount));
    if (this.#longIntegers.length > 0) writeFixedBytes(section, this.#joined(this.#longIntegers), 8);
    if (this.#doubleCount > 0) writeDoubles(section, this.#doubles.subarray(0, this.#doubleCount));
    if (this.#others.length > 0) {
      writeWholeNumbers(
        section,
        Float64Array.from(this.#others, ({ start, end }) => end - start),
      );
      section.add(this.#joined(this.#others));
    }
  }

  #joined(stretches: readonly Stretch[]): Uint8Array {
    return Buffer.concat(stretches.map(({ start, end }) => this.#bytes.subarray(start, end)));
  }
}

/** More than one KIND bit. */
export function isMixed(kinds: number): boolean {
  return (kinds & (kinds - 1)) !== 0;
}

function writeDoubles(section: SectionWriter, doubles: Float64Array): void {
  const decimal = toDecimals(doubles);
  section.meta.byte(decimal?.decimals ?? RAW_DOUBLES);
  if (decimal) {
    writeWholeNumbers(section, decimal.numbers);
    return;
  }
  const bytes = new Uint8Array(doubles.length * 8);
  const view = new DataView(bytes.buffer);
  for (let index = 0; index < doubles.length; index++) view.setFloat64(index * 8, doubles[index]!, true);
  writeFixedBytes(section, bytes, 8);
}
