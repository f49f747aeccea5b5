import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { levelIndexOf } from '../../record/severity.ts';
import { DEDUPLICATION_WINDOW } from '../store.ts';
import type { Row, SharedParts } from './append-message.ts';
import { type BatchKey, prepareDayFile } from './day-schema.ts';
import { LoggerTable } from './logger-table.ts';
import { lookup, PartTables } from './part-tables.ts';
import { inTransaction, openDatabase } from './sqlite.ts';

/** The rows of one batch that fall into one day. */
export interface BatchRows {
  readonly key: string | null;
  readonly rows: readonly Row[];
}

/** For each batch: null when the day held it already, else each row's sequence, null for a row that was held already. */
export type BatchSequences = readonly (number | null)[] | null;

/** How often keys of batches beyond the window are swept, in milliseconds. */
const KEY_SWEEP_INTERVAL = 60 * 60 * 1000;

const INSERT = `INSERT INTO record VALUES (?,?,?,?,?,?,?,?,?,?,?,?)`;

/** Writes to one day's file. Each method is one transaction, or throws and has changed nothing. */
export class DayWriter {
  readonly #database: DatabaseSync;
  readonly #insert: StatementSync;
  /** For rows with a unique key: a row that is held already changes nothing. */
  readonly #insertNew: StatementSync;
  readonly #claimKey: StatementSync;
  readonly #loggers: LoggerTable;
  readonly #parts: PartTables;
  #nextSweep = 0;

  /** Makes the file when it is missing, with the keys that an earlier file of the day left. */
  constructor(path: string, keys: () => readonly BatchKey[]) {
    this.#database = openDatabase(path, { create: true });
    try {
      prepareDayFile(this.#database, keys);
      this.#insert = this.#database.prepare(INSERT);
      this.#insertNew = this.#database.prepare(
        `${INSERT} ON CONFLICT (unique_key) WHERE unique_key IS NOT NULL DO NOTHING`,
      );
      this.#claimKey = this.#database.prepare(
        'INSERT INTO batch VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET received = excluded.received WHERE received < ?',
      );
      this.#loggers = new LoggerTable(this.#database);
      this.#parts = new PartTables(this.#database);
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  append(batches: readonly BatchRows[], shared: SharedParts, receivedAt: number): BatchSequences[] {
    return this.#transaction(() => {
      const sequences = this.#appendAll(batches, shared, receivedAt);
      this.#sweepKeys(receivedAt);
      return sequences;
    });
  }

  /** How many records the day holds. */
  count(): number {
    return this.#loggers.total();
  }

  /** How many records are strictly older than a time of the day. */
  countBefore(time: number): number {
    const row = this.#database.prepare('SELECT count(*) FROM record WHERE time < ?').get(time);
    return (row as unknown as [number])[0];
  }

  /** Removes the oldest records that are strictly older than a time of the day, at most `limit`; says how many. */
  removeBefore(time: number, limit: number): number {
    return this.#transaction(() => {
      const rows = this.#database
        .prepare('SELECT time, sequence, logger, severity FROM record WHERE time < ? ORDER BY time, sequence LIMIT ?')
        .all(time, limit) as unknown as [number, number, number, number][];
      const last = rows.at(-1);
      if (!last) return 0;
      this.#database.prepare('DELETE FROM record WHERE (time, sequence) <= (?, ?)').run(last[0], last[1]);
      for (const [rowTime, sequence, logger, severity] of rows) {
        this.#loggers.remove(logger, rowTime, sequence, levelIndexOf(severity));
      }
      this.#loggers.flush();
      return rows.length;
    });
  }

  /** Keys of batches received at or after a time, which the window still holds. */
  keysSince(received: number): BatchKey[] {
    const rows = this.#database.prepare('SELECT key, received FROM batch WHERE received >= ?').all(received);
    return (rows as unknown as [string, number][]).map(([key, at]) => ({ key, received: at }));
  }

  /** Whether the file as a whole is sound. Reads all of it. */
  isSound(): boolean {
    const row = this.#database.prepare('PRAGMA quick_check(1)').get();
    return (row as unknown as [string])[0] === 'ok';
  }

  close(): void {
    this.#database.close();
  }

  #transaction<T>(work: () => T): T {
    try {
      return inTransaction(this.#database, work);
    } catch (error) {
      // What was gathered and looked up was taken back with the transaction.
      this.#loggers.forget();
      this.#parts.forget();
      throw error;
    }
  }

  #appendAll(batches: readonly BatchRows[], shared: SharedParts, receivedAt: number): BatchSequences[] {
    const parts = this.#parts.of(shared);
    const loggerId = lookup(shared.loggers, (logger) => this.#loggers.idOf(logger));
    let next = this.#nextSequence();
    const sequences = batches.map(({ key, rows }) => {
      if (key !== null && !this.#claim(key, receivedAt)) return null;
      return rows.map((row) => {
        const { time, severity, unique } = row;
        const logger = loggerId(row.logger);
        const { number } = shared.severities[severity]!;
        const statement = unique === null ? this.#insert : this.#insertNew;
        const { changes } = statement.run(
          next,
          time,
          logger,
          number,
          parts.severity(severity),
          parts.resource(row.resource),
          parts.scope(row.scope),
          row.trace,
          row.group,
          row.object,
          unique,
          row.data,
        );
        if (changes === 0) return null;
        this.#loggers.add(logger, time, next, levelIndexOf(number));
        return next++;
      });
    });
    this.#loggers.flush();
    this.#database.prepare('UPDATE next_sequence SET sequence = ?').run(next);
    return sequences;
  }

  #nextSequence(): number {
    return (this.#database.prepare('SELECT sequence FROM next_sequence').get() as unknown as [number])[0];
  }

  /** Notes a batch's key; false when it was noted within the window. */
  #claim(key: string, receivedAt: number): boolean {
    return this.#claimKey.run(key, receivedAt, receivedAt - DEDUPLICATION_WINDOW).changes !== 0;
  }

  #sweepKeys(now: number): void {
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + KEY_SWEEP_INTERVAL;
    this.#database.prepare('DELETE FROM batch WHERE received < ?').run(now - DEDUPLICATION_WINDOW);
  }
}
