import { copyBytes } from './text-run.ts';

const FIRST_TEMPLATES = 64;
const FIRST_BYTES = 4096;
/** Templates beyond it are too many for a text's hash to be looked up in; chance never gets there, hostile logs might. */
const MOST_PROBES = 32;
const NONE = -1;

/** Skeletons, each once: found by hash, believed only after comparing every byte. */
export class TemplateTable {
  size = 0;
  bytes = new Uint8Array(FIRST_BYTES);
  /** Where every template's skeleton ends in `bytes`; one begins where the one before it ends. */
  ends = new Uint32Array(FIRST_TEMPLATES);
  #hashes = new Int32Array(FIRST_TEMPLATES);
  /** Open addressing: places of templates plus one, 0 where there is none. */
  #table = new Int32Array(FIRST_TEMPLATES * 4);

  start(template: number): number {
    return template === 0 ? 0 : this.ends[template - 1]!;
  }

  /** The place of the template with this skeleton; −1 when there is none. */
  find(skeleton: Uint8Array, length: number, hash: number): number {
    const table = this.#table;
    const mask = table.length - 1;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const template = table[(hash + probe) & mask]! - 1;
      if (template === NONE) return NONE;
      if (this.#hashes[template] === hash && this.#equals(template, skeleton, length)) return template;
    }
    return NONE;
  }

  /** The new template's place. The skeleton must not be there yet. */
  add(skeleton: Uint8Array, length: number, hash: number): number {
    const template = this.size++;
    if (template === this.ends.length) this.#growTable();
    const start = this.start(template);
    if (start + length > this.bytes.length) {
      const grown = new Uint8Array(Math.max(start + length, this.bytes.length * 2));
      grown.set(this.bytes.subarray(0, start));
      this.bytes = grown;
    }
    this.ends[template] = copyBytes(skeleton, 0, length, this.bytes, start);
    this.#hashes[template] = hash;
    this.#enter(template, hash);
    return template;
  }

  #equals(template: number, skeleton: Uint8Array, length: number): boolean {
    const start = this.start(template);
    if (this.ends[template]! - start !== length) return false;
    const bytes = this.bytes;
    for (let index = 0; index < length; index++) if (bytes[start + index] !== skeleton[index]) return false;
    return true;
  }

  /** A template that finds no place near its hash is not entered: it is never found again, and no harm is done. */
  #enter(template: number, hash: number): void {
    const mask = this.#table.length - 1;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const place = (hash + probe) & mask;
      if (this.#table[place] !== 0) continue;
      this.#table[place] = template + 1;
      return;
    }
  }

  #growTable(): void {
    const capacity = this.ends.length * 2;
    const ends = new Uint32Array(capacity);
    ends.set(this.ends);
    this.ends = ends;
    const hashes = new Int32Array(capacity);
    hashes.set(this.#hashes);
    this.#hashes = hashes;
    this.#table = new Int32Array(capacity * 4);
    for (let template = 0; template < this.size - 1; template++) this.#enter(template, hashes[template]!);
  }
}
