import { join } from 'node:path';
import { StoreError } from '../errors.ts';
import { isBusy, openDatabase } from './sqlite.ts';

const LOCK_FILE = 'lock.db';

/**
 * Makes this process the folder's only user until `release`, or until it ends, however it ends: the lock is SQLite's
 * own write lock on a file of one row, the owner's process id. Throws a StoreError naming folder and process when
 * another one has it.
 */
export function lockFolder(directory: string): { release(): void } {
  const database = openDatabase(join(directory, LOCK_FILE), { create: true });
  try {
    database.exec('PRAGMA busy_timeout = 100');
    database.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS owner (pid INTEGER NOT NULL); DELETE FROM owner;');
    database.prepare('INSERT INTO owner VALUES (?)').run(process.pid);
    // Between these two another process may come first; then it is the owner, and this one is refused.
    database.exec('COMMIT; BEGIN IMMEDIATE');
  } catch (error) {
    let owner: readonly unknown[] | undefined;
    if (isBusy(error))
      owner = database.prepare('SELECT pid FROM owner').get() as unknown as readonly unknown[] | undefined;
    database.close();
    if (!isBusy(error)) throw error;
    const who = owner?.[0] === process.pid ? 'this process itself' : `process ${owner?.[0] ?? 'unknown'}`;
    throw new StoreError(
      `the storage folder ${directory} is in use by ${who}; stop it first, or reach its server with --url`,
    );
  }
  return { release: () => database.close() };
}
