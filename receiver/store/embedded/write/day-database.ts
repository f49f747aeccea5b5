import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../errors.ts';
import { inTransaction, openDatabase } from '../sqlite.ts';
import type { BatchKey } from './day-keys.ts';
import { type Durability, SYNCHRONOUS } from './durability.ts';
import { DAY_SCHEMA, FORMAT_VERSION } from './schema.ts';

/** Bytes of a page of a new file: large ones cost less per record (measured), small ones less for a day of few records. */
const PAGE_SIZE = 8192;
/** SQLite's own cache of a file's pages, in KiB: what is written is seldom read again. */
const PAGE_CACHE = 1024;
/** Bytes that a write-ahead log keeps when it starts anew. */
const LOG_KEPT = 4 * 1024 * 1024;

export interface DayDatabaseOptions {
  readonly path: string;
  readonly durability: Durability;
  /** The keys that an earlier file of the day left, asked for when a file is made. */
  readonly keys: () => readonly BatchKey[];
}

/**
 * Opens a day's file for writing, and makes it with its tables when it is missing. Touches the file either way, so a
 * damaged one is noticed.
 */
export function openDayDatabase({ path, durability, keys }: DayDatabaseOptions): DatabaseSync {
  const database = openDatabase(path, { create: true });
  try {
    database.exec(`
      PRAGMA page_size = ${PAGE_SIZE};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = ${SYNCHRONOUS[durability]};
      PRAGMA cache_size = -${PAGE_CACHE};
      PRAGMA journal_size_limit = ${LOG_KEPT};
    `);
    const [version] = database.prepare('PRAGMA user_version').get() as unknown as [number];
    if (version === 0) {
      inTransaction(database, () => {
        database.exec(DAY_SCHEMA);
        const insert = database.prepare('INSERT INTO batch VALUES (?, ?)');
        for (const { key, received } of keys()) insert.run(key, received);
      });
    }
    if (version !== 0 && version !== FORMAT_VERSION) {
      throw new StoreError(
        `${path} is of format ${version}, and this version of logvitals writes format ${FORMAT_VERSION}; is it from another folder? It is read when it is put into one of its own`,
      );
    }
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
