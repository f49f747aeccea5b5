import { scalarText } from '../../../query/field-values.ts';
import type { AnyValue } from '../../../record/any-value.ts';
import { hasBit, mix, setBit } from './bit-map.ts';

/** Bits of a filter per distinct key, and how many of them each sets: 0.5 % of the keys that are not held pass. */
const BITS_PER_KEY = 11;
const BITS_SET = 7;
/** A block with more distinct keys has no filter. */
const MAX_KEYS = 1 << 17;
const TRACE_SEED = 0x7472_6163;

/** What stands for an attribute's key in its values' hashes. */
export function keySeed(key: string): number {
  const bytes = Buffer.from(key);
  return hashBytes(bytes.length, bytes, 0, bytes.length);
}

/**
 * Gathers which values the attributes of a block have, and which trace ids its records: a Bloom filter. Doubles are not
 * in it (but those in arrays are), nor booleans: the block's header has them.
 */
export class KeyFilterBuilder {
  #table = new Uint32Array(1 << 12);
  #count = 0;

  /** A text, in UTF-8. */
  addText(seed: number, bytes: Uint8Array, start: number, end: number): void {
    this.#add(hashBytes(seed, bytes, start, end));
  }

  /** A whole number that a double holds exactly. */
  addInteger(seed: number, value: number): void {
    this.#addString(seed, String(value));
  }

  /** Any other value as queries compare it: an array by its elements, nothing not at all. */
  addValue(seed: number, value: AnyValue): void {
    for (const item of Array.isArray(value) ? (value as readonly AnyValue[]) : [value]) {
      if (item !== null) this.#addString(seed, scalarText(item));
    }
  }

  /** The 16 bytes of a trace id. */
  addTrace(bytes: Uint8Array, start: number): void {
    this.#add(hashBytes(TRACE_SEED, bytes, start, start + 16));
  }

  /** The filter, in bytes of its own; empty for more keys than it is made for. The builder is empty afterwards. */
  finish(): Uint8Array<ArrayBuffer> {
    const filter = new Uint8Array(this.#count > MAX_KEYS ? 0 : Math.ceil((this.#count * BITS_PER_KEY) / 8) || 1);
    if (filter.length > 0) {
      for (const hash of this.#table) if (hash !== 0) forEachBit(filter, hash, (bit) => setBit(filter, bit));
    }
    this.#table = new Uint32Array(1 << 12);
    this.#count = 0;
    return filter;
  }

  #addString(seed: number, text: string): void {
    const bytes = Buffer.from(text);
    this.#add(hashBytes(seed, bytes, 0, bytes.length));
  }

  #add(hash: number): void {
    if (this.#count > MAX_KEYS) return;
    const table = this.#table;
    const mask = table.length - 1;
    let place = hash & mask;
    for (; table[place] !== 0; place = (place + 1) & mask) if (table[place] === hash) return;
    table[place] = hash;
    this.#count += 1;
    if (this.#count * 2 > table.length) this.#grow();
  }

  #grow(): void {
    const old = this.#table;
    this.#table = new Uint32Array(old.length * 2);
    this.#count = 0;
    for (const hash of old) if (hash !== 0) this.#add(hash);
  }
}

/** A value or trace id on its way through many filters. */
export class KeyProbe {
  readonly #hash: number;

  private constructor(hash: number) {
    this.#hash = hash;
  }

  static ofText(key: string, text: string): KeyProbe {
    const bytes = Buffer.from(text);
    return new KeyProbe(hashBytes(keySeed(key), bytes, 0, bytes.length));
  }

  /** Of 32 hexadecimal digits. */
  static ofTrace(hex: string): KeyProbe {
    return new KeyProbe(hashBytes(TRACE_SEED, Buffer.from(hex, 'hex'), 0, 16));
  }

  /** False when nothing of the filter's block is it. An empty filter knows nothing. */
  mayBeIn(filter: Uint8Array): boolean {
    if (filter.length === 0) return true;
    let isHeld = true;
    forEachBit(filter, this.#hash, (bit) => {
      isHeld &&= hasBit(filter, bit);
    });
    return isHeld;
  }
}

function forEachBit(filter: Uint8Array, hash: number, callback: (bit: number) => void): void {
  const scale = (filter.length * 8) / 2 ** 32;
  const step = mix(hash ^ 0x9e3779b9) | 1;
  let value = hash;
  for (let index = 0; index < BITS_SET; index++) {
    callback(Math.floor(value * scale));
    value = (value + step) >>> 0;
  }
}

/** Never 0. */
function hashBytes(seed: number, bytes: Uint8Array, start: number, end: number): number {
  let hash = seed ^ (end - start);
  let index = start;
  for (; index + 4 <= end; index += 4) {
    const word = bytes[index]! | (bytes[index + 1]! << 8) | (bytes[index + 2]! << 16) | (bytes[index + 3]! << 24);
    hash = Math.imul(hash ^ word, 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  for (; index < end; index++) hash = Math.imul(hash ^ bytes[index]!, 0x85ebca6b) ^ (hash >>> 13);
  return mix(hash) || 1;
}
