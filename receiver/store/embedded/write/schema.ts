import type { SectionName } from '../block/block-source.ts';

/** The version of what is written here, in SQLite's `user_version` of every file. A folder of a newer one is not touched. */
export const FORMAT_VERSION = 2;

/**
 * A day's records are hot at first: rows of a chunk, stored as they came. So many of them become a block, column by
 * column. More make blocks smaller for what they hold, and searches read more than they need.
 */
export const BLOCK_ROWS = 8192;
/** So many bytes of hot records do, too: large records must not make a block that memory cannot hold. */
export const BLOCK_BYTES = 16 * 1024 * 1024;

/** The parts of a block that are fetched one by one, in the order of their numbers; its header stands in `block`. */
export const SECTIONS: readonly SectionName[] = ['places', 'ids', 'body', 'attributes'];

/** The `section.id` of a block's section. */
export function sectionId(block: number, name: SectionName): number {
  return block * SECTIONS.length + SECTIONS.indexOf(name);
}

/**
 * One day's file. Times are nanoseconds since the day's start, which a double holds exactly.
 *
 * - `hot` holds chunks (chunk/), each with the records of one append or of several that were put together. The chunk
 *   with the lowest id came first.
 * - `block` holds the sealed records: what a listing needs of each block (block/), `filter` what rules a block out for
 *   a text or a value (filter/), `section` the columns. `bytes` is what its records take as a
 *   chunk. Blocks and chunks never change, and no id is given twice.
 * - `logger` holds all that a health card asks of sealed records: the newest record's time, counts by quarter of an
 *   hour and level, the newest warning or worse and the newest error in short (newest-issue.ts). A logger that is hot
 *   alone isn't there. `severity`, `resource` and `scope` hold what blocks name by id, each content once.
 * - `uid` holds what records with a `log.record.uid` are known by, `batch` the keys of batches for the de-duplication
 *   window (milliseconds since the Unix epoch).
 * - `next` holds the numbers that are given next.
 */
export const DAY_SCHEMA = `
CREATE TABLE hot (id INTEGER PRIMARY KEY, records INTEGER NOT NULL, chunk BLOB NOT NULL);
CREATE TABLE block (
  id INTEGER PRIMARY KEY,
  records INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  min_time INTEGER NOT NULL,
  max_time INTEGER NOT NULL,
  header BLOB NOT NULL
);
CREATE TABLE filter (block INTEGER PRIMARY KEY, texts BLOB NOT NULL, keys BLOB NOT NULL);
CREATE TABLE section (id INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE logger (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  service TEXT NOT NULL,
  logger TEXT NOT NULL,
  last_seen INTEGER NOT NULL DEFAULT -1,
  counts BLOB NOT NULL DEFAULT x'',
  issue BLOB,
  error BLOB,
  UNIQUE (service, logger)
);
CREATE TABLE severity (id INTEGER PRIMARY KEY, number INTEGER NOT NULL, text TEXT NOT NULL, UNIQUE (number, text));
CREATE TABLE resource (id INTEGER PRIMARY KEY, data BLOB NOT NULL UNIQUE);
CREATE TABLE scope (id INTEGER PRIMARY KEY, data BLOB NOT NULL UNIQUE);
CREATE TABLE uid (key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE batch (key TEXT PRIMARY KEY, received INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE next (sequence INTEGER NOT NULL, hot INTEGER NOT NULL, block INTEGER NOT NULL);
INSERT INTO next VALUES (1, 1, 1);
PRAGMA user_version = ${FORMAT_VERSION};
`;
