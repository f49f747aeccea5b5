import type { DatabaseSync, StatementSync } from 'node:sqlite';

import {
  addTo,
  type Counts,
  decodeCounts,
  encodeCounts,
  isErrorLevel,
  isIssueLevel,
  levelIndexOfCell,
} from '../counts.ts';
import { decodeNewestIssue, encodeNewestIssue, isNewer, type NewestIssue } from '../newest-issue.ts';
import type { LoggerTally } from './tally.ts';

type StateColumns = [number, Uint8Array, Uint8Array | null, Uint8Array | null];

/** The `logger` table: per logger the counts of its sealed records, the newest one's time, newest issue and error. */
export class LoggerTable {
  readonly #read: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;

  constructor(database: DatabaseSync) {
    this.#read = database.prepare('SELECT last_seen, counts, issue, error FROM logger WHERE id = ?');
    this.#update = database.prepare('UPDATE logger SET last_seen = ?, counts = ?, issue = ?, error = ? WHERE id = ?');
    this.#delete = database.prepare('DELETE FROM logger WHERE id = ?');
  }

  /** Adds records that are sealed now. */
  add(tallies: Iterable<LoggerTally>): void {
    for (const { logger, counts: added, lastSeen: newest, issue, error } of tallies) {
      const [lastSeen, counts, knownIssue, knownError] = this.#read.get(logger) as unknown as StateColumns;
      const sum = decodeCounts(counts);
      for (const [cell, count] of added) addTo(sum, cell, count);
      this.#update.run(
        Math.max(lastSeen, newest),
        encodeCounts(sum),
        newerOf(knownIssue, issue),
        newerOf(knownError, error),
        logger,
      );
    }
  }

  /**
   * Takes out counts by logger of records that are older than any that stays in the end: a newest issue stays as long
   * as there are issues to take out, and goes with the last. A logger without records is gone.
   */
  remove(removed: ReadonlyMap<number, Counts>): void {
    for (const [logger, counts] of removed) {
      const [lastSeen, held, issue, error] = this.#read.get(logger) as unknown as StateColumns;
      const rest = decodeCounts(held);
      for (const [cell, count] of counts) addTo(rest, cell, -count);
      if (rest.size === 0) {
        this.#delete.run(logger);
        continue;
      }
      const levels = [...rest.keys()].map(levelIndexOfCell);
      const restIssue = levels.some(isIssueLevel) ? issue : null;
      const restError = levels.some(isErrorLevel) ? error : null;
      this.#update.run(lastSeen, encodeCounts(rest), restIssue, restError, logger);
    }
  }
}

function newerOf(known: Uint8Array | null, added: NewestIssue | null): Uint8Array | null {
  if (!added) return known;
  if (known && isNewer(decodeNewestIssue(known), added)) return known;
  return encodeNewestIssue(added);
}
