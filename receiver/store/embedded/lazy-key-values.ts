import type { AnyValue, KeyValueList } from '../../record/any-value.ts';

/** Key-value pairs still in their stored form: `get` decodes the one value, what needs all of them decodes them once. */
export abstract class LazyKeyValues implements KeyValueList {
  #map: KeyValueList | undefined;

  abstract has(key: string): boolean;
  abstract get size(): number;
  /** Decodes the value of one key; undefined when there is no such key. */
  protected abstract decodeOne(key: string): AnyValue | undefined;
  protected abstract decodeAll(): KeyValueList;

  get(key: string): AnyValue | undefined {
    return this.#map ? this.#map.get(key) : this.decodeOne(key);
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
    this.#map ??= this.decodeAll();
    return this.#map;
  }
}
