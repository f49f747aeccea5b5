import type { Chunk } from '../chunk/chunk.ts';
import { type KeyFilterBuilder, keySeed } from '../filter/key-filter.ts';
import type { TextFilterBuilder } from '../filter/text-filter.ts';
import type { BlockKey } from './block-header.ts';
import type { ColumnFilters } from './column-filters.ts';
import { SectionWriter } from './section.ts';
import type { ChunkSite } from './site-table.ts';
import { DictionaryTextsBuilder, TemplateTextsBuilder } from './texts-builder.ts';
import { ValueCursor } from './value-cursor.ts';
import { ValuesBuilder } from './values-builder.ts';

/** The attribute that words are looked for in, beside the body. */
const STACK_TRACE = 'exception.stacktrace';

interface KeyColumn {
  readonly key: string;
  readonly values: ValuesBuilder;
}

/** Gathers the bodies and the attributes of a chunk's rows, column by column. */
export class ValueColumns {
  /** Lists of places among the block's keys; those of the chunk that sites have, in the order of their first appearance. */
  readonly shapes: (readonly number[])[] = [];
  readonly #chunk: Chunk;
  readonly #cursor: ValueCursor;
  readonly #body: ValuesBuilder;
  readonly #columns: KeyColumn[] = [];
  /** By the chunk's shapes: their places in the block, and the columns of their keys. */
  readonly #shapePlaces: (number | undefined)[];
  readonly #shapeColumns: (readonly ValuesBuilder[])[];

  constructor(
    chunk: Chunk,
    sites: readonly ChunkSite[],
    filters: { readonly keys: KeyFilterBuilder; readonly texts: TextFilterBuilder },
  ) {
    const { bytes, tables } = chunk;
    this.#chunk = chunk;
    this.#cursor = new ValueCursor(bytes);
    const bodyFilters: ColumnFilters = { keys: null, texts: filters.texts };
    this.#body = new ValuesBuilder(bytes, chunk.size, bodyFilters, () => new TemplateTextsBuilder(bytes, bodyFilters));
    this.#shapePlaces = new Array(tables.shapes.length);
    this.#shapeColumns = new Array(tables.shapes.length).fill([]);
    const rows = rowsByKey(chunk, sites);
    const places = new Map<number, number>();
    for (const { shape } of sites) {
      if (this.#shapePlaces[shape] !== undefined) continue;
      const keys = tables.shapes[shape]!;
      for (const keyPlace of keys) {
        if (places.has(keyPlace)) continue;
        const key = tables.keys[keyPlace]!;
        const capacity = rows[keyPlace]!;
        const ofKey: ColumnFilters = {
          keys: { builder: filters.keys, seed: keySeed(key) },
          texts: key === STACK_TRACE ? filters.texts : null,
        };
        const makeTexts = () => new DictionaryTextsBuilder(bytes, ofKey, capacity);
        const values = new ValuesBuilder(bytes, capacity, ofKey, makeTexts);
        places.set(keyPlace, this.#columns.push({ key, values }) - 1);
      }
      this.#shapePlaces[shape] = this.shapes.push(keys.map((keyPlace) => places.get(keyPlace)!)) - 1;
      this.#shapeColumns[shape] = keys.map((keyPlace) => this.#columns[places.get(keyPlace)!]!.values);
    }
  }

  /** Takes a row's body and attributes. */
  add(row: number): void {
    const cursor = this.#cursor;
    cursor.position = this.#chunk.bodyAt(row);
    this.#body.add(cursor);
    const columns = this.#shapeColumns[this.#chunk.shape(row)]!;
    for (let index = 0; index < columns.length; index++) columns[index]!.add(cursor);
  }

  /** The place in `shapes` of a shape of the chunk's. */
  shapePlace(chunkShape: number): number {
    return this.#shapePlaces[chunkShape]!;
  }

  get keys(): BlockKey[] {
    return this.#columns.map(({ key, values: { kinds, min, max } }) => ({ key, kinds, min, max }));
  }

  /** A section of one column. Nothing can be added afterwards. */
  writeBody(): Uint8Array {
    const section = new SectionWriter();
    this.#body.write(section);
    section.endColumn();
    return section.finish();
  }

  /** A section with a column for each of `keys`. Nothing can be added afterwards. */
  writeAttributes(): Uint8Array {
    const section = new SectionWriter();
    for (const { values } of this.#columns) {
      values.write(section);
      section.endColumn();
    }
    return section.finish();
  }
}

/** How many rows have each of the chunk's keys. */
function rowsByKey({ tables }: Chunk, sites: readonly ChunkSite[]): Uint32Array {
  const rows = new Uint32Array(tables.keys.length);
  for (const { shape, records } of sites) {
    for (const key of tables.shapes[shape]!) rows[key]! += records;
  }
  return rows;
}
