import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { DEDUPLICATION_WINDOW } from '../../store.ts';

/** A batch that was appended: its key and when it came, in milliseconds since the Unix epoch. */
export interface BatchKey {
  readonly key: string;
  readonly received: number;
}

/** How often keys beyond the window are swept, in milliseconds. */
const SWEEP_INTERVAL = 60 * 60 * 1000;

/** What a day's file remembers so that nothing is stored twice: keys of batches, and of records with a unique id. */
export class DayKeys {
  readonly #claimBatch: StatementSync;
  readonly #claimRecord: StatementSync;
  readonly #forgetRecord: StatementSync;
  readonly #sweep: StatementSync;
  readonly #since: StatementSync;
  #nextSweep = 0;

  constructor(database: DatabaseSync) {
    this.#claimBatch = database.prepare(
      'INSERT INTO batch VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET received = excluded.received WHERE received < ?',
    );
    this.#claimRecord = database.prepare('INSERT INTO uid VALUES (?) ON CONFLICT DO NOTHING');
    this.#forgetRecord = database.prepare('DELETE FROM uid WHERE key = ?');
    this.#sweep = database.prepare('DELETE FROM batch WHERE received < ?');
    this.#since = database.prepare('SELECT key, received FROM batch WHERE received >= ?');
  }

  /** Notes a batch; false when it was noted within the window. */
  claimBatch(key: string, receivedAt: number): boolean {
    return this.#claimBatch.run(key, receivedAt, receivedAt - DEDUPLICATION_WINDOW).changes !== 0;
  }

  /** Notes a record's unique key; false when it was noted before. */
  claimRecord(key: Uint8Array): boolean {
    return this.#claimRecord.run(key).changes !== 0;
  }

  forgetRecord(key: Uint8Array): void {
    this.#forgetRecord.run(key);
  }

  /** Forgets, now and then, the batches that the window doesn't hold any more. */
  sweep(now: number): void {
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + SWEEP_INTERVAL;
    this.#sweep.run(now - DEDUPLICATION_WINDOW);
  }

  /** Batches received at or after a time. */
  since(received: number): BatchKey[] {
    const rows = this.#since.all(received) as unknown as [string, number][];
    return rows.map(([key, at]) => ({ key, received: at }));
  }
}
