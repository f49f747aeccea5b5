/** Bytes that a writer begins with, and that are kept for the next. */
const FIRST_ROOM = 256 * 1024;
const MOST_KEPT_ROOM = 2 * 1024 * 1024;
/** Bytes that UTF-8 takes for one of UTF-16's units, at most. */
const LONGEST_UNIT = 3;
/** Characters from which it is worth to measure a text rather than to have room for the worst. */
const WORTH_MEASURING = 16 * 1024;
/** Up to so many characters, going through a text here is faster than a call of Node's own code. */
const LONGEST_PLAIN = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const DELETE = 0x7f;

/** Memory that a writer is done with: new memory costs more than what is written to it. */
let keptRoom: Buffer | undefined;

/** JSON as bytes, written one after the other: no text is made of them in between, which would be twice the work. */
export class JsonWriter {
  #bytes: Buffer;
  /** Bytes written. Setting it back takes back what was written since. */
  length = 0;

  constructor() {
    this.#bytes = keptRoom ?? Buffer.allocUnsafeSlow(FIRST_ROOM);
    keptRoom = undefined;
  }

  /** JSON that is bytes already. */
  raw(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  /** JSON of ASCII characters alone. */
  ascii(text: string): void {
    this.#makeRoom(text.length);
    const bytes = this.#bytes;
    let at = this.length;
    for (let index = 0; index < text.length; index++) bytes[at++] = text.charCodeAt(index);
    this.length = at;
  }

  /** A text, in quotes. */
  string(text: string): void {
    if (text.length > LONGEST_PLAIN || !this.#plain(text)) this.#any(JSON.stringify(text));
  }

  /** A part of what was written. Later writing does not change it, unless something was taken back. */
  part(start: number, end: number): Buffer {
    return this.#bytes.subarray(start, end);
  }

  /** Takes back all but what was written from there on. */
  keepFrom(start: number): void {
    this.#bytes.copyWithin(0, start, this.length);
    this.length -= start;
  }

  /** The writer, and the parts it gave out, are of no use any more. */
  close(): void {
    if (this.#bytes.length <= MOST_KEPT_ROOM) keptRoom = this.#bytes;
  }

  /** False, and nothing written, when the text has more than plain characters. */
  #plain(text: string): boolean {
    this.#makeRoom(text.length + 2);
    const bytes = this.#bytes;
    let at = this.length;
    bytes[at++] = QUOTE;
    for (let index = 0; index < text.length; index++) {
      const unit = text.charCodeAt(index);
      if (unit < SPACE || unit >= DELETE || unit === QUOTE || unit === BACKSLASH) return false;
      bytes[at++] = unit;
    }
    bytes[at++] = QUOTE;
    this.length = at;
    return true;
  }

  #any(text: string): void {
    this.#makeRoom(text.length > WORTH_MEASURING ? Buffer.byteLength(text) : text.length * LONGEST_UNIT);
    this.length += this.#bytes.write(text, this.length);
  }

  #makeRoom(bytes: number): void {
    const needed = this.length + bytes;
    if (needed <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(larger, 0, 0, this.length);
    this.#bytes = larger;
  }
}
