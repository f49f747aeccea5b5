import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { StoreError } from '../../errors.ts';
import { isBusy, isDamage, openDatabase } from '../sqlite.ts';

const LOCK_FILE = 'lock.db';

export interface FolderLock {
  release(): void;
}

/**
 * Makes this process the folder's only user until `release`, or until it ends, however it ends: the lock is SQLite's
 * own write lock on a file of one row, the owner's process id. Throws a StoreError naming folder and process when
 * another one has it.
 */
export function lockFolder(directory: string): FolderLock {
  const path = join(directory, LOCK_FILE);
  try {
    return lock(directory, path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // Nobody can hold a lock on what is no database, and nothing worth keeping is in it.
    rmSync(path);
    return lock(directory, path);
  }
}

function lock(directory: string, path: string): FolderLock {
  const database = openDatabase(path, { create: true });
  try {
    database.exec('PRAGMA busy_timeout = 100');
    database.exec('BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS owner (pid INTEGER NOT NULL); DELETE FROM owner;');
    database.prepare('INSERT INTO owner VALUES (?)').run(process.pid);
    // Between these two another process may come first; then it is the owner, and this one is refused.
    database.exec('COMMIT; BEGIN IMMEDIATE');
  } catch (error) {
    const refusal = isBusy(error) ? inUse(directory, database) : error;
    database.close();
    throw refusal;
  }
  return { release: () => database.close() };
}

function inUse(directory: string, database: DatabaseSync): StoreError {
  const owner = ownerOf(database);
  const name = owner === process.pid ? 'this process itself' : `process ${owner ?? 'unknown'}`;
  return new StoreError(
    `the storage folder ${directory} is in use by ${name}; stop it first, or reach its server with --url`,
  );
}

function ownerOf(database: DatabaseSync): number | null {
  try {
    const row = database.prepare('SELECT pid FROM owner').get() as unknown as [number] | undefined;
    return row?.[0] ?? null;
  } catch {
    // The owner is just about to write its name.
    return null;
  }
}
