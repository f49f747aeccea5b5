import { DamagedBytesError } from '../../bytes.ts';
import type { Area, AreaReaders } from './areas.ts';
import type { Needle } from './needle.ts';
import { NumberColumn } from './number-column.ts';
import {
  MOST_DIGITS,
  SLOT_DICTIONARY,
  SLOT_DIGITS,
  SLOT_LOWER_HEX,
  SLOT_NUMBER,
  SLOT_TEXT,
  SLOT_UPPER_HEX,
} from './slot-kinds.ts';
import { DIGIT, LOWER_HEX, UPPER_HEX } from './text-classes.ts';
import { TextRun } from './text-run.ts';

/** The values that a template's texts have in one hole, by the texts' rank within the template. */
export interface Slot {
  /** Classes of bytes that occur in the values (text-classes.ts). */
  readonly classes: number;
  /** No value has more bytes. */
  readonly longest: number;
  /** Writes a value's bytes and says where they end. `target` has room for `longest`. */
  copy(rank: number, target: Uint8Array, at: number): number;
  /** The same, folded (query/fold.ts); there is room for LONGEST_FOLDING times as many bytes. */
  copyFolded(rank: number, target: Uint8Array, at: number): number;
  /**
   * 1 for each value, by rank, that contains the needle once folded; null for none. Undefined when they cannot be told
   * faster than by looking at each.
   */
  ranksContaining(needle: Needle): Uint8Array | null | undefined;
  readonly heldBytes: number;
}

/** Reads a slot of `count` values. */
export function readSlot(areas: AreaReaders, count: number): Slot {
  const kind = areas.directory.byte();
  switch (kind) {
    case SLOT_NUMBER:
      return new NumberSlot(new NumberColumn(areas, count), 0);
    case SLOT_DIGITS: {
      const digits = areas.directory.byte();
      if (digits > MOST_DIGITS) throw new DamagedBytesError(`a slot holds numbers of ${digits} digits`);
      return new NumberSlot(new NumberColumn(areas, count), digits);
    }
    case SLOT_LOWER_HEX:
    case SLOT_UPPER_HEX: {
      const digits = areas.directory.varint();
      const start = areas.noise.take(Math.ceil(digits / 2) * count);
      return new HexSlot(areas.noise, start, digits, kind === SLOT_UPPER_HEX);
    }
    case SLOT_TEXT:
      return new TextSlot(areas.directory.byte(), TextRun.read(areas, count));
    case SLOT_DICTIONARY: {
      const classes = areas.directory.byte();
      const entries = areas.directory.varint();
      // Every entry stands for a value at least.
      if (entries > count) throw new DamagedBytesError(`${entries} texts for ${count} values`);
      return new DictionarySlot(classes, count, entries, TextRun.read(areas, entries), new NumberColumn(areas, count));
    }
    default:
      throw new DamagedBytesError(`a slot of the unknown kind ${kind}`);
  }
}

/** Whole numbers, with leading zeros up to a fixed width where there is one. */
class NumberSlot implements Slot {
  readonly classes = DIGIT;
  readonly longest: number;
  readonly #numbers: NumberColumn;
  readonly #digits: number;

  constructor(numbers: NumberColumn, digits: number) {
    this.longest = Math.max(digits, digitsOf(numbers.most));
    this.#numbers = numbers;
    this.#digits = digits;
  }

  copy(rank: number, target: Uint8Array, at: number): number {
    let rest = this.#numbers.at(rank);
    const end = at + Math.max(this.#digits, digitsOf(rest));
    let position = end;
    while (rest > 0xffffffff && position > at) {
      const tenth = Math.floor(rest / 10);
      target[--position] = 0x30 + rest - tenth * 10;
      rest = tenth;
    }
    rest >>>= 0;
    while (position > at) {
      const tenth = (rest / 10) >>> 0;
      target[--position] = 0x30 + rest - tenth * 10;
      rest = tenth;
    }
    return end;
  }

  copyFolded(rank: number, target: Uint8Array, at: number): number {
    return this.copy(rank, target, at);
  }

  ranksContaining(): undefined {
    return undefined;
  }

  get heldBytes(): number {
    return this.#numbers.heldBytes;
  }
}

function digitsOf(number: number): number {
  let digits = 1;
  for (let bound = 10; number >= bound; bound *= 10) digits++;
  return digits;
}

const LOWER_DIGITS = Uint8Array.from(Buffer.from('0123456789abcdef'));
const UPPER_DIGITS = Uint8Array.from(Buffer.from('0123456789ABCDEF'));

/** Hexadecimal digits, always as many, two a byte. */
class HexSlot implements Slot {
  readonly classes: number;
  readonly longest: number;
  readonly heldBytes = 0;
  readonly #area: Area;
  readonly #start: number;
  readonly #digits: Uint8Array;

  constructor(area: Area, start: number, digits: number, upperCase: boolean) {
    this.classes = DIGIT | (upperCase ? UPPER_HEX : LOWER_HEX);
    this.longest = digits;
    this.#area = area;
    this.#start = start;
    this.#digits = upperCase ? UPPER_DIGITS : LOWER_DIGITS;
  }

  copy(rank: number, target: Uint8Array, at: number): number {
    return this.#copy(rank, target, at, this.#digits);
  }

  copyFolded(rank: number, target: Uint8Array, at: number): number {
    return this.#copy(rank, target, at, LOWER_DIGITS);
  }

  ranksContaining(): undefined {
    return undefined;
  }

  #copy(rank: number, target: Uint8Array, at: number, digits: Uint8Array): number {
    const packed = this.#area.bytes;
    const end = at + this.longest;
    let source = this.#start + rank * ((this.longest + 1) >> 1);
    let position = at;
    while (position + 1 < end) {
      const byte = packed[source++]!;
      target[position++] = digits[byte >> 4]!;
      target[position++] = digits[byte & 15]!;
    }
    if (position < end) target[position] = digits[packed[source]! >> 4]!;
    return end;
  }
}

/** Texts of any bytes. */
class TextSlot implements Slot {
  readonly classes: number;
  readonly #texts: TextRun;

  constructor(classes: number, texts: TextRun) {
    this.classes = classes;
    this.#texts = texts;
  }

  get longest(): number {
    return this.#texts.longest;
  }

  copy(rank: number, target: Uint8Array, at: number): number {
    return this.#texts.copy(rank, target, at);
  }

  copyFolded(rank: number, target: Uint8Array, at: number): number {
    return this.#texts.copyFolded(rank, target, at);
  }

  ranksContaining(needle: Needle): Uint8Array | null | undefined {
    return this.#texts.ranksContaining(needle, this.classes);
  }

  get heldBytes(): number {
    return this.#texts.heldBytes;
  }
}

/** Few texts that come again and again. */
class DictionarySlot implements Slot {
  readonly classes: number;
  readonly #values: number;
  readonly #entries: number;
  readonly #texts: TextRun;
  readonly #places: NumberColumn;

  constructor(classes: number, values: number, entries: number, texts: TextRun, places: NumberColumn) {
    this.classes = classes;
    this.#values = values;
    this.#entries = entries;
    this.#texts = texts;
    this.#places = places;
  }

  get longest(): number {
    return this.#texts.longest;
  }

  copy(rank: number, target: Uint8Array, at: number): number {
    return this.#texts.copy(this.#placeOf(rank), target, at);
  }

  copyFolded(rank: number, target: Uint8Array, at: number): number {
    return this.#texts.copyFolded(this.#placeOf(rank), target, at);
  }

  ranksContaining(needle: Needle): Uint8Array | null | undefined {
    const entries = this.#texts.ranksContaining(needle, this.classes);
    if (!entries) return entries;
    return Uint8Array.from({ length: this.#values }, (_, rank) => entries[this.#placeOf(rank)]!);
  }

  #placeOf(rank: number): number {
    const place = this.#places.at(rank);
    if (place >= this.#entries) throw new DamagedBytesError(`text ${place} of ${this.#entries} is asked for`);
    return place;
  }

  get heldBytes(): number {
    return this.#texts.heldBytes + this.#places.heldBytes;
  }
}
