import { StoreUnavailableError } from '../../errors.ts';
import type { Database } from '../database.ts';
import type { JournalDocument } from '../documents.ts';
import { encodeIds } from './encoded-ids.ts';
import type { Step } from './lanes.ts';

/** Somebody took a step for one that nobody finishes: it counts nothing, and has to be begun again. */
export class TakenOverError extends StoreUnavailableError {
  constructor() {
    super('another receiver is storing the same request; send it again');
  }
}

/**
 * What is under way. MongoDB's standalone servers know no transactions, so a step is written down before its first
 * change and crossed out after its last. Each record is counted by the one step in its `storedBy`. A step counts only
 * after it said that it stores nothing more, and others take its records over only where it did not say so: so it is
 * safe to take any step over at any time, whether its receiver is dead or slow.
 */
export class Journal {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes a new step down. */
  async open({ id }: Pick<Step, 'id'>, at: Date, ids: readonly string[]): Promise<void> {
    await this.#database.journal.insertOne({ _id: id, at, records: encodeIds(ids) });
  }

  /** The step is about other records. Throws a TakenOverError. */
  async change({ id }: Pick<Step, 'id'>, ids: readonly string[]): Promise<void> {
    await this.#update(id, { $set: { records: encodeIds(ids) } });
  }

  /** The step stores nothing more, and is about to count. Throws a TakenOverError. */
  async beginCounting({ id }: Pick<Step, 'id'>): Promise<void> {
    await this.#update(id, { $set: { state: 'counting' } });
  }

  /** Lets others have the records of a step that is not counting yet; nothing when it is by now. */
  async takeOver(id: string): Promise<void> {
    await this.#database.journal.updateOne({ _id: id, state: { $exists: false } }, { $set: { state: 'taken' } });
  }

  /** Writes a step down again that others took over, and crossed out by now, although it went on storing. */
  async putBack({ id }: Pick<Step, 'id'>, at: Date, ids: readonly string[]): Promise<void> {
    const taken = { state: 'taken', at, records: encodeIds(ids) } as const;
    await this.#database.journal.updateOne({ _id: id }, { $setOnInsert: taken }, { upsert: true });
  }

  async close({ id }: Pick<Step, 'id'>): Promise<void> {
    await this.#database.journal.deleteOne({ _id: id });
  }

  async #update(id: string, update: { readonly $set: Partial<JournalDocument> }): Promise<void> {
    const { matchedCount } = await this.#database.journal.updateOne({ _id: id, state: { $exists: false } }, update);
    if (matchedCount === 0) throw new TakenOverError();
  }
}
