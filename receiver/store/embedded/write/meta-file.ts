import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Alert, AlertCommit, AlertState } from '../../alert.ts';
import { decodeAlert, encodeAlert } from '../../common/alert-json.ts';
import { StoreError } from '../../errors.ts';
import type { Day } from '../day.ts';
import { inTransaction, openDatabase } from '../sqlite.ts';
import type { BatchKey } from './day-keys.ts';
import { type Durability, SYNCHRONOUS } from './durability.ts';
import { FORMAT_VERSION } from './schema.ts';

export const META_FILE = 'logvitals.db';

/** Alerts kept, newest first; older ones go as new ones come. */
const ALERT_HISTORY = 10_000;
/** States that nobody saved for so long go, in milliseconds: far longer than the longest window of a threshold. */
const STATE_KEPT = 30 * 24 * 60 * 60 * 1000;
/** How often old states are swept, in milliseconds. */
const SWEEP_INTERVAL = 60 * 60 * 1000;

/** `saved` is in milliseconds since the Unix epoch; the first format had no such column. */
const SCHEMA = `
CREATE TABLE alert_state (key TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL, saved INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE alert (id TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
-- Keys of batches whose day was pruned within the de-duplication window: a retry of theirs is still one.
CREATE TABLE pruned_batch (day INTEGER NOT NULL, key TEXT NOT NULL, received INTEGER NOT NULL, PRIMARY KEY (day, key)) WITHOUT ROWID;
CREATE TABLE ping (count INTEGER NOT NULL);
INSERT INTO ping VALUES (0);
`;

interface MetaFileOptions {
  readonly path: string;
  readonly durability: Durability;
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number;
}

/** What belongs to no day: the folder's format version, alert states and history. */
export class MetaFile {
  readonly #database: DatabaseSync;
  readonly #ping: StatementSync;
  readonly #now: () => number;
  #nextSweep = 0;

  /** Opens the file, making it in a new folder. Throws a StoreError when a newer version wrote the folder. */
  constructor({ path, durability, now }: MetaFileOptions) {
    this.#now = now;
    this.#database = openDatabase(path, { create: true });
    try {
      this.#database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${SYNCHRONOUS[durability]}`);
      const version = this.#version();
      if (version > FORMAT_VERSION) {
        throw new StoreError(
          `${path} was written by a newer logvitals (format ${version}, this one knows ${FORMAT_VERSION}); update logvitals, or name another folder`,
        );
      }
      this.#makeTables();
      this.#ping = this.#database.prepare('UPDATE ping SET count = count + 1');
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Whether all day files are known to be of the present format. */
  get isPresentFormat(): boolean {
    return this.#version() === FORMAT_VERSION;
  }

  /** To be called once all day files are. */
  notePresentFormat(): void {
    this.#database.exec(`PRAGMA user_version = ${FORMAT_VERSION}`);
  }

  /** Writes, so that a folder that cannot be written any more shows. */
  ping(): void {
    this.#ping.run();
  }

  alertStates(keys: readonly string[]): AlertState[] {
    const find = this.#database.prepare('SELECT version, state FROM alert_state WHERE key = ?');
    return keys.map((key) => {
      const [version, state] = (find.get(key) as unknown as [number, string] | undefined) ?? [0, ''];
      return { key, version, state };
    });
  }

  /** Saves the steps whose key still has the version they were computed from; says which. */
  commitAlerts(steps: readonly AlertCommit[]): boolean[] {
    const now = this.#now();
    const save = this.#database.prepare(
      `INSERT INTO alert_state VALUES (?, ?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET version = excluded.version, state = excluded.state, saved = excluded.saved`,
    );
    const saveAlert = this.#database.prepare('INSERT OR REPLACE INTO alert VALUES (?, ?)');
    return inTransaction(this.#database, () => {
      let alertsSaved = 0;
      const saved = steps.map(({ key, version, state, alerts }) => {
        if (this.alertStates([key])[0]!.version !== version) return false;
        save.run(key, version + 1, state, now);
        for (const alert of alerts) saveAlert.run(alert.id, encodeAlert(alert));
        alertsSaved += alerts.length;
        return true;
      });
      if (alertsSaved > 0) this.#dropOldestAlerts();
      this.#sweepStates(now);
      return saved;
    });
  }

  /** Alert history, newest first. */
  alerts({ limit, before }: { readonly limit: number; readonly before?: string | undefined }): Alert[] {
    const rows =
      before === undefined
        ? this.#database.prepare('SELECT data FROM alert ORDER BY id DESC LIMIT ?').all(limit)
        : this.#database.prepare('SELECT data FROM alert WHERE id < ? ORDER BY id DESC LIMIT ?').all(before, limit);
    return (rows as unknown as [string][]).map(([data]) => decodeAlert(data));
  }

  /** Keeps the keys of a day whose file goes, and forgets those received before `horizon`. */
  keepKeys(day: Day, keys: readonly BatchKey[], horizon: number): void {
    const insert = this.#database.prepare('INSERT OR REPLACE INTO pruned_batch VALUES (?, ?, ?)');
    inTransaction(this.#database, () => {
      this.#database.prepare('DELETE FROM pruned_batch WHERE received < ?').run(horizon);
      for (const { key, received } of keys) insert.run(day, key, received);
    });
  }

  /** The keys kept of a day. */
  keptKeys(day: Day): BatchKey[] {
    const rows = this.#database.prepare('SELECT key, received FROM pruned_batch WHERE day = ?').all(day);
    return (rows as unknown as [string, number][]).map(([key, received]) => ({ key, received }));
  }

  close(): void {
    this.#database.close();
  }

  #version(): number {
    return (this.#database.prepare('PRAGMA user_version').get() as unknown as [number])[0];
  }

  /** A new file gets its tables, and one of the first format the column it lacks. */
  #makeTables(): void {
    const columns = this.#database.prepare('SELECT name FROM pragma_table_info(?)').all('alert_state') as unknown as [
      string,
    ][];
    if (columns.length === 0) {
      inTransaction(this.#database, () => this.#database.exec(SCHEMA));
    } else if (!columns.some(([name]) => name === 'saved')) {
      // Counted from now on, for nobody knows when they were saved.
      const sql = `ALTER TABLE alert_state ADD COLUMN saved INTEGER NOT NULL DEFAULT ${Math.trunc(this.#now())}`;
      this.#database.exec(sql);
    }
  }

  #dropOldestAlerts(): void {
    this.#database
      .prepare('DELETE FROM alert WHERE id <= (SELECT id FROM alert ORDER BY id DESC LIMIT 1 OFFSET ?)')
      .run(ALERT_HISTORY);
  }

  #sweepStates(now: number): void {
    if (now < this.#nextSweep) return;
    this.#nextSweep = now + SWEEP_INTERVAL;
    this.#database.prepare('DELETE FROM alert_state WHERE saved < ?').run(now - STATE_KEPT);
  }
}
