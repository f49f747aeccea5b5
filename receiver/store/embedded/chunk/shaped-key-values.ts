import type { AnyValue, KeyValueList } from '../../../record/any-value.ts';
import { readValue, skipValue } from '../value-codec.ts';
import type { Chunk } from './chunk.ts';

/**
 * A row's attributes still in their bytes: `get` passes over the values before the one asked for, and looks at no bytes
 * for a key that the row's shape does not have. What needs all of them decodes them once.
 */
export class ShapedKeyValues implements KeyValueList {
  readonly #chunk: Chunk;
  readonly #row: number;
  readonly #at: number;
  #map: KeyValueList | undefined;

  /** `at` is where the first value begins in the chunk's bytes. */
  constructor(chunk: Chunk, row: number, at: number) {
    this.#chunk = chunk;
    this.#row = row;
    this.#at = at;
  }

  get(key: string): AnyValue | undefined {
    if (this.#map) return this.#map.get(key);
    const place = this.#chunk.placeInShape(this.#row, key);
    if (place < 0) return undefined;
    const reader = this.#chunk.readerAt(this.#row, this.#at);
    for (let left = place; left > 0; left--) skipValue(reader);
    return readValue(reader);
  }

  has(key: string): boolean {
    return this.#chunk.placeInShape(this.#row, key) >= 0;
  }
  get size(): number {
    return this.#shape.length;
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

  get #shape(): readonly number[] {
    return this.#chunk.tables.shapes[this.#chunk.shape(this.#row)]!;
  }

  get #decoded(): KeyValueList {
    if (this.#map === undefined) {
      const { keys } = this.#chunk.tables;
      const map = new Map<string, AnyValue>();
      const reader = this.#chunk.readerAt(this.#row, this.#at);
      for (const key of this.#shape) map.set(keys[key]!, readValue(reader));
      this.#map = map;
    }
    return this.#map;
  }
}
