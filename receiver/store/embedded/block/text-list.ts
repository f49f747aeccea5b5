import { fold } from '../../../query/fold.ts';
import { type ByteReader, DamagedBytesError } from '../bytes.ts';

/** Texts by place, searched all at once: what a TextColumn gives, and PlainTexts for a few. */
export interface TextList {
  readonly size: number;
  readonly heldBytes: number;
  text(place: number): string;
  markContaining(foldedNeedle: string, wanted: Uint8Array | null, marks: Uint8Array): void;
  markEqual(text: string, wanted: Uint8Array | null, marks: Uint8Array): void;
  markPrefix(prefix: string, wanted: Uint8Array | null, marks: Uint8Array): void;
}

/** A few texts, as they are. */
export class PlainTexts implements TextList {
  readonly #texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.#texts = texts;
  }

  static read(reader: ByteReader, size: number): PlainTexts {
    const texts: string[] = [];
    for (let left = size; left > 0; left--) {
      const bytes = reader.raw(reader.varint());
      texts.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString());
    }
    return new PlainTexts(texts);
  }

  get size(): number {
    return this.#texts.length;
  }

  get heldBytes(): number {
    return this.#texts.reduce((sum, text) => sum + 2 * text.length, 0);
  }

  text(place: number): string {
    const text = this.#texts[place];
    if (text === undefined) throw new DamagedBytesError(`there is no text ${place} of ${this.#texts.length}`);
    return text;
  }

  markContaining(foldedNeedle: string, wanted: Uint8Array | null, marks: Uint8Array): void {
    this.#mark(wanted, marks, (text) => fold(text).includes(foldedNeedle));
  }

  markEqual(sought: string, wanted: Uint8Array | null, marks: Uint8Array): void {
    this.#mark(wanted, marks, (text) => text === sought);
  }

  markPrefix(prefix: string, wanted: Uint8Array | null, marks: Uint8Array): void {
    this.#mark(wanted, marks, (text) => text.startsWith(prefix));
  }

  #mark(wanted: Uint8Array | null, marks: Uint8Array, matches: (text: string) => boolean): void {
    for (const [place, text] of this.#texts.entries()) {
      if ((!wanted || wanted[place] === 1) && matches(text)) marks[place] = 1;
    }
  }
}
