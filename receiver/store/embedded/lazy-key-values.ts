import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import { ByteReader, ByteWriter } from './bytes.ts';
import { readKeyValues, readValue, skipValue } from './value-codec.ts';

/** Keys in bytes, held for the keys that a search asks every row for. */
const ENCODED_KEYS_HELD = 64;
const writer = new ByteWriter();
const encodedKeys = new Map<string, Uint8Array>();

/**
 * Key-value pairs still in their bytes: `get` looks for the one key and decodes its value alone. Everything else of a
 * map decodes them all first.
 */
export class LazyKeyValues implements KeyValueList {
  readonly #data: Uint8Array;
  readonly #at: number;
  #map: KeyValueList | undefined;

  constructor(data: Uint8Array, at: number) {
    this.#data = data;
    this.#at = at;
  }

  get(key: string): AnyValue | undefined {
    if (this.#map) return this.#map.get(key);
    const reader = new ByteReader(this.#data, this.#at);
    const bytes = encodedKey(key);
    for (let left = reader.varint(); left > 0; left--) {
      if (reader.isText(bytes)) return readValue(reader);
      skipValue(reader);
    }
    return undefined;
  }

  has(key: string): boolean {
    return this.#decoded.has(key);
  }
  get size(): number {
    return this.#decoded.size;
  }
  keys() {
    return this.#decoded.keys();
  }
  values() {
    return this.#decoded.values();
  }
  entries() {
    return this.#decoded.entries();
  }
  [Symbol.iterator]() {
    return this.#decoded.entries();
  }
  forEach(callback: (value: AnyValue, key: string, map: KeyValueList) => void): void {
    this.#decoded.forEach(callback);
  }

  get #decoded(): KeyValueList {
    this.#map ??= readKeyValues(new ByteReader(this.#data, this.#at));
    return this.#map;
  }
}

function encodedKey(key: string): Uint8Array {
  const known = encodedKeys.get(key);
  if (known) return known;
  writer.text(key);
  const bytes = writer.take();
  if (encodedKeys.size >= ENCODED_KEYS_HELD) encodedKeys.clear();
  encodedKeys.set(key, bytes);
  return bytes;
}
