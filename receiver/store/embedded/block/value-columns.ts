import type { Chunk } from '../chunk/chunk.ts';
import { type KeyFilterBuilder, keySeed } from '../filter/key-filter.ts';
import type { TextFilterBuilder } from '../filter/text-filter.ts';
import type { BlockKey } from './block-header.ts';
import type { ColumnFilters } from './column-filters.ts';
import { Room } from './room.ts';
import type { SectionWriter } from './section.ts';
import type { ChunkSite } from './site-table.ts';
import { DictionaryTextsBuilder, TemplateTextsBuilder } from './texts-builder.ts';
import { ValueCursor } from './value-cursor.ts';
import { ValuesBuilder } from './values-builder.ts';

/** The attribute that words are looked for in, beside the body. */
const STACK_TRACE = 'exception.stacktrace';

interface Filters {
  readonly keys: KeyFilterBuilder;
  readonly texts: TextFilterBuilder;
}

const bodyRoom = new Room((length) => new Uint32Array(length));
const attributeRoom = new Room((length) => new Uint32Array(length));

/** Finds where the values of each column stand in a chunk, then writes one column after the other. */
export class ValueColumns {
  /** Lists of places among the keys: those of the chunk's shapes that sites have, in the order of their first appearance. */
  readonly shapes: (readonly number[])[] = [];
  readonly #cursor: ValueCursor;
  readonly #keys: string[] = [];
  /** By the chunk's shapes, their place in `shapes`. */
  readonly #shapePlaces = new Map<number, number>();
  readonly #bodies: Uint32Array;
  /** Where attributes' values begin: those of the first key in the order of the block, those of the second … */
  readonly #attributes: Uint32Array;
  /** By key, where its values end among `#attributes`; they begin where the key's before end. */
  readonly #ends: Uint32Array;

  /** `order` are the chunk's rows in the order of the block, `sites` all that they are of. */
  constructor(chunk: Chunk, order: Uint32Array, sites: readonly ChunkSite[]) {
    this.#cursor = new ValueCursor(chunk.bytes);
    const counts = this.#placeKeys(chunk, sites);
    this.#ends = new Uint32Array(counts.length);
    let end = 0;
    // First where each key's values begin; walking over the rows moves that to where they end.
    for (const [key, count] of counts.entries()) {
      this.#ends[key] = end;
      end += count;
    }
    this.#bodies = bodyRoom.take(order.length);
    this.#attributes = attributeRoom.take(end);
    this.#findValues(chunk, order);
  }

  /** The place in `shapes` of a shape of the chunk's. */
  shapePlace(chunkShape: number): number {
    return this.#shapePlaces.get(chunkShape)!;
  }

  /** A section of one column. */
  writeBody(section: SectionWriter, { texts }: Filters): Uint8Array {
    const { bytes } = this.#cursor;
    const filters: ColumnFilters = { keys: null, texts };
    const makeTexts = () => new TemplateTextsBuilder(bytes, filters);
    this.#writeValues(section, new ValuesBuilder(bytes, this.#bodies.length, filters, makeTexts), this.#bodies);
    return section.finish();
  }

  /** A section with a column for each key that rows have, and what a header says of the keys, in the same order. */
  writeAttributes(section: SectionWriter, { keys, texts }: Filters): { bytes: Uint8Array; keys: BlockKey[] } {
    const { bytes } = this.#cursor;
    let start = 0;
    const facts = this.#keys.map((key, place): BlockKey => {
      const starts = this.#attributes.subarray(start, this.#ends[place]!);
      start = this.#ends[place]!;
      const filters: ColumnFilters = {
        keys: { builder: keys, seed: keySeed(key) },
        texts: key === STACK_TRACE ? texts : null,
      };
      const makeTexts = () => new DictionaryTextsBuilder(bytes, starts.length, filters);
      const values = new ValuesBuilder(bytes, starts.length, filters, makeTexts);
      this.#writeValues(section, values, starts);
      return { key, kinds: values.kinds, min: values.min, max: values.max };
    });
    return { bytes: section.finish(), keys: facts };
  }

  #writeValues(section: SectionWriter, values: ValuesBuilder, starts: Uint32Array): void {
    const cursor = this.#cursor;
    for (let index = 0; index < starts.length; index++) {
      cursor.position = starts[index]!;
      values.add(cursor);
    }
    values.write(section);
    section.endColumn();
  }

  /** Numbers the shapes and the keys, and counts each key's values. */
  #placeKeys({ tables }: Chunk, sites: readonly ChunkSite[]): number[] {
    const places = new Map<number, number>();
    const counts: number[] = [];
    for (const { shape, records } of sites) {
      let place = this.#shapePlaces.get(shape);
      if (place === undefined) {
        const keys = tables.shapes[shape]!.map((key) => {
          const known = places.get(key);
          if (known !== undefined) return known;
          places.set(key, this.#keys.push(tables.keys[key]!) - 1);
          counts.push(0);
          return this.#keys.length - 1;
        });
        place = this.shapes.push(keys) - 1;
        this.#shapePlaces.set(shape, place);
      }
      for (const key of this.shapes[place]!) counts[key]! += records;
    }
    return counts;
  }

  #findValues(chunk: Chunk, order: Uint32Array): void {
    const cursor = this.#cursor;
    const next = this.#ends;
    const shapes = chunk.tables.shapes.map((_, shape) => this.shapes[this.#shapePlaces.get(shape) ?? -1] ?? []);
    for (let index = 0; index < order.length; index++) {
      const row = order[index]!;
      cursor.position = chunk.bodyAt(row);
      this.#bodies[index] = cursor.position;
      cursor.skipValue();
      const keys = shapes[chunk.shape(row)]!;
      for (let place = 0; place < keys.length; place++) {
        const key = keys[place]!;
        this.#attributes[next[key]!++] = cursor.position;
        cursor.skipValue();
      }
    }
  }
}
