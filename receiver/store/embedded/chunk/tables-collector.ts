import type { ChunkTables } from './chunk-tables.ts';

/** Tables in the making: each item is added once, by its content, and told its place. */
export class TablesCollector {
  readonly #loggers = new Collected<ChunkTables['loggers'][number]>();
  readonly #severities = new Collected<ChunkTables['severities'][number]>();
  readonly #resources = new Collected<Uint8Array>();
  readonly #scopes = new Collected<Uint8Array>();
  readonly #keys = new Collected<string>();
  readonly #shapes = new Collected<readonly number[]>();

  get tables(): ChunkTables {
    return {
      loggers: this.#loggers.items,
      severities: this.#severities.items,
      resources: this.#resources.items,
      scopes: this.#scopes.items,
      keys: this.#keys.items,
      shapes: this.#shapes.items,
    };
  }

  logger(service: string, logger: string): number {
    return this.#loggers.place(`${service.length} ${service}${logger}`, () => ({ service, logger }));
  }

  severity(number: number, text: string): number {
    return this.#severities.place(`${number} ${text}`, () => ({ number, text }));
  }

  /** The bytes are copied, so they may be a view of others. */
  resource(bytes: Uint8Array): number {
    return this.#resources.place(textOf(bytes), () => new Uint8Array(bytes));
  }

  scope(bytes: Uint8Array): number {
    return this.#scopes.place(textOf(bytes), () => new Uint8Array(bytes));
  }

  key(key: string): number {
    return this.#keys.place(key, () => key);
  }

  /** `keys` are places of this collector. */
  shape(keys: readonly number[]): number {
    return this.#shapes.place(keys.join(), () => keys);
  }
}

/** One table, its items found by a text that stands for their content. */
class Collected<T> {
  readonly items: T[] = [];
  readonly #places = new Map<string, number>();

  place(content: string, makeItem: () => T): number {
    const known = this.#places.get(content);
    if (known !== undefined) return known;
    const place = this.items.push(makeItem()) - 1;
    this.#places.set(content, place);
    return place;
  }
}

/** A text of one character per byte. */
function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}
