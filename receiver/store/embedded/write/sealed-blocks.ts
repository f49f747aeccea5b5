import { Block } from '../block/block.ts';
import { readBlockHeader } from '../block/block-header.ts';
import type { BlockSource, DayParts } from '../block/block-source.ts';
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
    this.parts = new StoredParts((what, work) => this.#ask(what, work));
  }

  /** Throws a DamagedBytesError for a block that is not there; what is damaged inside shows when it is read. */
  read(id: number): Block {
    const header = this.#ask(`the header of block ${id}`, (file) => file.header(id));
    const source: BlockSource = {
      day: this.#tables.day,
      parts: this.parts,
      section: (name) => this.#ask(`the ${name} of block ${id}`, (file) => file.section(id, name)),
    };
    return new Block(source, readBlockHeader(header));
  }

  [Symbol.dispose](): void {
    this.#file.close();
  }

  #ask<T>(what: string, work: (file: DayFile) => T | null): T {
    const answer = work(this.#file);
    if (answer === null) throw new DamagedBytesError(`${what} is not there`);
    return answer;
  }
}
