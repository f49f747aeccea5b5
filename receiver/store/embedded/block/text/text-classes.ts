/**
 * What a byte of a text is, as bits, so that the bytes of a token are classed by OR. Letters and digits make tokens;
 * everything else stands between them.
 */
export const DIGIT = 1;
export const LOWER_HEX = 2;
export const UPPER_HEX = 4;
const LETTER = 8;
/** Bytes that mark something in a skeleton and that UTF-8 never has; hostile bytes of that kind are kept in slots. */
export const STRANGE = 16;
/** Neither letter nor digit, ASCII. Only slots that hold whole texts have such bytes. */
const SEPARATOR = 32;
/** A part of a letter beyond ASCII: to be folded as text, never byte by byte. */
const NON_ASCII = 64;

/** Stands in a skeleton where a slot's bytes go. */
export const HOLE = 0xff;
/** Ends a skeleton. */
export const END = 0xfe;

/** The class of every byte when a text is cut into tokens: 0 is no part of any. */
export const TOKEN_CLASS = makeTable((byte) => {
  if (byte >= 0x30 && byte <= 0x39) return DIGIT;
  const lower = byte | 0x20;
  if (lower >= 0x61 && lower <= 0x66) return byte === lower ? LOWER_HEX : UPPER_HEX;
  if (lower >= 0x61 && lower <= 0x7a) return LETTER;
  return byte >= END ? STRANGE : 0;
});

/** The class of every byte, none without one. */
export const BYTE_CLASS = makeTable((byte) => TOKEN_CLASS[byte]! || (byte < 0x80 ? SEPARATOR : NON_ASCII));

/** ASCII in lower case, everything else as it is. */
export const LOWER_CASE = makeTable((byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte));

function makeTable(entryOf: (byte: number) => number): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => entryOf(byte));
}

/** All classes that occur in a range of bytes. */
export function classesOf(bytes: Uint8Array, start: number, end: number): number {
  let classes = 0;
  for (let index = start; index < end; index++) classes |= BYTE_CLASS[bytes[index]!]!;
  return classes;
}

/** Whether values of these classes are to be folded as texts: letters beyond ASCII may fold into any others. */
export function foldsFreely(classes: number): boolean {
  return (classes & (NON_ASCII | STRANGE)) !== 0;
}
