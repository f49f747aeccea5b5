import { END } from './text-classes.ts';
import type { TextTemplates } from './text-templates.ts';

const CAPACITY = 1 << 16;
const MOST_TEXTS = 1024;

/** Reused by every search of this thread. */
const shared = Buffer.allocUnsafeSlow(CAPACITY);

/** Folded texts one after another, so that one look goes through many of them. */
export class TextBatch {
  readonly #templates: TextTemplates;
  readonly #needle: Uint8Array;
  readonly #marks: Uint8Array;
  #bytes = shared;
  #length = 0;
  readonly #places = new Uint32Array(MOST_TEXTS);
  readonly #ends = new Uint32Array(MOST_TEXTS);
  #size = 0;

  /** Sets `marks[place]` for each text that has the needle: UTF-8 of a folded text. */
  constructor(templates: TextTemplates, needle: Uint8Array, marks: Uint8Array) {
    this.#templates = templates;
    this.#needle = needle;
    this.#marks = marks;
  }

  add(place: number, template: number, rank: number): void {
    const room = this.#templates.room(template) + 1;
    if (this.#length + room > this.#bytes.length || this.#size === MOST_TEXTS) {
      this.finish();
      if (room > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(room);
    }
    const end = this.#templates.copyFolded(template, rank, this.#bytes, this.#length);
    // No needle has this byte, so none is found across two texts.
    this.#bytes[end] = END;
    this.#length = end + 1;
    this.#places[this.#size] = place;
    this.#ends[this.#size++] = this.#length;
  }

  /** Looks through the texts added since the last time. */
  finish(): void {
    const texts = this.#bytes.subarray(0, this.#length);
    let text = 0;
    let found = texts.indexOf(this.#needle);
    while (found >= 0) {
      while (this.#ends[text]! <= found) text++;
      this.#marks[this.#places[text]!] = 1;
      found = texts.indexOf(this.#needle, this.#ends[text]!);
    }
    this.#length = 0;
    this.#size = 0;
  }
}
