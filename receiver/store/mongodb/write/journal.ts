import { Binary } from 'mongodb';
import { formatId, type Position, parseId } from '../../common/ids.ts';
import type { Database } from '../database.ts';
import type { JournalDocument } from '../documents.ts';
import type { Step } from './lanes.ts';

/**
 * What is under way. MongoDB's standalone servers know no transactions, so a step is written down before its first
 * change and crossed out after its last: whoever finds one that nobody finished knows which records it was about, and
 * these tell by `storedBy` which of them it stored.
 */
export class Journal {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Writes a step down, anew if it changed its mind. */
  async open(
    step: Step,
    entry: Pick<JournalDocument, 'kind' | 'at' | 'counts'> & { readonly ids: readonly string[] },
  ): Promise<void> {
    const { ids, ...rest } = entry;
    await this.#database.journal.replaceOne({ _id: step.id }, { ...rest, records: encodeIds(ids) }, { upsert: true });
  }

  async close(step: Pick<Step, 'id'>): Promise<void> {
    await this.#database.journal.deleteOne({ _id: step.id });
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
