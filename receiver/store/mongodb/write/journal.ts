import { Binary } from 'mongodb';
import { formatId, type Position, parseId } from '../../common/ids.ts';
import { StoreUnavailableError } from '../../errors.ts';
import type { Database } from '../database.ts';
import type { JournalDocument } from '../documents.ts';
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
  async open(
    step: Pick<Step, 'id'>,
    { ids, ...rest }: Pick<JournalDocument, 'kind' | 'at' | 'counts'> & { readonly ids: readonly string[] },
  ): Promise<void> {
    await this.#database.journal.insertOne({ _id: step.id, ...rest, records: encodeIds(ids) });
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
    const taken = { kind: 'append', state: 'taken', at, records: encodeIds(ids) } as const;
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

const POSITION_BYTES = 16;

function encodeIds(ids: readonly string[]): Binary {
  const bytes = Buffer.allocUnsafe(ids.length * POSITION_BYTES);
  for (const [index, id] of ids.entries()) {
    const { timestamp, sequence } = parseId(id) as Position;
    bytes.writeBigInt64LE(timestamp, index * POSITION_BYTES);
    bytes.writeBigInt64LE(BigInt(sequence), index * POSITION_BYTES + 8);
  }
  return new Binary(bytes);
}

/** The ids that a step was written down with. */
export function journalIds({ records }: Pick<JournalDocument, 'records'>): string[] {
  const bytes = Buffer.from(records.buffer);
  return Array.from({ length: records.length() / POSITION_BYTES }, (_, index) =>
    formatId(bytes.readBigInt64LE(index * POSITION_BYTES), Number(bytes.readBigInt64LE(index * POSITION_BYTES + 8))),
  );
}
