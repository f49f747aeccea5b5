import type { AnyValue } from '../../../record/any-value.ts';
import { LazyKeyValues } from '../lazy-key-values.ts';
import { readValue, skipValue } from '../value-codec.ts';
import type { Chunk } from './chunk.ts';

/**
 * A row's attributes still in their bytes: `get` passes over the values before the one asked for, and looks at no bytes
 * for a key that the row's shape does not have. What needs all of them decodes them once.
 */
export class ShapedKeyValues extends LazyKeyValues {
  readonly #chunk: Chunk;
  readonly #row: number;
  readonly #at: number;

  /** `at` is where the first value begins in the chunk's bytes. */
  constructor(chunk: Chunk, row: number, at: number) {
    super();
    this.#chunk = chunk;
    this.#row = row;
    this.#at = at;
  }

  has(key: string): boolean {
    return this.#chunk.placeInShape(this.#row, key) >= 0;
  }

  get size(): number {
    return this.#shape.length;
  }

  protected decodeOne(key: string): AnyValue | undefined {
    const place = this.#chunk.placeInShape(this.#row, key);
    if (place < 0) return undefined;
    const reader = this.#chunk.readerAt(this.#row, this.#at);
    for (let left = place; left > 0; left--) skipValue(reader);
    return readValue(reader);
  }

  protected decodeAll(): Map<string, AnyValue> {
    const { keys } = this.#chunk.tables;
    const map = new Map<string, AnyValue>();
    const reader = this.#chunk.readerAt(this.#row, this.#at);
    for (const key of this.#shape) map.set(keys[key]!, readValue(reader));
    return map;
  }

  get #shape(): readonly number[] {
    return this.#chunk.tables.shapes[this.#chunk.shape(this.#row)]!;
  }
}
