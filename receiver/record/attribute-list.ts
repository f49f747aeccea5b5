import type { AnyValue, KeyValueList } from './any-value.ts';

/** Up to so many keys are looked for one by one. */
const MOST_UNINDEXED = 16;

/**
 * A record's attributes while it is on its way into the store: a Map in every respect, but made in a third of the time.
 * Most records have a handful, and are read once, from the first to the last.
 */
export class AttributeList implements KeyValueList {
  /** Keys and values by turns. */
  readonly #items: AnyValue[] = [];
  /** Where keys stand, once they are many: hostile records must not cost the square of their attributes. */
  #index: Map<string, number> | null = null;

  get size(): number {
    return this.#items.length / 2;
  }

  /** A key that is there keeps its place, as in a Map. */
  set(key: string, value: AnyValue): this {
    const at = this.#find(key);
    if (at >= 0) {
      this.#items[at + 1] = value;
      return this;
    }
    this.#index?.set(key, this.#items.length);
    this.#items.push(key, value);
    if (this.#index === null && this.size > MOST_UNINDEXED) this.#makeIndex();
    return this;
  }

  get(key: string): AnyValue | undefined {
    const at = this.#find(key);
    return at < 0 ? undefined : this.#items[at + 1];
  }

  has(key: string): boolean {
    return this.#find(key) >= 0;
  }

  forEach(callback: (value: AnyValue, key: string, map: KeyValueList) => void): void {
    const items = this.#items;
    for (let at = 0; at < items.length; at += 2) callback(items[at + 1]!, items[at] as string, this);
  }

  keys() {
    return this.#toMap().keys();
  }
  values() {
    return this.#toMap().values();
  }
  entries() {
    return this.#toMap().entries();
  }
  [Symbol.iterator]() {
    return this.#toMap().entries();
  }

  #find(key: string): number {
    if (this.#index !== null) return this.#index.get(key) ?? -1;
    const items = this.#items;
    for (let at = 0; at < items.length; at += 2) if (items[at] === key) return at;
    return -1;
  }

  #makeIndex(): void {
    const index = new Map<string, number>();
    for (let at = 0; at < this.#items.length; at += 2) index.set(this.#items[at] as string, at);
    this.#index = index;
  }

  #toMap(): Map<string, AnyValue> {
    const map = new Map<string, AnyValue>();
    this.forEach((value, key) => {
      map.set(key, value);
    });
    return map;
  }
}
