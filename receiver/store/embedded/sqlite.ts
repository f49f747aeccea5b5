import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { StoreError, StoreUnavailableError } from '../errors.ts';
import { DamagedBytesError } from './bytes.ts';

/** Milliseconds to wait for a lock that another connection of this process holds for a moment. */
const BUSY_TIMEOUT = 5000;

interface OpenOptions {
  /** Whether the file may be made when it is missing. */
  readonly create: boolean;
  /** Reads the file alone, without its log and without locks: for one that nobody writes. */
  readonly immutable?: boolean;
}

/** Opens a database file. */
export function openDatabase(path: string, { create, immutable = false }: OpenOptions): DatabaseSync {
  const url = pathToFileURL(path);
  url.searchParams.set('mode', create ? 'rwc' : immutable ? 'ro' : 'rw');
  if (immutable) url.searchParams.set('immutable', '1');
  return new DatabaseSync(url, {
    timeout: BUSY_TIMEOUT,
    returnArrays: true,
    enableForeignKeyConstraints: false,
  });
}

/** Runs `work` in a transaction: all of it is kept, or, when it throws, nothing. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    // A full disk may have ended the transaction already; then there is nothing left to take back.
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** SQLite's primary result codes that say what to do (sqlite.org/rescode.html). */
const CODE = {
  locked: 6,
  busy: 5,
  readOnly: 8,
  inputOutput: 10,
  damaged: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
};

const UNAVAILABLE_REASONS: ReadonlyMap<number, string> = new Map([
  [CODE.busy, 'another connection holds it for too long'],
  [CODE.locked, 'another connection holds it for too long'],
  [CODE.readOnly, 'it cannot be written'],
  [CODE.inputOutput, 'the disk reports an error'],
  [CODE.full, 'the disk is full'],
  [CODE.cannotOpen, 'it cannot be opened'],
]);

/** An extended code's lowest byte is the primary one. */
function primaryCodeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** Whether a failure means that the file itself is broken. */
export function isDamage(error: unknown): boolean {
  const code = primaryCodeOf(error);
  return code === CODE.damaged || code === CODE.notADatabase || error instanceof DamagedBytesError;
}

export function isBusy(error: unknown): boolean {
  const code = primaryCodeOf(error);
  return code === CODE.busy || code === CODE.locked;
}

/** Whether a file is not there (or may not be opened, which reads the same). */
export function cannotOpen(error: unknown): boolean {
  return primaryCodeOf(error) === CODE.cannotOpen;
}

/** System errors after which trying again may help; `code` is Node's. */
const UNAVAILABLE_SYSTEM_CODES = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOSPC',
  'EDQUOT',
  'EIO',
  'EMFILE',
  'ENFILE',
  'ENOENT',
  'EBUSY',
]);

/** A failure as callers of the store see it, naming the file or folder it happened to. */
export function storeErrorOf(error: unknown, path: string): StoreError {
  if (error instanceof StoreError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  const code = primaryCodeOf(error);
  const known = code === null ? undefined : UNAVAILABLE_REASONS.get(code);
  if (known !== undefined)
    return new StoreUnavailableError(`the storage ${path} is not available: ${known} (${reason})`);
  const systemCode = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof systemCode === 'string' && UNAVAILABLE_SYSTEM_CODES.has(systemCode)) {
    return new StoreUnavailableError(`the storage ${path} is not available: ${reason}`);
  }
  return new StoreError(`the storage ${path} failed: ${reason}`);
}
