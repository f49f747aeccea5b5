import { TEXT_FILTER_MARGIN } from '../filter/text-filter.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { writeCodes } from './codes.ts';
import type { ColumnFilters } from './column-filters.ts';
import { Room } from './room.ts';
import type { SectionWriter } from './section.ts';
import { TextColumnBuilder } from './text/text-column-builder.ts';

/** Fewer texts are kept as they are: templates would not pay. */
const TEMPLATES_FROM = 16;
/** How the different texts of a column are kept. */
export const TEXT_LIST = { plain: 0, templates: 1 } as const;

/** Takes the texts of a column, as UTF-8 in a chunk's bytes, and writes them. */
export interface TextsBuilder {
  add(start: number, end: number): void;
  write(section: SectionWriter): void;
}

const placeRoom = new Room((length) => new Uint32Array(length));

/** Texts that repeat: each different one is kept once, beside which of them every value is. One is in use at a time. */
export class DictionaryTextsBuilder implements TextsBuilder {
  readonly #bytes: Uint8Array;
  readonly #filters: ColumnFilters;
  readonly #places: Uint32Array;
  readonly #dictionary: ByteDictionary;
  #size = 0;

  /** At most `capacity` texts will come. */
  constructor(bytes: Uint8Array, capacity: number, filters: ColumnFilters) {
    this.#bytes = bytes;
    this.#filters = filters;
    this.#places = placeRoom.take(capacity);
    this.#dictionary = new ByteDictionary(bytes, capacity);
  }

  add(start: number, end: number): void {
    this.#places[this.#size++] = this.#dictionary.placeOf(start, end);
  }

  write(section: SectionWriter): void {
    const bytes = this.#bytes;
    const dictionary = this.#dictionary;
    const { keys, texts } = this.#filters;
    section.meta.varint(dictionary.size);
    writeCodes(section, this.#places.subarray(0, this.#size), dictionary.size);
    const templates = dictionary.size < TEMPLATES_FROM ? null : new TemplateTextsBuilder(bytes, this.#filters);
    section.meta.byte(templates ? TEXT_LIST.templates : TEXT_LIST.plain);
    for (let place = 0; place < dictionary.size; place++) {
      const start = dictionary.start(place);
      const end = dictionary.end(place);
      keys?.builder.addText(keys.seed, bytes, start, end);
      if (templates) templates.add(start, end);
      else {
        texts?.add(bytes, start, end);
        section.meta.bytes(bytes.subarray(start, end));
      }
    }
    templates?.write(section);
  }
}

/** Texts that hardly repeat as a whole, such as bodies: each is kept by itself, as its template's slots. */
export class TemplateTextsBuilder implements TextsBuilder {
  readonly #bytes: Uint8Array;
  readonly #builder: TextColumnBuilder;

  constructor(bytes: Uint8Array, { texts }: ColumnFilters) {
    this.#bytes = bytes;
    this.#builder = new TextColumnBuilder(
      texts && { margin: TEXT_FILTER_MARGIN, onRegion: (bytes, start, end) => texts.add(bytes, start, end) },
    );
  }

  add(start: number, end: number): void {
    this.#builder.add(this.#bytes, start, end);
  }

  write(section: SectionWriter): void {
    this.#builder.write((stream) => section.add(stream));
  }
}
