import type { DatabaseSync } from 'node:sqlite';
import type { Day } from '../day.ts';
import { inTransaction } from '../sqlite.ts';
import { BlockTable } from './block-table.ts';
import { type DayDatabaseOptions, openDayDatabase } from './day-database.ts';
import { DayKeys } from './day-keys.ts';
import { HotTable } from './hot-table.ts';
import { LoggerTable } from './logger-table.ts';
import { Numbers } from './numbers.ts';
import { PartTables } from './part-tables.ts';
import type { BlockLimits } from './upkeep-plan.ts';

export interface DayOptions extends DayDatabaseOptions {
  readonly day: Day;
  readonly limits: BlockLimits;
  /** Told of each step of a change (`append written`, `append committed`), for crash tests to end the process there. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/** One day's file, open for writing: its tables, and the transactions that change them. */
export class DayTables {
  readonly day: Day;
  readonly path: string;
  readonly limits: BlockLimits;
  readonly database: DatabaseSync;
  readonly numbers: Numbers;
  readonly hot: HotTable;
  readonly blocks: BlockTable;
  readonly loggers: LoggerTable;
  readonly parts: PartTables;
  readonly keys: DayKeys;
  readonly #unreadableBlocks = new Set<number>();
  readonly #onStep: ((step: string) => void) | undefined;

  constructor(options: DayOptions) {
    this.day = options.day;
    this.path = options.path;
    this.limits = options.limits;
    this.#onStep = options.onStep;
    this.database = openDayDatabase(options);
    try {
      this.numbers = new Numbers(this.database);
      this.hot = new HotTable(this.database, this.numbers);
      this.blocks = new BlockTable(this.database, this.numbers);
      this.loggers = new LoggerTable(this.database);
      this.parts = new PartTables(this.database);
      this.keys = new DayKeys(this.database);
    } catch (error) {
      this.database.close();
      throw error;
    }
  }

  /** All that `work` changes is kept, or nothing. `name` is what steps call it. */
  transaction<T>(name: string, work: () => T): T {
    try {
      const result = inTransaction(this.database, () => {
        const outcome = work();
        this.numbers.save();
        this.#onStep?.(`${name} written`);
        return outcome;
      });
      this.#onStep?.(`${name} committed`);
      return result;
    } catch (error) {
      this.#reload();
      throw error;
    }
  }

  /** Leaves a block that cannot be read out of merging. */
  leaveBlock(id: number): void {
    this.#unreadableBlocks.add(id);
  }

  isUnreadable(block: number): boolean {
    return this.#unreadableBlocks.has(block);
  }

  close(): void {
    this.database.close();
  }

  #reload(): void {
    try {
      this.numbers.reload();
      this.hot.reload();
    } catch {
      // The file cannot even be read; whoever caught the failure closes it.
    }
  }
}
