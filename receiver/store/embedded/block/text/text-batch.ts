import type { Segment } from './judge.ts';
import type { Needle } from './needle.ts';
import { END } from './text-classes.ts';
import type { TextTemplates } from './text-templates.ts';

const CAPACITY = 1 << 16;
const MOST_PARTS = 4096;

/** Reused by every search of this thread. */
const shared = Buffer.allocUnsafeSlow(CAPACITY);

/** Parts of folded texts one after another, so that one look goes through many of them. */
export class TextBatch {
  readonly #templates: TextTemplates;
  readonly #needle: Needle;
  readonly #marks: Uint8Array;
  #bytes = shared;
  #length = 0;
  readonly #places = new Uint32Array(MOST_PARTS);
  readonly #ends = new Uint32Array(MOST_PARTS);
  #size = 0;

  /** Sets `marks[place]` for each text that has the needle. */
  constructor(templates: TextTemplates, needle: Needle, marks: Uint8Array) {
    this.#templates = templates;
    this.#needle = needle;
    this.#marks = marks;
  }

  /** Adds parts of a text: those that the needle could be in. */
  add(place: number, template: number, rank: number, segments: readonly Segment[]): void {
    const room = this.#templates.room(template) + segments.length;
    if (this.#length + room > this.#bytes.length || this.#size + segments.length > MOST_PARTS) {
      this.finish();
      if (room > this.#bytes.length) this.#bytes = Buffer.allocUnsafeSlow(room);
    }
    for (const segment of segments) {
      const end = this.#templates.copyFolded(template, segment, rank, this.#bytes, this.#length);
      // No needle has this byte, so none is found across two parts.
      this.#bytes[end] = END;
      this.#length = end + 1;
      this.#places[this.#size] = place;
      this.#ends[this.#size++] = this.#length;
    }
  }

  /** Looks through what was added since the last time. */
  finish(): void {
    const texts = this.#bytes.subarray(0, this.#length);
    let part = 0;
    let found = texts.indexOf(this.#needle.bytes);
    while (found >= 0) {
      while (this.#ends[part]! <= found) part++;
      this.#marks[this.#places[part]!] = 1;
      found = texts.indexOf(this.#needle.bytes, this.#ends[part]!);
    }
    this.#length = 0;
    this.#size = 0;
  }
}
