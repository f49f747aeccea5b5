import { Block } from '../block/block.ts';
import type { DayParts } from '../block/block-source.ts';
import { DamagedBytesError } from '../bytes.ts';
import { DayFile } from '../read/day-file.ts';
import { StoredParts } from '../read/stored-parts.ts';
import type { DayTables } from './day-tables.ts';

/** A day's blocks as they are read, for the writer to merge them or to take records out: as of the last commit. */
export class SealedBlocks {
  readonly parts: DayParts;
  readonly #tables: DayTables;
  readonly #file: DayFile;

  constructor(tables: DayTables) {
    this.#tables = tables;
    this.#file = new DayFile(tables.path);
    this.parts = new StoredParts((work) => work(this.#file));
  }

  /** Throws a DamagedBytesError for a block that is not there; what is damaged inside shows when it is read. */
  read(id: number): Block {
    const present = (bytes: Uint8Array | null) => {
      if (bytes === null) throw new DamagedBytesError(`a part of block ${id} is not there`);
      return bytes;
    };
    return new Block({
      day: this.#tables.day,
      parts: this.parts,
      header: () => present(this.#file.header(id)),
      section: (name) => present(this.#file.section(id, name)),
    });
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }
}
