import { fold } from '../../../query/fold.ts';
import { hasBit, setBit } from './bit-map.ts';

/** Bytes of a gram: texts are known by all runs of so many bytes that they hold. */
const GRAM = 5;

/** What has to be added on both sides of a region whose surroundings were added before. */
export const TEXT_FILTER_MARGIN = GRAM - 1;

/** Grams are told apart by so many bits while they are gathered. */
const GATHERED_BITS = 20;
const GATHERED = 2 ** GATHERED_BITS;
/** Share of a filter's bits that are set: a gram that is nowhere in the block is taken for held so often. */
const FILL = 0.4;
/** A filter has at most so many bytes, whatever the block holds. */
const MAX_BYTES = 64 * 1024;

/** ASCII letters to lower case, the other bytes as they are. */
const FOLDED = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

/**
 * Gathers which runs of bytes occur in a block's folded texts (bodies and stack traces), so that a block without a
 * needle is passed over unread.
 */
export class TextFilterBuilder {
  readonly #gathered = new Uint8Array(GATHERED / 8);

  /**
   * Adds a region of a value: its folded grams. A value may be added in several regions where all grams that are in
   * none of them were added before. The value's bounds matter where the region is not ASCII alone.
   */
  add(bytes: Uint8Array, start: number, end: number, valueStart = start, valueEnd = end): void {
    for (let index = start; index < end; index++) {
      if (bytes[index]! >= 0x80) {
        this.#addFolded(bytes, start, end, valueStart, valueEnd);
        return;
      }
    }
    this.#addGrams(bytes, start, end);
  }

  /** Adds a whole text. */
  addText(text: string): void {
    const bytes = Buffer.from(fold(text));
    this.#addGrams(bytes, 0, bytes.length);
  }

  /** The filter, in bytes of its own. The builder is empty afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const gathered = this.#gathered;
    let count = 0;
    for (let bit = 0; bit < GATHERED; bit++) if (hasBit(gathered, bit)) count++;
    const filter = new Uint8Array(Math.min(MAX_BYTES, Math.ceil(count / -Math.log(1 - FILL) / 8)) || 1);
    const scale = (filter.length * 8) / GATHERED;
    for (let bit = 0; bit < GATHERED; bit++) if (hasBit(gathered, bit)) setBit(filter, Math.floor(bit * scale));
    gathered.fill(0);
    return filter;
  }

  #addGrams(bytes: Uint8Array, start: number, end: number): void {
    const gathered = this.#gathered;
    for (let index = start; index + GRAM <= end; index++) setBit(gathered, gramAt(bytes, index));
  }

  #addFolded(bytes: Uint8Array, _start: number, _end: number, valueStart: number, valueEnd: number): void {
    this.addText(Buffer.from(bytes.buffer, bytes.byteOffset + valueStart, valueEnd - valueStart).toString());
  }
}

function gramAt(bytes: Uint8Array, index: number): number {
  const low =
    FOLDED[bytes[index]!]! |
    (FOLDED[bytes[index + 1]!]! << 8) |
    (FOLDED[bytes[index + 2]!]! << 16) |
    (FOLDED[bytes[index + 3]!]! << 24);
  const mixed = Math.imul(Math.imul(low, 0x9e3779b1) ^ FOLDED[bytes[index + 4]!]!, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) & (GATHERED - 1);
}

/** A needle on its way through many filters: what it needs of them is worked out once. */
export class TextProbe {
  readonly #grams: readonly number[];

  private constructor(grams: readonly number[]) {
    this.#grams = grams;
  }

  /** Null for a needle that filters can say nothing about: one that is shorter than a gram, or not well-formed. */
  static of(foldedNeedle: string): TextProbe | null {
    if (!foldedNeedle.isWellFormed()) return null;
    const bytes = Buffer.from(foldedNeedle);
    const grams = new Set<number>();
    for (let index = 0; index + GRAM <= bytes.length; index++) grams.add(gramAt(bytes, index));
    return grams.size > 0 ? new TextProbe([...grams]) : null;
  }

  /** False when no text of the filter's block contains the needle. An empty filter knows nothing. */
  mayBeIn(filter: Uint8Array): boolean {
    const scale = (filter.length * 8) / GATHERED;
    return filter.length === 0 || this.#grams.every((gram) => hasBit(filter, Math.floor(gram * scale)));
  }
}
