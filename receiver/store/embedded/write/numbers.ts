import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { StoreError } from '../../errors.ts';
import { DamagedBytesError } from '../bytes.ts';

/** Rows hold sequences in four bytes. */
const MAX_SEQUENCE = 2 ** 32 - 1;

/** The numbers a day's file gives to records, hot chunks and blocks: each once, in order. */
export class Numbers {
  readonly #read: StatementSync;
  readonly #save: StatementSync;
  #sequence = 1;
  #hot = 1;
  #block = 1;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare('SELECT sequence, hot, block FROM next');
    this.#save = database.prepare('UPDATE next SET sequence = ?, hot = ?, block = ?');
    this.reload();
  }

  /** To be called when a transaction was taken back. */
  reload(): void {
    const row = this.#read.get() as unknown as [number, number, number] | undefined;
    if (!row) throw new DamagedBytesError('the numbers to be given next are missing');
    [this.#sequence, this.#hot, this.#block] = row;
  }

  sequence(): number {
    if (this.#sequence > MAX_SEQUENCE) throw new StoreError(`a day cannot hold more than ${MAX_SEQUENCE} records`);
    return this.#sequence++;
  }

  hot(): number {
    return this.#hot++;
  }

  block(): number {
    return this.#block++;
  }

  /** Keeps what was given; part of the transaction that uses it. */
  save(): void {
    this.#save.run(this.#sequence, this.#hot, this.#block);
  }

  /** For records that have their sequences already: new ones follow behind `sequence`. */
  startBehind(sequence: number): void {
    this.#sequence = Math.max(this.#sequence, sequence + 1);
  }
}
