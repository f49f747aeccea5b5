import type { TokenStore } from './token-store.ts';

/** More different texts than this are no dictionary: their places would need two bytes. */
const MOST_ENTRIES = 256;
const HASH_FACTOR = 0x01000193;

/** The different texts among tokens. */
export interface TokenDictionary {
  /** A token for each of the different texts. */
  readonly entries: Uint32Array;
  /** The entry of every token. */
  readonly places: Float64Array;
}

/** Places of entries plus one by hash, 0 where there is none. A quarter full at most, so that probes stay short. */
const table = new Uint16Array(MOST_ENTRIES * 4);

/** The different texts that tokens have between a prefix and a suffix; null if they are too many to pay. */
export function findDictionary(
  { bytes, ends }: TokenStore,
  tokens: Uint32Array,
  prefix: number,
  suffix: number,
): TokenDictionary | null {
  const entries = new Uint32Array(Math.min(MOST_ENTRIES, tokens.length >> 1));
  const places = new Float64Array(tokens.length);
  let size = 0;
  table.fill(0);
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    const start = (token === 0 ? 0 : ends[token - 1]!) + prefix;
    const length = ends[token]! - suffix - start;
    let slot = hashOf(bytes, start, length) & (table.length - 1);
    while (table[slot] !== 0) {
      const entry = entries[table[slot]! - 1]!;
      const entryStart = (entry === 0 ? 0 : ends[entry - 1]!) + prefix;
      if (ends[entry]! - suffix - entryStart === length && isSame(bytes, start, entryStart, length)) break;
      slot = (slot + 1) & (table.length - 1);
    }
    if (table[slot] === 0) {
      if (size === entries.length) return null;
      entries[size++] = token;
      table[slot] = size;
    }
    places[index] = table[slot]! - 1;
  }
  return { entries: entries.subarray(0, size), places };
}

function hashOf(bytes: Uint8Array, start: number, length: number): number {
  let hash = length;
  for (let index = start; index < start + length; index++) hash = Math.imul(hash ^ bytes[index]!, HASH_FACTOR);
  return hash ^ (hash >>> 15);
}

function isSame(bytes: Uint8Array, start: number, other: number, length: number): boolean {
  for (let index = 0; index < length; index++) if (bytes[start + index] !== bytes[other + index]) return false;
  return true;
}
