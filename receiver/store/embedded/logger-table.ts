import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { LEVELS } from '../../record/severity.ts';
import { addTo, type Counts, cellOf, decodeCounts, encodeCounts, forEachCount } from './counts.ts';
import { QUARTER_LENGTH } from './day.ts';

/** Ids held by name, so that an ordinary append asks nothing; beyond that, all are forgotten. */
const REMEMBERED = 5000;

const WARN = LEVELS.indexOf('WARN');
const ERROR = LEVELS.indexOf('ERROR');
const FATAL = LEVELS.indexOf('FATAL');

export const isIssueLevel = (levelIndex: number): boolean => levelIndex >= WARN && levelIndex <= FATAL;
export const isErrorLevel = (levelIndex: number): boolean => levelIndex === ERROR || levelIndex === FATAL;

/** A logger's row as a transaction changes it. */
interface LoggerState {
  lastSeen: number;
  readonly counts: Counts;
  newestIssue: RecordPlace | null;
  newestError: RecordPlace | null;
}

interface RecordPlace {
  readonly time: number;
  readonly sequence: number;
}

type StateColumns = [number, Uint8Array, number | null, number | null, number | null, number | null];

/**
 * The `logger` table of a day's file: per logger the counts behind health cards, the newest record's time, the newest
 * issue and error. Changes are gathered during a transaction and written once by `flush`, before it commits.
 */
export class LoggerTable {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #readCounts: StatementSync;
  readonly #update: StatementSync;
  readonly #delete: StatementSync;
  readonly #ids = new Map<string, number>();
  readonly #changed = new Map<number, LoggerState>();

  constructor(database: DatabaseSync) {
    this.#find = database.prepare('SELECT id FROM logger WHERE service = ? AND logger = ?');
    this.#insert = database.prepare('INSERT INTO logger (service, logger) VALUES (?, ?)');
    this.#read = database.prepare(
      'SELECT last_seen, counts, issue_time, issue_sequence, error_time, error_sequence FROM logger WHERE id = ?',
    );
    this.#readCounts = database.prepare('SELECT counts FROM logger');
    this.#update = database.prepare(
      `UPDATE logger SET last_seen = ?, counts = ?, issue_time = ?, issue_sequence = ?, error_time = ?, error_sequence = ?
       WHERE id = ?`,
    );
    this.#delete = database.prepare('DELETE FROM logger WHERE id = ?');
  }

  idOf({ service, logger }: { readonly service: string; readonly logger: string }): number {
    const key = `${service.length} ${service} ${logger}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const row = this.#find.get(service, logger) as unknown as [number] | undefined;
    const id = row?.[0] ?? Number(this.#insert.run(service, logger).lastInsertRowid);
    if (this.#ids.size >= REMEMBERED) this.#ids.clear();
    this.#ids.set(key, id);
    return id;
  }

  add(id: number, time: number, sequence: number, levelIndex: number): void {
    const state = this.#stateOf(id);
    addTo(state.counts, cellOf(Math.floor(time / QUARTER_LENGTH), levelIndex), 1);
    if (time > state.lastSeen) state.lastSeen = time;
    // Later arrivals have higher numbers, so of two at one time the later is the newer.
    if (isIssueLevel(levelIndex) && time >= (state.newestIssue?.time ?? 0)) state.newestIssue = { time, sequence };
    if (isErrorLevel(levelIndex) && time >= (state.newestError?.time ?? 0)) state.newestError = { time, sequence };
  }

  /** Takes a record out. Records must be taken out oldest first: whatever stays is then newer. */
  remove(id: number, time: number, sequence: number, levelIndex: number): void {
    const state = this.#stateOf(id);
    addTo(state.counts, cellOf(Math.floor(time / QUARTER_LENGTH), levelIndex), -1);
    if (state.newestIssue?.sequence === sequence) state.newestIssue = null;
    if (state.newestError?.sequence === sequence) state.newestError = null;
  }

  /** All loggers' records together, as of the last commit. */
  total(): number {
    let total = 0;
    for (const [bytes] of this.#readCounts.all() as unknown as [Uint8Array][]) {
      forEachCount(bytes, (_, count) => {
        total += count;
      });
    }
    return total;
  }

  /** Writes what changed; a logger without records is gone. */
  flush(): void {
    for (const [id, { lastSeen, counts, newestIssue, newestError }] of this.#changed) {
      if (counts.size === 0) {
        this.#delete.run(id);
        this.#ids.clear();
        continue;
      }
      this.#update.run(
        lastSeen,
        encodeCounts(counts),
        newestIssue?.time ?? null,
        newestIssue?.sequence ?? null,
        newestError?.time ?? null,
        newestError?.sequence ?? null,
        id,
      );
    }
    this.#changed.clear();
  }

  /** To be called when a transaction was taken back. */
  forget(): void {
    this.#changed.clear();
    this.#ids.clear();
  }

  #stateOf(id: number): LoggerState {
    const known = this.#changed.get(id);
    if (known) return known;
    const [lastSeen, counts, issueTime, issueSequence, errorTime, errorSequence] = this.#read.get(
      id,
    ) as unknown as StateColumns;
    const state: LoggerState = {
      lastSeen,
      counts: decodeCounts(counts),
      newestIssue: place(issueTime, issueSequence),
      newestError: place(errorTime, errorSequence),
    };
    this.#changed.set(id, state);
    return state;
  }
}

function place(time: number | null, sequence: number | null): RecordPlace | null {
  return time === null || sequence === null ? null : { time, sequence };
}
