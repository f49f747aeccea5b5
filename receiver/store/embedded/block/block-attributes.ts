import type { AnyValue, KeyValueList } from '../../../record/any-value.ts';
import type { Block } from './block.ts';

/** A row's attributes: `get` reads the one column alone. What needs all of them reads all columns of the row's shape. */
export class BlockAttributes implements KeyValueList {
  readonly #block: Block;
  readonly #row: number;
  /** Places among the block's keys. */
  readonly #shape: readonly number[];
  #map: KeyValueList | undefined;

  constructor(block: Block, row: number, shape: readonly number[]) {
    this.#block = block;
    this.#row = row;
    this.#shape = shape;
  }

  get(key: string): AnyValue | undefined {
    if (this.#map) return this.#map.get(key);
    const place = this.#placeOf(key);
    return place < 0 ? undefined : this.#block.attributeAt(place).valueOfRow(this.#row);
  }

  has(key: string): boolean {
    return this.#placeOf(key) >= 0;
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

  /** The key's place in the block, or -1 when the row does not have it. */
  #placeOf(key: string): number {
    const place = this.#block.keyPlace(key);
    return place !== undefined && this.#shape.includes(place) ? place : -1;
  }

  get #decoded(): KeyValueList {
    if (this.#map === undefined) {
      const map = new Map<string, AnyValue>();
      for (const place of this.#shape) {
        const column = this.#block.attributeAt(place);
        map.set(column.key, column.valueOfRow(this.#row)!);
      }
      this.#map = map;
    }
    return this.#map;
  }
}
