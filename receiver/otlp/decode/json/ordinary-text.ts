import type { TextSource } from '../short-texts.ts';

/** Up to so many bytes, looking at each is quicker. */
const SHORT_BYTES = 48;

/** By byte: 1 for what stands for itself within a string: no quote, backslash or control character. */
const IS_ORDINARY = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte >= 0x20 && byte !== 0x22 && byte !== 0x5c),
);

/**
 * Within a string: the position of the next byte from `start` on that does not stand for itself, the end of the bytes
 * when there is none. Long texts go four bytes at a time, for a single one may be all of a body.
 */
export function passOrdinary({ bytes, view }: TextSource, start: number): number {
  const near = start + SHORT_BYTES;
  let at = start;
  while (at < near && IS_ORDINARY[bytes[at]!] === 1) at++;
  if (at < near) return at;
  const lastWord = bytes.length - 4;
  while (at <= lastWord && isOrdinaryWord(view.getInt32(at))) at += 4;
  while (IS_ORDINARY[bytes[at]!] === 1) at++;
  return at;
}

/**
 * Whether all four bytes stand for themselves. A byte of `x` is zero exactly where `(x - 0x01…) & ~x` has its highest
 * bit, as long as no lower byte was ("Bit Twiddling Hacks", haszero and hasless): so the answer is right for the word.
 */
function isOrdinaryWord(word: number): boolean {
  const quote = word ^ 0x22222222;
  const backslash = word ^ 0x5c5c5c5c;
  const controls = (word - 0x20202020) & ~word;
  const found = controls | ((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash);
  return (found & 0x80808080) === 0;
}
