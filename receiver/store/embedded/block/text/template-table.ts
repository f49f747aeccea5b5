import { copyBytes } from './text-run.ts';

const FIRST_TEMPLATES = 64;
const FIRST_BYTES = 4096;
/** Places near its hash that a template is looked for at; chance hardly gets there, and hostile logs get no further. */
const MOST_PROBES = 32;
const HASH_FACTOR = 0x9e3779b1;

/** A skeleton in the making; read four bytes at a time, so those behind the last one are zeros. */
export class SkeletonBuffer {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  #length = 0;

  /** @param capacity - a multiple of 4 */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
    this.words = new Uint32Array(this.bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** Says that `bytes[0 … length − 1]` are the skeleton. */
  finish(length: number): void {
    for (let index = length; index % 4 !== 0; index++) this.bytes[index] = 0;
    this.#length = length;
  }
}

/** Skeletons, each once: found by hash, believed only after comparing every byte. */
export class TemplateTable {
  size = 0;
  bytes = new Uint8Array(FIRST_BYTES);
  /** Where every template's skeleton ends in `bytes`; one begins at the next multiple of 4 after the one before it. */
  ends = new Uint32Array(FIRST_TEMPLATES);
  #words = new Uint32Array(this.bytes.buffer);
  #hashes = new Int32Array(FIRST_TEMPLATES);
  /** Open addressing: places of templates plus one, 0 where there is none. */
  #table = new Int32Array(FIRST_TEMPLATES * 4);
  /** Hashes start from a secret, so that nobody can write logs that collide. */
  readonly #seed = (Math.random() * 0x1_0000_0000) | 0;

  start(template: number): number {
    return template === 0 ? 0 : (this.ends[template - 1]! + 3) & ~3;
  }

  /** The place of the template with this skeleton; it is added, as the last one, when it is new. */
  placeOf(skeleton: SkeletonBuffer): number {
    const hash = this.#hashOf(skeleton);
    const table = this.#table;
    const mask = table.length - 1;
    for (let probe = 0; probe < MOST_PROBES; probe++) {
      const entry = table[(hash + probe) & mask]!;
      if (entry === 0) break;
      if (this.#hashes[entry - 1] === hash && this.#equals(entry - 1, skeleton)) return entry - 1;
    }
    return this.#add(skeleton, hash);
  }

  #hashOf({ words, length }: SkeletonBuffer): number {
    let hash = this.#seed ^ length;
    for (let index = 0; index << 2 < length; index++) {
      hash = Math.imul(hash ^ words[index]!, HASH_FACTOR);
      hash ^= hash >>> 15;
    }
    return hash;
  }

  #equals(template: number, { words, length }: SkeletonBuffer): boolean {
    const start = this.start(template);
    if (this.ends[template]! - start !== length) return false;
    const known = this.#words;
    const first = start >> 2;
    for (let index = 0; index << 2 < length; index++) if (known[first + index] !== words[index]) return false;
    return true;
  }

  #add({ bytes, length }: SkeletonBuffer, hash: number): number {
    const template = this.size++;
    if (template === this.ends.length) this.#growTable();
    const start = this.start(template);
    if (start + length > this.bytes.length) this.#growBytes(start, start + length);
    this.ends[template] = copyBytes(bytes, 0, length, this.bytes, start);
    this.#hashes[template] = hash;
    this.#enter(template, hash);
    return template;
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

  #growBytes(used: number, needed: number): void {
    // A multiple of 4, as the first ones are.
    const grown = new Uint8Array(Math.max((needed + 3) & ~3, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, used));
    this.bytes = grown;
    this.#words = new Uint32Array(grown.buffer);
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
