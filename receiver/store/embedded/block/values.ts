import type { AnyValue } from '../../../record/any-value.ts';
import { ByteReader, DamagedBytesError } from '../bytes.ts';
import { readValue } from '../value-codec.ts';
import { KIND } from './block-header.ts';
import { Codes } from './codes.ts';
import { fromDecimals } from './decimals.ts';
import { readFixedBytes } from './fixed-bytes.ts';
import type { ColumnReader } from './section.ts';
import { TextColumn } from './text/text-column.ts';
import { PlainTexts, type TextList } from './text-list.ts';
import { TEXT_LIST } from './texts-builder.ts';
import { isMixed, RAW_DOUBLES } from './values-builder.ts';
import { readWholeNumbers, WholeNumbers } from './whole-numbers.ts';

const NO_NUMBERS = new Float64Array(0);

/** The values that a ValuesBuilder wrote, by index. */
export class Values {
  readonly size: number;
  /** A sum of KIND bits: the kinds that occur. */
  readonly kinds: number;
  /** The different texts, or all of them where each is kept by itself. */
  readonly texts: TextList;
  /** Kinds by index, where there are several. */
  readonly #kindOf: Uint8Array | null;
  /** Place of each value among those of its kind; null where that is its index. */
  readonly #rankOf: Uint32Array | null;
  /** Place in `texts` by the text's rank; null where that is the rank. */
  readonly #textPlaces: Codes | null;
  readonly #integers: WholeNumbers | null;
  readonly #longIntegers: DataView;
  readonly #doubles: Float64Array;
  readonly #others: OtherValues;

  /** Reads a column of `size` values. `hasDictionary` tells which TextsBuilder wrote the texts. */
  constructor(column: ColumnReader, size: number, hasDictionary: boolean) {
    this.size = size;
    this.kinds = column.meta.byte();
    this.#kindOf = isMixed(this.kinds) ? column.next() : null;
    const counts = this.#kindOf ? countKinds(this.#kindOf, size) : new Map([[this.kinds, size]]);
    this.#rankOf = this.#kindOf ? ranksOf(this.#kindOf) : null;
    const count = (kind: number) => counts.get(kind) ?? 0;
    ({ list: this.texts, places: this.#textPlaces } = readTexts(column, count(KIND.text), hasDictionary));
    const integers = count(KIND.integer);
    this.#integers = integers === 0 ? null : new WholeNumbers(column, integers);
    const longIntegers = count(KIND.longInteger);
    this.#longIntegers = new DataView(
      longIntegers === 0 ? new ArrayBuffer(0) : readFixedBytes(column, longIntegers, 8).buffer,
    );
    this.#doubles = readIf(count(KIND.double), (doubles) => readDoubles(column, doubles));
    this.#others = new OtherValues(column, count(KIND.other));
  }

  get heldBytes(): number {
    const arrays = [this.#kindOf, this.#rankOf, this.#longIntegers, this.#doubles];
    const parts = [this.texts, this.#textPlaces, this.#integers, this.#others];
    const ofArrays = arrays.reduce((sum, array) => sum + (array?.byteLength ?? 0), 0);
    return parts.reduce((sum, part) => sum + (part?.heldBytes ?? 0), ofArrays);
  }

  /** The KIND of a value. */
  kind(index: number): number {
    return this.#kindOf ? this.#kindOf[index]! : this.kinds;
  }

  /** The number that a value of kind integer or double is. */
  number(index: number): number {
    const rank = this.#rank(index);
    return this.kind(index) === KIND.integer ? this.#integers!.at(rank) : this.#doubles[rank]!;
  }

  /** The place in `texts` of a value of kind text. */
  textPlace(index: number): number {
    const rank = this.#rank(index);
    return this.#textPlaces ? this.#textPlaces.at(rank) : rank;
  }

  /** True where every value is a text whose place is its index. */
  get areTextsByIndex(): boolean {
    return this.kinds === KIND.text && this.#textPlaces === null;
  }

  value(index: number): AnyValue {
    const kind = this.kind(index);
    switch (kind) {
      case KIND.text:
        return this.texts.text(this.textPlace(index));
      case KIND.integer:
        return BigInt(this.number(index));
      case KIND.longInteger:
        return this.#longIntegers.getBigInt64(this.#rank(index) * 8, true);
      case KIND.double:
        return this.number(index);
      case KIND.no:
        return false;
      case KIND.yes:
        return true;
      case KIND.nothing:
        return null;
      case KIND.other:
        return this.#others.value(this.#rank(index));
      default:
        throw new DamagedBytesError(`a value of the unknown kind ${kind}`);
    }
  }

  #rank(index: number): number {
    return this.#rankOf ? this.#rankOf[index]! : index;
  }
}

/** Values as value-codec writes them, one after another. */
class OtherValues {
  readonly #ends: Float64Array;
  readonly #bytes: Uint8Array;

  constructor(column: ColumnReader, count: number) {
    this.#ends = readIf(count, (count) => readWholeNumbers(column, count));
    this.#bytes = count === 0 ? new Uint8Array(0) : column.next();
    let end = 0;
    for (let index = 0; index < count; index++) {
      const length = this.#ends[index]!;
      if (!(length > 0)) throw new DamagedBytesError(`a value of ${length} bytes`);
      end += length;
      this.#ends[index] = end;
    }
    if (end !== this.#bytes.length) throw new DamagedBytesError(`values of ${end} bytes in ${this.#bytes.length}`);
  }

  get heldBytes(): number {
    return this.#ends.byteLength + this.#bytes.length;
  }

  value(rank: number): AnyValue {
    return readValue(new ByteReader(this.#bytes, rank === 0 ? 0 : this.#ends[rank - 1]!));
  }
}

function countKinds(kindOf: Uint8Array, size: number): Map<number, number> {
  if (kindOf.length !== size) throw new DamagedBytesError(`${kindOf.length} kinds of ${size} values`);
  const counts = new Uint32Array(256);
  for (let index = 0; index < size; index++) counts[kindOf[index]!]!++;
  return new Map(counts.entries());
}

function ranksOf(kindOf: Uint8Array): Uint32Array {
  const next = new Uint32Array(256);
  const ranks = new Uint32Array(kindOf.length);
  for (let index = 0; index < kindOf.length; index++) ranks[index] = next[kindOf[index]!]!++;
  return ranks;
}

function readIf(count: number, read: (count: number) => Float64Array): Float64Array {
  return count === 0 ? NO_NUMBERS : read(count);
}

function readDoubles(column: ColumnReader, count: number): Float64Array {
  const decimals = column.meta.byte();
  if (decimals !== RAW_DOUBLES) {
    const numbers = readWholeNumbers(column, count);
    fromDecimals(numbers, decimals);
    return numbers;
  }
  const view = new DataView(readFixedBytes(column, count, 8).buffer);
  return Float64Array.from({ length: count }, (_, index) => view.getFloat64(index * 8, true));
}

function readTexts(column: ColumnReader, count: number, hasDictionary: boolean) {
  if (count === 0) return { list: new PlainTexts([]), places: null };
  if (!hasDictionary) return { list: readTemplates(column, count), places: null };
  const different = column.meta.varint();
  if (different > count) throw new DamagedBytesError(`${different} different texts among ${count}`);
  const places = new Codes(column, count, different);
  const form = column.meta.byte();
  if (form > TEXT_LIST.templates) throw new DamagedBytesError(`a list of texts of the unknown form ${form}`);
  const list: TextList =
    form === TEXT_LIST.plain ? PlainTexts.read(column.meta, different) : readTemplates(column, different);
  return { list, places };
}

function readTemplates(column: ColumnReader, size: number): TextColumn {
  const texts = TextColumn.read(() => column.nextLater());
  if (texts.size !== size) throw new DamagedBytesError(`${texts.size} texts in place of ${size}`);
  return texts;
}
