import { Room } from './room.ts';

/** Beyond it a value counts as new: texts made to share a hash must not make the dictionary slow. */
const MOST_PROBES = 16;
/** Hashes differ from process to process, for the same reason. */
const SEED = (Math.random() * 2 ** 32) | 0;
const FEWEST_SLOTS = 64;

const slotRoom = new Room((length) => new Uint32Array(length));
const hashRoom = new Room((length) => new Uint32Array(length));
const startRoom = new Room((length) => new Uint32Array(length));
const endRoom = new Room((length) => new Uint32Array(length));

/**
 * Numbers byte strings in the order of their first appearance. The bytes are not copied: they must stay as they are.
 * Rarely one gets a second number. One dictionary is in use at a time: the next takes its room.
 */
export class ByteDictionary {
  readonly #bytes: Uint8Array;
  /** By place. */
  readonly #hashes: Uint32Array;
  readonly #starts: Uint32Array;
  readonly #ends: Uint32Array;
  /** By hash, places plus one; 0 where there is none. */
  readonly #slots: Uint32Array;
  #size = 0;

  /** At most so many strings will be asked for. */
  constructor(bytes: Uint8Array, capacity: number) {
    this.#bytes = bytes;
    this.#hashes = hashRoom.take(capacity);
    this.#starts = startRoom.take(capacity);
    this.#ends = endRoom.take(capacity);
    let slots = FEWEST_SLOTS;
    while (slots < 2 * capacity) slots *= 2;
    this.#slots = slotRoom.take(slots).fill(0);
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
    const place = this.#size++;
    this.#hashes[place] = hash;
    this.#starts[place] = start;
    this.#ends[place] = end;
    if (this.#slots[slot] === 0) this.#slots[slot] = place + 1;
    return place;
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
    return (hash ^ (hash >>> 13)) >>> 0;
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
}
