/** Longer names are not remembered. */
const LONGEST_NAME = 48;
const SLOTS = 4096;

const texts: string[] = new Array(SLOTS).fill('');
const encodings: (Uint8Array | null)[] = new Array(SLOTS).fill(null);

/** The parts of Buffer that read text without the checks of `toString`; Node has kept them since version 0. */
export interface TextBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
  hexSlice(start: number, end: number): string;
}

/**
 * The text of `bytes[start, end)`, or null when it is not worth remembering. Attribute keys, scope names and the like
 * come again with every record; comparing bytes is cheaper than making the string once more, and equal keys then share
 * one string. A fixed table whose entries displace each other, so hostile keys cost time but never memory.
 */
export function nameAt(bytes: TextBuffer, start: number, end: number): string | null {
  let hash = 0;
  if (end - start <= LONGEST_NAME) for (let at = start; at < end; at++) hash = hashName(hash, bytes[at]!);
  return nameWithHash(bytes, start, end, hash);
}

/** One byte more of a name's hash, which starts at 0. */
export function hashName(hash: number, byte: number): number {
  return (Math.imul(hash, 31) + byte) | 0;
}

/** Like `nameAt`, for callers that have passed over the bytes and hashed them by the way. */
export function nameWithHash(bytes: TextBuffer, start: number, end: number, hash: number): string | null {
  const length = end - start;
  if (length > LONGEST_NAME) return null;
  const slot = (hash ^ (hash >>> 13)) & (SLOTS - 1);
  const known = encodings[slot]!;
  if (known !== null && known.length === length && isEqual(known, bytes, start)) return texts[slot]!;
  const text = bytes.utf8Slice(start, end);
  // Only what decodes without loss: a name with U+FFFD takes the way on which invalid UTF-8 is counted.
  if (text.includes('\ufffd')) return null;
  texts[slot] = internalize(text);
  encodings[slot] = new Uint8Array(bytes.subarray(start, end));
  return texts[slot];
}

/** The engine's own copy of a string, as property names are: comparing it with a constant compares two pointers. */
function internalize(text: string): string {
  return Object.keys({ [text]: true })[0]!;
}

function isEqual(known: Uint8Array, bytes: Uint8Array, start: number): boolean {
  for (let at = 0; at < known.length; at++) if (known[at] !== bytes[start + at]) return false;
  return true;
}
