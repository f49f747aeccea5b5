import { fold } from '../../../../query/fold.ts';
import { LOWER_CASE } from './text-classes.ts';

/** Bytes that a byte can become by folding, and by being read as a text when it is none. */
export const LONGEST_FOLDING = 3;

/** Bit set in a pair's folding when it is no pair. */
const NO_PAIR = 0x10000;
/** The folding of each character that UTF-8 writes in two bytes: the two bytes, or NO_PAIR if it folds into others. */
const FOLDED_PAIRS = makeFoldedPairs();

/** 1 for first bytes of characters of three or four bytes, none of which has cases (CJK, Hangul). */
const CASELESS = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 0xe3 && byte <= 0xe9) || (byte >= 0xeb && byte <= 0xed) ? 1 : 0,
);

/**
 * Copies a text, folded as by query/fold.ts, and says where it ends in the target, which has room for LONGEST_FOLDING
 * times its bytes. Byte by byte as far as it goes, which is a tenth of the way over strings.
 *
 * @param bytes - UTF-8
 */
export function copyFolded(bytes: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  let written = at;
  for (let position = start; position < end; position++) {
    const byte = bytes[position]!;
    if (byte < 0x80) {
      target[written++] = LOWER_CASE[byte]!;
    } else if (byte >= 0xc2 && byte < 0xe0 && position + 1 < end) {
      const pair = FOLDED_PAIRS[((byte & 0x1f) << 6) | (bytes[position + 1]! & 0x3f)]!;
      if (pair === NO_PAIR) return copyFoldedText(bytes, start, end, target, at);
      target[written++] = pair >> 8;
      target[written++] = pair & 0xff;
      position++;
    } else if (CASELESS[byte] === 1 && position + 2 < end) {
      target[written++] = byte;
      target[written++] = bytes[++position]!;
      target[written++] = bytes[++position]!;
    } else {
      return copyFoldedText(bytes, start, end, target, at);
    }
  }
  return written;
}

function copyFoldedText(bytes: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString();
  const folded = Buffer.from(fold(text));
  target.set(folded, at);
  return at + folded.length;
}

function makeFoldedPairs(): Uint32Array {
  const pairs = new Uint32Array(0x800);
  for (let code = 0x80; code < 0x800; code++) {
    const folded = Buffer.from(fold(String.fromCodePoint(code)));
    pairs[code] = folded.length === 2 ? (folded[0]! << 8) | folded[1]! : NO_PAIR;
  }
  return pairs;
}
