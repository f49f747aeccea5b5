import type { BlockKey } from '../block/block-header.ts';
import type { SectionName } from '../block/block-source.ts';
import { SectionReader } from '../block/section.ts';
import type { PartBytes } from './inspection.ts';

/** Clients may name as many attributes as they like; so many are listed by name. */
const ATTRIBUTES = 1000;
const OTHER_ATTRIBUTES = 'other attributes';

/** What the columns of the sections with a fixed number of them hold. */
const COLUMNS: Readonly<Record<Exclude<SectionName, 'attributes'>, readonly string[]>> = {
  places: ['times, sequences, sites, resources'],
  ids: ['observed times', 'trace ids', 'span ids', 'event names', 'dropped attributes'],
  body: ['bodies'],
};

/** Sums bytes by what they are of. */
export class BytesByPart {
  readonly #parts = new Map<string, number>();
  #sum = 0;

  get sum(): number {
    return this.#sum;
  }

  add(name: string, bytes: number): void {
    this.#parts.set(name, (this.#parts.get(name) ?? 0) + bytes);
    this.#sum += bytes;
  }

  /** Adds a section of a block column by column. Throws a DamagedBytesError for one that cannot be read. */
  addSection(name: SectionName, bytes: Uint8Array, keys: readonly BlockKey[]): void {
    const columns = new SectionReader(bytes).storedBytes();
    for (const [place, stored] of columns.entries()) {
      this.add(name === 'attributes' ? this.#attributeName(keys[place]?.key) : (COLUMNS[name][place] ?? name), stored);
    }
    this.add('checksums and directories', bytes.length - columns.reduce((sum, stored) => sum + stored, 0));
  }

  /** The largest first, in whole bytes. */
  list(): PartBytes[] {
    return Array.from(this.#parts, ([name, bytes]) => ({ name, bytes: Math.round(bytes) })).sort(
      (one, other) => other.bytes - one.bytes,
    );
  }

  #attributeName(key: string | undefined): string {
    const name = `attribute ${key}`;
    return this.#parts.has(name) || this.#parts.size < ATTRIBUTES ? name : OTHER_ATTRIBUTES;
  }
}
