/** The parts of Buffer that read text without the checks of `toString`; Node has kept them since version 0. */
export interface TextBuffer extends Buffer {
  utf8Slice(start: number, end: number): string;
  latin1Slice(start: number, end: number): string;
  hexSlice(start: number, end: number): string;
}

/** A request's bytes, and the same for reading numbers. */
export interface TextSource {
  readonly bytes: TextBuffer;
  readonly view: DataView;
}

/** A power of two. */
const SLOTS = 4096;

/**
 * Remembers short texts by their bytes. Attribute keys, scope names, methods, hosts come again with every record;
 * comparing bytes four at a time is cheaper than making the string once more, and equal texts then share one string. A
 * fixed table whose entries displace each other, so hostile texts cost time but never memory.
 */
class ShortTexts {
  readonly #longest: number;
  readonly #texts: string[] = new Array(SLOTS).fill('');
  readonly #lengths = new Uint8Array(SLOTS);
  /** The texts' bytes, `#longest` for each. */
  readonly #known: Uint8Array;
  readonly #knownView: DataView;
  /** The hash of what was last not found in the slot: what comes once is not worth displacing what comes often. */
  readonly #missed = new Int32Array(SLOTS);

  readonly #keep: (text: string) => string;

  /** `keep` gives the string to remember for a text. */
  constructor(longest: number, keep: (text: string) => string) {
    this.#longest = longest;
    this.#keep = keep;
    this.#known = new Uint8Array(SLOTS * longest);
    this.#knownView = new DataView(this.#known.buffer);
  }

  /** The text of `bytes[start, end)`, or null when it is not remembered and has to be decoded. */
  at(source: TextSource, start: number, end: number): string | null {
    const length = end - start;
    if (length > this.#longest || length === 0) return null;
    const hash = hashOf(source, start, end);
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    if (this.#lengths[slot] === length && this.#holds(slot, source, start, length)) return this.#texts[slot]!;
    if (this.#missed[slot] === hash) return this.#remember(slot, source, start, end);
    this.#missed[slot] = hash;
    return null;
  }

  #holds(slot: number, { bytes, view }: TextSource, start: number, length: number): boolean {
    const at = slot * this.#longest;
    const words = length & ~3;
    for (let i = 0; i < words; i += 4) {
      if (view.getInt32(start + i) !== this.#knownView.getInt32(at + i)) return false;
    }
    for (let i = words; i < length; i++) if (bytes[start + i] !== this.#known[at + i]) return false;
    return true;
  }

  #remember(slot: number, { bytes }: TextSource, start: number, end: number): string | null {
    const text = bytes.utf8Slice(start, end);
    // Only what decodes without loss: a text with U+FFFD takes the way on which invalid UTF-8 is counted.
    if (text.includes('\ufffd')) return null;
    this.#texts[slot] = this.#keep(text);
    this.#lengths[slot] = end - start;
    for (let from = start, to = slot * this.#longest; from < end; from++, to++) this.#known[to] = bytes[from]!;
    return this.#texts[slot];
  }
}

/** Attribute keys, and what else names something. */
export const NAMES = new ShortTexts(48, internalize);
/** Values: a method, a host, a thread. Apart, for there are many more of them than names. */
export const VALUES = new ShortTexts(32, (text) => text);

/** Looks at the length and at twelve bytes at most; texts that differ elsewhere displace each other. */
function hashOf({ bytes, view }: TextSource, start: number, end: number): number {
  const length = end - start;
  if (length < 4) {
    let packed = length;
    for (let at = start; at < end; at++) packed = (packed << 8) | bytes[at]!;
    return Math.imul(packed, 0x9e3779b1);
  }
  const first = Math.imul(view.getInt32(start), 0x9e3779b1);
  const middle = Math.imul(view.getInt32((start + end - 4) >>> 1) ^ length, 0xc2b2ae3d);
  const last = Math.imul(view.getInt32(end - 4), 0x85ebca77);
  const mixed = Math.imul(first ^ (first >>> 15) ^ middle, 0x27d4eb2f) ^ last;
  return mixed ^ (mixed >>> 13);
}

/**
 * The engine's own copy of a string, as property names are: comparing it with a constant compares two pointers. Takes a
 * microsecond.
 */
function internalize(text: string): string {
  return Object.keys({ [text]: true })[0]!;
}
