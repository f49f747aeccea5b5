import type { DatabaseSync } from 'node:sqlite';
import { WARNING_FROM } from '../../record/severity.ts';
import { inTransaction } from './sqlite.ts';

/** The version of what is written here, in SQLite's `user_version`. A folder of a newer one is not touched. */
export const FORMAT_VERSION = 1;

/**
 * One day's file. Times are nanoseconds since the day's start, which a double holds exactly. The sequence stands in the
 * indexes explicitly so that they hold the very order of records; severity and level kind, so that counting and
 * filtering by level needs no row.
 *
 * - `severity` holds each pair of number and text once, `logger` all that a health card asks for.
 * - `level`'s, `resource`'s and `scope`'s data is stored once per day by content.
 * - `batch` holds the keys of batches for the de-duplication window.
 */
const SCHEMA = `
CREATE TABLE record (
  sequence INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  logger INTEGER NOT NULL,
  severity INTEGER NOT NULL,
  severity_kind INTEGER NOT NULL,
  resource INTEGER NOT NULL,
  scope INTEGER NOT NULL,
  trace_key INTEGER,
  group_key INTEGER,
  object_key INTEGER,
  unique_key BLOB,
  data BLOB NOT NULL
);
CREATE INDEX record_by_time ON record (time, sequence, logger, severity, severity_kind);
CREATE INDEX record_by_logger ON record (logger, time);
CREATE INDEX issue_by_time ON record (time, sequence, logger, severity, severity_kind) WHERE severity >= ${WARNING_FROM};
CREATE INDEX issue_by_logger ON record (logger, time, sequence, severity, severity_kind) WHERE severity >= ${WARNING_FROM};
CREATE INDEX record_by_trace ON record (trace_key, time) WHERE trace_key IS NOT NULL;
CREATE INDEX record_by_group ON record (group_key, time) WHERE group_key IS NOT NULL;
CREATE INDEX record_by_object ON record (object_key, time) WHERE object_key IS NOT NULL;
CREATE UNIQUE INDEX record_by_unique_key ON record (unique_key) WHERE unique_key IS NOT NULL;

CREATE TABLE logger (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  service TEXT NOT NULL,
  logger TEXT NOT NULL,
  last_seen INTEGER NOT NULL DEFAULT -1,
  counts BLOB NOT NULL DEFAULT x'',
  issue_time INTEGER,
  issue_sequence INTEGER,
  error_time INTEGER,
  error_sequence INTEGER,
  UNIQUE (service, logger)
);
CREATE TABLE severity (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (number, text));
CREATE TABLE resource (id INTEGER PRIMARY KEY, data BLOB NOT NULL UNIQUE);
CREATE TABLE scope (id INTEGER PRIMARY KEY, data BLOB NOT NULL UNIQUE);
CREATE TABLE batch (key TEXT PRIMARY KEY, received INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE next_sequence (sequence INTEGER NOT NULL);
INSERT INTO next_sequence VALUES (1);
PRAGMA user_version = ${FORMAT_VERSION};
`;

/** A batch that was appended: its key and when it came, in milliseconds since the Unix epoch. */
export interface BatchKey {
  readonly key: string;
  readonly received: number;
}

/**
 * Makes the tables of a file that has none yet, with the keys that an earlier file of the day left. Touches the file
 * either way, so a damaged one is noticed.
 */
export function prepareDayFile(database: DatabaseSync, keys: () => readonly BatchKey[]): void {
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -8000');
  const version = (database.prepare('PRAGMA user_version').get() as unknown as [number])[0];
  if (version !== 0) return;
  inTransaction(database, () => {
    database.exec(SCHEMA);
    const insert = database.prepare('INSERT INTO batch VALUES (?, ?)');
    for (const { key, received } of keys()) insert.run(key, received);
  });
}
