import type { Chunk } from '../chunk/chunk.ts';
import { appendRecords, type BatchRows } from './append-records.ts';
import type { BatchKey } from './day-keys.ts';
import { type DayOptions, DayTables } from './day-tables.ts';
import { countRecords } from './dropped-day.ts';
import { countOlder, removeOlder } from './removal.ts';
import { sealRest, tidyHot } from './sealing.ts';

/** A file is written anew when more than one in so many of its pages holds nothing. */
const EMPTY_PAGES = 8;
/** Pages of a file that is never written anew: it would take too long, and waste little. */
const LARGE_FILE = 4000;

/** Writes to one day's file. What changes something is one transaction, or throws and has changed nothing. */
export class DayWriter {
  readonly #tables: DayTables;

  /** Makes the file when it is missing, with the keys that an earlier file of the day left. */
  constructor(options: DayOptions) {
    this.#tables = new DayTables(options);
  }

  /** See `appendRecords`. */
  append(
    chunk: Chunk,
    request: { batches: readonly BatchRows[]; receivedAt: number; sequences: Uint32Array },
  ): boolean[] {
    return appendRecords(this.#tables, chunk, request);
  }

  /** Seals a block or puts small chunks together, if there is need; says whether there was. */
  tidyHot(): boolean {
    return tidyHot(this.#tables);
  }

  /** The same for a day that is over: nothing stays hot, and no more than one block undersized. */
  sealRest(): boolean {
    return sealRest(this.#tables);
  }

  /** Hot records that could be sealed. */
  get hotRecords(): number {
    return this.#tables.hot.chunks.reduce((sum, { records }) => sum + records, 0);
  }

  /** Gives back the room that sealed records took, for a day that hardly changes any more. */
  compactFile(): void {
    const { database } = this.#tables;
    const ask = (pragma: string) => (database.prepare(`PRAGMA ${pragma}`).get() as unknown as [number])[0];
    const pages = ask('page_count');
    if (pages < LARGE_FILE && ask('freelist_count') * EMPTY_PAGES > pages) database.exec('VACUUM');
    database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  }

  /** How many records the day holds. */
  count(): number {
    return countRecords(this.#tables.database);
  }

  /** How many records are strictly older than a time of the day. */
  countBefore(time: number): number {
    return countOlder(this.#tables, time);
  }

  /** Removes at most `limit` records that are strictly older than a time of the day; says how many. */
  removeBefore(time: number, limit: number): number {
    return removeOlder(this.#tables, time, limit);
  }

  /** Keys of batches received at or after a time, which the window still holds. */
  keysSince(received: number): BatchKey[] {
    return this.#tables.keys.since(received);
  }

  /** Whether the file as a whole is sound. Reads all of it. */
  isSound(): boolean {
    const row = this.#tables.database.prepare('PRAGMA quick_check(1)').get();
    return (row as unknown as [string])[0] === 'ok';
  }

  close(): void {
    this.#tables.close();
  }
}
