import { MOST_SLOTS } from './slot-kinds.ts';
import { SkeletonBuffer } from './template-table.ts';
import { DIGIT, HOLE, LOWER_HEX, STRANGE, TOKEN_CLASS, UPPER_HEX } from './text-classes.ts';

/** Longer texts are kept whole: they are seldom alike, and zstd finds what repeats in them. */
export const LONGEST_CUT = 4096;
/** Hexadecimal letters alone are a variable from here on: parts of UUIDs, and hardly any word. */
const SHORTEST_HEX = 4;

/**
 * Cuts texts into what stays and what varies. A token is a run of ASCII letters and digits; one with a digit in it, or
 * of hexadecimal letters alone, is variable. The text with a hole for each of those is its skeleton.
 */
export class Tokenizer {
  /** The last text's skeleton. */
  readonly skeleton = new SkeletonBuffer(LONGEST_CUT);
  /** The last text's variable tokens: where they are in the bytes it came in, and the classes of their bytes. */
  readonly starts = new Uint32Array(MOST_SLOTS);
  readonly ends = new Uint32Array(MOST_SLOTS);
  readonly classes = new Uint8Array(MOST_SLOTS);
  tokens = 0;

  /** False when the text is too long or has too many variable tokens to be cut. */
  cut(bytes: Uint8Array, start: number, end: number): boolean {
    if (end - start > LONGEST_CUT) return false;
    const skeleton = this.skeleton.bytes;
    let length = 0;
    let tokens = 0;
    let position = start;
    while (position < end) {
      const byte = bytes[position]!;
      let seen = TOKEN_CLASS[byte]!;
      if (seen === 0) {
        skeleton[length++] = byte;
        position++;
        continue;
      }
      const tokenStart = position++;
      while (position < end) {
        const kind = TOKEN_CLASS[bytes[position]!]!;
        if (kind === 0) break;
        seen |= kind;
        position++;
      }
      if (isVariable(seen, position - tokenStart)) {
        if (tokens === MOST_SLOTS) return false;
        this.starts[tokens] = tokenStart;
        this.ends[tokens] = position;
        this.classes[tokens++] = seen;
        skeleton[length++] = HOLE;
      } else {
        for (let index = tokenStart; index < position; index++) skeleton[length++] = bytes[index]!;
      }
    }
    this.skeleton.finish(length);
    this.tokens = tokens;
    return true;
  }
}

function isVariable(classes: number, length: number): boolean {
  if ((classes & (DIGIT | STRANGE)) !== 0) return true;
  return length >= SHORTEST_HEX && (classes === LOWER_HEX || classes === UPPER_HEX);
}
