import { scalarText } from '../../../query/field-values.ts';
import type { AnyValue } from '../../../record/any-value.ts';
import { hasBit, setBit } from './bit-map.ts';

/** Bits of a filter per distinct key, and how many of them a key sets: of keys that are not held, 0.4 % seem to be. */
const BITS_PER_KEY = 11.5;
const BITS_OF_A_KEY = 7;
/** A block with more distinct keys has no filter. */
const MAX_KEYS = 2 ** 17;
const FIRST_CAPACITY = 2 ** 13;
/** A table beyond it is not kept for the next block. */
const KEPT_CAPACITY = 2 ** 16;
const TRACE_ID_BYTES = 16;
/** Tells trace ids from attributes' values. */
const TRACE_SEED = 0x74726163;

/** What stands for an attribute's key in the hashes of its values. */
export function keySeed(key: string): number {
  const bytes = Buffer.from(key);
  return hashOf(0, bytes, 0, bytes.length);
}

/**
 * Gathers the distinct values of a block's attributes, as queries compare them, and its trace ids; the filter is a Bloom
 * filter. Doubles and booleans are told by the block's header and need not be added. Measured on the demo's traffic in
 * blocks of 8192: 0.9 distinct keys, 1.3 bytes and 0.2 µs a record.
 */
export class KeyFilterBuilder {
  /** Hashes in the place of their lowest bits or the next that was free; 0 is free. */
  #hashes = new Uint32Array(FIRST_CAPACITY);
  #count = 0;
  readonly #digits = new Uint8Array(20);

  /** Adds a text in UTF-8. */
  addText(seed: number, bytes: Uint8Array, start: number, end: number): void {
    this.#add(hashOf(seed, bytes, start, end));
  }

  /** Adds a whole number below 2^51 as its decimal digits. */
  addInteger(seed: number, value: number): void {
    const digits = this.#digits;
    let start = digits.length;
    let rest = Math.abs(value);
    do {
      const tenth = Math.floor(rest / 10);
      digits[--start] = 0x30 + (rest - tenth * 10);
      rest = tenth;
    } while (rest > 0);
    if (value < 0) digits[--start] = 0x2d;
    this.#add(hashOf(seed, digits, start, digits.length));
  }

  /** Adds any value: an array by its elements; no value has no text and isn't added. */
  addValue(seed: number, value: AnyValue): void {
    for (const item of Array.isArray(value) ? (value as readonly AnyValue[]) : [value]) {
      if (item === null) continue;
      const bytes = Buffer.from(scalarText(item));
      this.#add(hashOf(seed, bytes, 0, bytes.length));
    }
  }

  /** Adds the 16 bytes of a trace id. */
  addTrace(bytes: Uint8Array, start: number): void {
    this.#add(hashOf(TRACE_SEED, bytes, start, start + TRACE_ID_BYTES));
  }

  /** The filter; empty for more keys than one is made for. The builder is empty afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const size = this.#count > MAX_KEYS ? 0 : Math.max(1, Math.ceil((this.#count * BITS_PER_KEY) / 8));
    const filter = new Uint8Array(size);
    if (size > 0) {
      const scale = bitScale(filter);
      for (const hash of this.#hashes) {
        if (hash === 0) continue;
        const step = stepOf(hash);
        let value = hash;
        for (let left = BITS_OF_A_KEY; left > 0; left--) {
          setBit(filter, Math.floor(value * scale));
          value = (value + step) >>> 0;
        }
      }
    }
    if (this.#hashes.length > KEPT_CAPACITY) this.#hashes = new Uint32Array(FIRST_CAPACITY);
    else this.#hashes.fill(0);
    this.#count = 0;
    return filter;
  }

  #add(hash: number): void {
    if (this.#count > MAX_KEYS) return;
    const hashes = this.#hashes;
    const mask = hashes.length - 1;
    let place = hash & mask;
    for (let held = hashes[place]!; held !== 0; held = hashes[place]!) {
      if (held === hash) return;
      place = (place + 1) & mask;
    }
    hashes[place] = hash;
    this.#count += 1;
    if (this.#count * 2 > hashes.length) this.#grow();
  }

  #grow(): void {
    const held = this.#hashes;
    this.#hashes = new Uint32Array(held.length * 2);
    this.#count = 0;
    for (const hash of held) if (hash !== 0) this.#add(hash);
  }
}

/** An attribute's value or a trace id on its way through many filters. */
export class KeyProbe {
  readonly #hash: number;
  readonly #step: number;

  private constructor(hash: number) {
    this.#hash = hash;
    this.#step = stepOf(hash);
  }

  /** Of a value's text (`scalarText`). */
  static ofValue(key: string, text: string): KeyProbe {
    const bytes = Buffer.from(text);
    return new KeyProbe(hashOf(keySeed(key), bytes, 0, bytes.length));
  }

  /** Of 32 hexadecimal digits. */
  static ofTrace(hex: string): KeyProbe {
    return new KeyProbe(hashOf(TRACE_SEED, Buffer.from(hex, 'hex'), 0, TRACE_ID_BYTES));
  }

  /** False when the filter's block doesn't hold it. An empty filter knows nothing. */
  mayBeIn(filter: Uint8Array): boolean {
    if (filter.length === 0) return true;
    const scale = bitScale(filter);
    let value = this.#hash;
    for (let left = BITS_OF_A_KEY; left > 0; left--) {
      if (!hasBit(filter, Math.floor(value * scale))) return false;
      value = (value + this.#step) >>> 0;
    }
    return true;
  }
}

/** A hash times this is a bit of the filter. */
const bitScale = (filter: Uint8Array): number => (filter.length * 8) / 2 ** 32;

/** From one bit of a key to its next. */
const stepOf = (hash: number): number => mix(hash ^ 0x9e3779b9);

/** A hash of 32 bits, never 0. */
function hashOf(seed: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = seed ^ (end - start);
  let index = start;
  for (; index + 4 <= end; index += 4) {
    const word = bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; index < end; index++) {
    hash = Math.imul(hash ^ bytes[index]!, 0x85ebca6b);
    hash ^= hash >>> 13;
  }
  return mix(hash) || 1;
}

/** Spreads a number's bits over all of 0 … 2^32 − 1 (the finalizer of MurmurHash3). */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
