import { copyBytes } from './text-run.ts';

const FIRST_TOKENS = 256;
const FIRST_BYTES = 4096;

/** Copies of tokens, one after another. */
export class TokenStore {
  size = 0;
  bytes = new Uint8Array(FIRST_BYTES);
  /** Where every token ends in `bytes`; one begins where the one before it ends. */
  ends = new Uint32Array(FIRST_TOKENS);
  /** The classes of every token's bytes (text-classes.ts). */
  classes = new Uint8Array(FIRST_TOKENS);
  #end = 0;

  start(token: number): number {
    return token === 0 ? 0 : this.ends[token - 1]!;
  }

  add(bytes: Uint8Array, start: number, end: number, classes: number): void {
    if (this.#end + end - start > this.bytes.length) this.#growBytes(end - start);
    if (this.size === this.ends.length) this.#growTokens();
    this.#end = copyBytes(bytes, start, end, this.bytes, this.#end);
    this.classes[this.size] = classes;
    this.ends[this.size++] = this.#end;
  }

  #growBytes(needed: number): void {
    const grown = new Uint8Array(Math.max(this.#end + needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.#end));
    this.bytes = grown;
  }

  #growTokens(): void {
    const ends = new Uint32Array(this.ends.length * 2);
    ends.set(this.ends);
    this.ends = ends;
    const classes = new Uint8Array(ends.length);
    classes.set(this.classes);
    this.classes = classes;
  }
}
