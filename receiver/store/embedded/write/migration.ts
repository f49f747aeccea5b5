import { closeSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { LogRecord } from '../../../record/log-record.ts';
import { StoreUnavailableError } from '../../errors.ts';
import { DamagedBytesError } from '../bytes.ts';
import { Chunk } from '../chunk/chunk.ts';
import { encodeRecords } from '../chunk/encode-append.ts';
import type { Day } from '../day.ts';
import { dayPath, removeCompanions, removeDatabase, setAside } from '../folder.ts';
import { isDamage, openDatabase, storeErrorOf } from '../sqlite.ts';
import { DayTables } from './day-tables.ts';
import type { Durability } from './durability.ts';
import { type FirstFormatRow, readFirstFormat, readFirstFormatKeys, readFirstFormatNumbers } from './first-format.ts';
import { FORMAT_VERSION } from './schema.ts';
import { addNewBlock } from './sealing.ts';
import type { BlockLimits } from './upkeep-plan.ts';

export interface MigrationOptions {
  readonly directory: string;
  readonly days: readonly Day[];
  readonly durability: Durability;
  readonly limits: BlockLimits;
  readonly report: (message: string) => void;
  readonly onStep?: ((step: string) => void) | undefined;
}

/**
 * Brings day files of the first format to the present one, day by day: each is written anew beside the old one, which it
 * then replaces at once. Ends where it fails, and goes on from there when it is called again. Records keep their ids.
 */
export function migrateFolder(options: MigrationOptions): void {
  const old = options.days.filter((day) => formatOf(day, options) < FORMAT_VERSION);
  if (old.length === 0) return;
  const { directory, report } = options;
  report(`${directory} has ${old.length} days in the format of an earlier version; they are converted now, one by one`);
  for (const day of old) migrateDay(day, options);
  report(`${directory} is converted`);
}

/** A file's format version; a damaged one is set aside, and needs no converting. */
function formatOf(day: Day, { directory, report }: MigrationOptions): number {
  const path = dayPath(directory, day);
  try {
    const database = openDatabase(path, { create: false });
    try {
      return versionOf(database);
    } finally {
      database.close();
    }
  } catch (error) {
    if (!isDamage(error)) throw storeErrorOf(error, path);
    report(`${path} is damaged (${(error as Error).message}): set aside as ${setAside(path)}`);
    return FORMAT_VERSION;
  }
}

function versionOf(database: DatabaseSync): number {
  const [version] = database.prepare('PRAGMA user_version').get() as unknown as [number];
  return version;
}

function migrateDay(day: Day, options: MigrationOptions): void {
  const { directory, report, onStep } = options;
  const path = dayPath(directory, day);
  const newPath = `${path}.converting`;
  try {
    // What an earlier attempt left.
    removeDatabase(newPath);
    const source = openDatabase(path, { create: false });
    try {
      convert(source, day, newPath, options);
      onStep?.('migration written');
      emptyLog(source, path);
    } finally {
      source.close();
    }
    removeCompanions(path);
    onStep?.('migration ready');
    renameSync(newPath, path);
    syncFolder(path);
    onStep?.('migration committed');
  } catch (error) {
    if (!isDamage(error)) throw storeErrorOf(error, path);
    removeDatabase(newPath);
    report(`${path} is damaged (${(error as Error).message}): set aside as ${setAside(path)}`);
  }
}

/** Writes a day anew. Records that cannot be read are left out, and counted. */
function convert(source: DatabaseSync, day: Day, newPath: string, options: MigrationOptions): void {
  const { records, nextSequence } = readFirstFormatNumbers(source);
  const tables = new DayTables({ ...options, day, path: newPath, keys: () => readFirstFormatKeys(source) });
  try {
    tables.numbers.startBehind(nextSequence - 1);
    let converted = 0;
    for (const rows of blocksOf(readFirstFormat(source, day), options.limits)) {
      converted += tables.transaction('migration block', () => addRows(tables, rows));
    }
    // A day without records still has its keys and numbers.
    tables.transaction('migration end', () => {});
    if (converted < records) {
      options.report(`${newPath}: ${records - converted} records cannot be read and are left out`);
    }
  } finally {
    tables.close();
  }
}

function addRows(tables: DayTables, rows: readonly FirstFormatRow[]): number {
  const records: LogRecord[] = [];
  const sequences: number[] = [];
  for (const row of rows) {
    try {
      records.push(row.record());
    } catch (error) {
      if (error instanceof DamagedBytesError) continue;
      throw error;
    }
    sequences.push(row.sequence);
    if (row.uniqueKey) tables.keys.claimRecord(row.uniqueKey);
  }
  if (records.length === 0) return 0;
  const chunk = Chunk.read(encodeRecords(records));
  for (const [row, sequence] of sequences.entries()) chunk.setSequence(row, sequence);
  addNewBlock(tables, chunk);
  return records.length;
}

function* blocksOf(rows: Iterable<FirstFormatRow>, limits: BlockLimits): Generator<FirstFormatRow[]> {
  let block: FirstFormatRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    block.push(row);
    bytes += row.bytes;
    if (block.length >= limits.rows || bytes >= limits.bytes) {
      yield block;
      block = [];
      bytes = 0;
    }
  }
  if (block.length > 0) yield block;
}

/** Moves all of a file's log into the file, so that the log can go without loss. */
function emptyLog(database: DatabaseSync, path: string): void {
  const [busy] = database.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get() as unknown as [number];
  if (busy !== 0) throw new StoreUnavailableError(`the storage ${path} is not available: another process reads it`);
}

/** Puts a renamed file's name on the disk, where the system has a way to. */
function syncFolder(path: string): void {
  if (process.platform === 'win32') return;
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
