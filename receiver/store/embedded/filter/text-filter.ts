import { fold } from '../../../query/fold.ts';
import { bitsSet, hasBit, setBit } from './bit-map.ts';

/**
 * Texts are known by the runs of bytes they hold, the grams: three long (two bits each, there are few of them), four and
 * five long. The short ones keep three letters from opening every block, the long ones tell ids and numbers apart.
 */
const SHORTEST_GRAM = 3;
const LONGEST_GRAM = 5;

/** How many characters of what was added before have to be added again on both sides of something new. */
export const TEXT_FILTER_MARGIN = LONGEST_GRAM - 1;

/** While grams are gathered they are told apart by so many bits. */
const GATHERED_BITS = 19;
const GATHERED = 2 ** GATHERED_BITS;
const HASH_SHIFT = 32 - GATHERED_BITS;
/** Share of a filter's bits that are set: how often a gram that is nowhere in the block seems to be. */
const FILL = 0.45;
/** A filter has at most so many bytes: blocks that are full of random ids get a fuller one. */
const MAX_BYTES = 64 * 1024;

/** ASCII letters to lower case, the other bytes as they are. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

/**
 * Gathers the grams of a block's folded texts (bodies and stack traces), so that a search passes over blocks that do
 * not hold its needle. Of the demo's blocks of 8192 records without the needle, so many let it pass:
 *
 * | grams   | bytes a record | 3 letters | 5 letters | 6 or 7 | longer | 8 hexadecimal digits | 7 decimal digits |
 * |---------|----------------|-----------|-----------|--------|--------|----------------------|------------------|
 * | these   | 1.6            | 26 %      | 4 %       | 2 %    | 0.2 %  | 0.2 %                | 2 %              |
 * | 5 alone | 0.7            | all       | 47 %      | 22 %   | 4 %    | 7 %                  | 13 %             |
 *
 * Lines full of random ids (a UUID, 32 digits, an address, two numbers) reach the 8 bytes a record that are allowed:
 * 13 % pass for 12 digits of an id, none for a whole one.
 */
export class TextFilterBuilder {
  readonly #gathered = new Uint32Array(GATHERED / 32);

  /**
   * Adds a part of a text in UTF-8, cut between characters. Of a text whose constant parts were added before, only the
   * new ones need to be, each with TEXT_FILTER_MARGIN characters on both sides: folded, a character is a byte at least.
   */
  add(bytes: Uint8Array, start: number, end: number): void {
    for (let index = start; index < end; index++) {
      if (bytes[index]! >= 0x80) {
        this.addText(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString());
        return;
      }
    }
    this.#addGrams(bytes, start, end);
  }

  /** Adds a whole text, well-formed or not. */
  addText(text: string): void {
    const bytes = Buffer.from(fold(text));
    this.#addGrams(bytes, 0, bytes.length);
  }

  /** The filter. The builder is empty afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const gathered = this.#gathered;
    let count = 0;
    for (const word of gathered) if (word !== 0) count += bitsSet(word);
    const size = Math.min(MAX_BYTES, Math.ceil(count / -Math.log(1 - FILL) / 8));
    const filter = new Uint8Array(Math.max(1, size));
    const scale = (filter.length * 8) / GATHERED;
    for (let place = 0; place < gathered.length; place++) {
      for (let rest = gathered[place]!; rest !== 0; rest &= rest - 1) {
        setBit(filter, Math.floor((place * 32 + 31 - Math.clz32(rest & -rest)) * scale));
      }
    }
    gathered.fill(0);
    return filter;
  }

  #addGrams(bytes: Uint8Array, start: number, end: number): void {
    if (end - start < SHORTEST_GRAM) return;
    const gathered = this.#gathered;
    let last = (FOLDED[bytes[start]!]! << 8) | FOLDED[bytes[start + 1]!]!;
    for (let index = start + 2; index < end; index++) {
      const fifth = last >>> 24;
      last = (last << 8) | FOLDED[bytes[index]!]!;
      const first = firstOfThree(last);
      gathered[first >>> 5]! |= 1 << first;
      const second = secondOfThree(last);
      gathered[second >>> 5]! |= 1 << second;
      if (index < start + 3) continue;
      const four = ofFour(last);
      gathered[four >>> 5]! |= 1 << four;
      if (index < start + 4) continue;
      const five = ofFive(fifth, last);
      gathered[five >>> 5]! |= 1 << five;
    }
  }
}

/** The gathered bits of the grams that end with these four bytes, the last one lowest. */
const firstOfThree = (last: number): number => Math.imul(last & 0xffffff, 0x9e3779b1) >>> HASH_SHIFT;
const secondOfThree = (last: number): number => Math.imul(last & 0xffffff, 0x85ebca6b) >>> HASH_SHIFT;
const ofFour = (last: number): number => Math.imul(last, 0x27d4eb2f) >>> HASH_SHIFT;
/** `fifth` stands before the four. */
const ofFive = (fifth: number, last: number): number =>
  (Math.imul(last, 0x2c1b3c6d) ^ Math.imul(fifth + 1, 0x297a2d39)) >>> HASH_SHIFT;

/** A needle on its way through many filters: what it needs of them is worked out once. */
export class TextProbe {
  /** The rarest first. */
  readonly #bits: Uint32Array;

  private constructor(bits: Uint32Array) {
    this.#bits = bits;
  }

  /** Null for a needle that filters can say nothing about: one that is shorter than a gram, or not well-formed. */
  static of(foldedNeedle: string): TextProbe | null {
    if (!foldedNeedle.isWellFormed()) return null;
    const bytes = Buffer.from(foldedNeedle);
    const grams = { five: new Set<number>(), four: new Set<number>(), three: new Set<number>() };
    let last = 0;
    for (const [index, byte] of bytes.entries()) {
      const fifth = last >>> 24;
      last = (last << 8) | byte;
      const length = index + 1;
      if (length >= 5) grams.five.add(ofFive(fifth, last));
      if (length >= 4) grams.four.add(ofFour(last));
      if (length >= SHORTEST_GRAM) grams.three.add(firstOfThree(last)).add(secondOfThree(last));
    }
    const bits = [...grams.five, ...grams.four, ...grams.three];
    return bits.length > 0 ? new TextProbe(Uint32Array.from(bits)) : null;
  }

  /** False when no text of the filter's block contains the needle. An empty filter knows nothing. */
  mayBeIn(filter: Uint8Array): boolean {
    if (filter.length === 0) return true;
    const scale = (filter.length * 8) / GATHERED;
    for (const bit of this.#bits) if (!hasBit(filter, Math.floor(bit * scale))) return false;
    return true;
  }
}
