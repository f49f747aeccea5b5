import { BYTE_CLASS, foldsFreely, LOWER_CASE, LOWER_HEX, UPPER_HEX } from './text-classes.ts';

/** Longer needles would let hostile texts make every step of `indexIn` compare all of them. */
const LONGEST_SKIPPED = 64;
/** What folds to an ASCII letter though it is none: the Kelvin sign, and the dotted I (to an i and a dot above). */
const ODD_LETTERS = [Buffer.from('\u212a'), Buffer.from('\u0130')];

/** What is looked for: a folded text, not empty, as UTF-8. */
export class Needle {
  readonly bytes: Uint8Array;
  readonly #fitting = new Map<number, Uint8Array | null>();
  readonly #isAscii: boolean;
  /** How far the next match can be at least, by the byte where the needle's last one would be. */
  readonly #skips: Uint8Array;

  constructor(folded: string) {
    this.bytes = Buffer.from(folded);
    this.#isAscii = this.bytes.every((byte) => byte < 0x80);
    const { length } = this.bytes;
    this.#skips = new Uint8Array(256).fill(Math.min(length, 255));
    for (let index = 0; index < length - 1; index++)
      this.#skips[this.bytes[index]!] = Math.min(length - 1 - index, 255);
    for (let byte = 0; byte < 256; byte++) this.#skips[byte] = this.#skips[LOWER_CASE[byte]!]!;
  }

  /** 1 for each of the needle's bytes that can stand in values of these classes once folded; null if none can. */
  fitting(classes: number): Uint8Array | null {
    let fits = this.#fitting.get(classes);
    if (fits !== undefined) return fits;
    const free = foldsFreely(classes);
    const folded = (classes & UPPER_HEX) !== 0 ? classes | LOWER_HEX : classes;
    fits = this.bytes.map((byte) => (free || (BYTE_CLASS[byte]! & folded) !== 0 ? 1 : 0));
    if (!fits.includes(1)) fits = null;
    this.#fitting.set(classes, fits);
    return fits;
  }

  /** Whether `indexIn` finds this needle in texts of these bytes as `fold(text).includes(needle)` does. */
  canSkipThrough(bytes: Uint8Array, classes: number): boolean {
    if (!this.#isAscii || this.bytes.length > LONGEST_SKIPPED) return false;
    if (!foldsFreely(classes)) return true;
    const texts = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return !ODD_LETTERS.some((letter) => texts.includes(letter));
  }

  /** Where the needle first begins in `bytes[start … end − 1]`, in any case of ASCII letters; −1 if nowhere. */
  indexIn(bytes: Uint8Array, start: number, end: number): number {
    const needle = this.bytes;
    const skips = this.#skips;
    const last = needle.length - 1;
    const lastByte = needle[last]!;
    let position = start + last;
    while (position < end) {
      const byte = bytes[position]!;
      if (LOWER_CASE[byte] === lastByte) {
        let distance = 1;
        while (distance <= last && LOWER_CASE[bytes[position - distance]!] === needle[last - distance]) distance++;
        if (distance > last) return position - last;
      }
      position += skips[byte]!;
    }
    return -1;
  }
}
