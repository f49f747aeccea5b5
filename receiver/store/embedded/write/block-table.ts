import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { EncodedBlock } from '../block/build-block.ts';
import type { Numbers } from './numbers.ts';
import { SECTIONS, sectionId } from './schema.ts';
import type { SmallBlock } from './upkeep-plan.ts';

/** A block as its row tells, without what it holds. */
export interface BlockRow extends SmallBlock {
  /** Nanoseconds since the day's start. */
  readonly minTime: number;
  readonly maxTime: number;
}

/** The tables `block`, `filter` and `section`. */
export class BlockTable {
  readonly #numbers: Numbers;
  readonly #list: StatementSync;
  readonly #insertBlock: StatementSync;
  readonly #insertFilter: StatementSync;
  readonly #insertSection: StatementSync;
  readonly #deleteBlock: StatementSync;
  readonly #deleteFilter: StatementSync;
  readonly #deleteSection: StatementSync;

  constructor(database: DatabaseSync, numbers: Numbers) {
    this.#numbers = numbers;
    this.#list = database.prepare('SELECT id, records, bytes, min_time, max_time FROM block ORDER BY id');
    this.#insertBlock = database.prepare('INSERT INTO block VALUES (?, ?, ?, ?, ?, ?)');
    this.#insertFilter = database.prepare('INSERT INTO filter VALUES (?, ?, ?)');
    this.#insertSection = database.prepare('INSERT INTO section VALUES (?, ?)');
    this.#deleteBlock = database.prepare('DELETE FROM block WHERE id = ?');
    this.#deleteFilter = database.prepare('DELETE FROM filter WHERE block = ?');
    this.#deleteSection = database.prepare('DELETE FROM section WHERE id = ?');
  }

  rows(): BlockRow[] {
    const rows = this.#list.all() as unknown as [number, number, number, number, number][];
    return rows.map(([id, records, bytes, minTime, maxTime]) => ({ id, records, bytes, minTime, maxTime }));
  }

  /** `bytes`: how large it counts as when small blocks are put together (`bytesAsBlock`). */
  add(block: EncodedBlock, bytes: number): void {
    const id = this.#numbers.block();
    this.#insertBlock.run(id, block.records, bytes, block.minTime, block.maxTime, block.header);
    this.#insertFilter.run(id, block.textFilter, block.keyFilter);
    for (const name of SECTIONS) this.#insertSection.run(sectionId(id, name), block[name]);
  }

  remove(id: number): void {
    this.#deleteBlock.run(id);
    this.#deleteFilter.run(id);
    for (const name of SECTIONS) this.#deleteSection.run(sectionId(id, name));
  }
}
