const FIRST_SLOTS = 64;
/** Beyond it a value counts as new: texts made to share a hash must not make the dictionary slow. */
const MOST_PROBES = 16;
/** Hashes differ from process to process, for the same reason. */
const SEED = (Math.random() * 2 ** 32) | 0;

/**
 * Numbers byte strings in the order of their first appearance. The bytes are not copied: they must stay as they are.
 * Rarely one gets a second number.
 */
export class ByteDictionary {
  readonly #bytes: Uint8Array;
  /** Places plus one; 0 for a free slot. */
  #slots: Uint32Array;
  #size = 0;
  #hashes: Int32Array;
  #starts: Uint32Array;
  #ends: Uint32Array;

  /** `expected` is how many different strings to make room for from the beginning. */
  constructor(bytes: Uint8Array, expected: number) {
    this.#bytes = bytes;
    let slots = FIRST_SLOTS;
    while (slots < 2 * expected) slots *= 2;
    this.#slots = new Uint32Array(slots);
    this.#hashes = new Int32Array(slots / 2);
    this.#starts = new Uint32Array(slots / 2);
    this.#ends = new Uint32Array(slots / 2);
  }

  get size(): number {
    return this.#size;
  }

  start(place: number): number {
    return this.#starts[place]!;
  }

  end(place: number): number {
    return this.#ends[place]!;
  }

  /** The number of these bytes; `size` as it was before for new ones. */
  placeOf(start: number, end: number): number {
    const hash = this.#hash(start, end);
    const mask = this.#slots.length - 1;
    let slot = hash & mask;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const place = this.#slots[slot]! - 1;
      if (place < 0) break;
      if (this.#hashes[place] === hash && this.#isSame(place, start, end)) return place;
      slot = (slot + 1) & mask;
    }
    return this.#add(hash, slot, start, end);
  }

  #hash(start: number, end: number): number {
    const bytes = this.#bytes;
    let hash = SEED ^ (end - start);
    let at = start;
    for (; at + 4 <= end; at += 4) {
      const word = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      hash = Math.imul(hash ^ word, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    for (; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    return hash ^ (hash >>> 13);
  }

  #isSame(place: number, start: number, end: number): boolean {
    const bytes = this.#bytes;
    let known = this.#starts[place]!;
    if (this.#ends[place]! - known !== end - start) return false;
    for (let at = start; at < end; at++) {
      if (bytes[at] !== bytes[known++]) return false;
    }
    return true;
  }

  #add(hash: number, slot: number, start: number, end: number): number {
    const place = this.#size++;
    if (place === this.#hashes.length) {
      this.#hashes = grown(this.#hashes, new Int32Array(place * 2));
      this.#starts = grown(this.#starts, new Uint32Array(place * 2));
      this.#ends = grown(this.#ends, new Uint32Array(place * 2));
    }
    this.#hashes[place] = hash;
    this.#starts[place] = start;
    this.#ends[place] = end;
    if (this.#slots[slot] === 0) this.#slots[slot] = place + 1;
    if (this.#size * 2 > this.#slots.length) this.#growSlots();
    return place;
  }

  #growSlots(): void {
    const slots = new Uint32Array(this.#slots.length * 4);
    const mask = slots.length - 1;
    for (let place = 0; place < this.#size; place++) {
      let slot = this.#hashes[place]! & mask;
      for (let probe = 0; probe < MOST_PROBES && slots[slot] !== 0; probe++) slot = (slot + 1) & mask;
      if (slots[slot] === 0) slots[slot] = place + 1;
    }
    this.#slots = slots;
  }
}

function grown<T extends Int32Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
