import type { AnyValue } from '../../../record/any-value.ts';
import { LazyKeyValues } from '../lazy-key-values.ts';
import type { Block } from './block.ts';

/** A row's attributes: `get` reads the one column alone. What needs all of them reads all columns of the row's shape. */
export class BlockAttributes extends LazyKeyValues {
  readonly #block: Block;
  readonly #row: number;
  /** Places among the block's keys. */
  readonly #shape: readonly number[];

  constructor(block: Block, row: number, shape: readonly number[]) {
    super();
    this.#block = block;
    this.#row = row;
    this.#shape = shape;
  }

  has(key: string): boolean {
    return this.#placeOf(key) >= 0;
  }

  get size(): number {
    return this.#shape.length;
  }

  protected decodeOne(key: string): AnyValue | undefined {
    const place = this.#placeOf(key);
    return place < 0 ? undefined : this.#block.attributeAt(place).valueOfRow(this.#row);
  }

  protected decodeAll(): Map<string, AnyValue> {
    const map = new Map<string, AnyValue>();
    for (const place of this.#shape) {
      const column = this.#block.attributeAt(place);
      const value = column.valueOfRow(this.#row);
      if (value !== undefined) map.set(column.key, value);
    }
    return map;
  }

  /** The key's place in the block, or -1 when the row does not have it. */
  #placeOf(key: string): number {
    const place = this.#block.keyPlace(key);
    return place !== undefined && this.#shape.includes(place) ? place : -1;
  }
}
