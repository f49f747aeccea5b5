import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../sqlite.ts';
import type { BatchKey } from './day-keys.ts';

/** What is left of a day whose file goes. */
export interface DroppedDay {
  readonly records: number;
  /** Keys of batches that the de-duplication window still holds. */
  readonly keys: readonly BatchKey[];
}

/**
 * Looks at a day's file that is about to be removed, without needing room on the disk: that may be why it goes. A file
 * that cannot be read is one without records.
 */
export function readDroppedDay(path: string, horizon: number): DroppedDay {
  // An index of the log takes room; without a log none is needed, and without room the log has to be done without.
  const hasLog = (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
  for (const immutable of hasLog ? [false, true] : [true]) {
    try {
      const database = openDatabase(path, { create: false, immutable });
      try {
        return readDay(database, horizon);
      } finally {
        database.close();
      }
    } catch {
      // The next way, or none: what cannot be read cannot be kept either.
    }
  }
  return { records: 0, keys: [] };
}

function readDay(database: DatabaseSync, horizon: number): DroppedDay {
  const keys = database.prepare('SELECT key, received FROM batch WHERE received >= ?').all(horizon);
  return {
    records: countRecords(database),
    keys: (keys as unknown as [string, number][]).map(([key, received]) => ({ key, received })),
  };
}

/** How many records a day's file holds. */
export function countRecords(database: DatabaseSync): number {
  const sql = 'SELECT coalesce((SELECT sum(records) FROM hot), 0) + coalesce((SELECT sum(records) FROM block), 0)';
  return (database.prepare(sql).get() as unknown as [number])[0];
}
