import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Alert, AlertCommit, AlertState } from '../alert.ts';
import { StoreError } from '../errors.ts';
import type { Day } from './day.ts';
import { type BatchKey, FORMAT_VERSION } from './day-schema.ts';
import { inTransaction, openDatabase } from './sqlite.ts';

export const META_FILE = 'logvitals.db';

/** Alerts kept, newest first; older ones go as new ones come. */
const ALERT_HISTORY = 10_000;

const SCHEMA = `
CREATE TABLE alert_state (key TEXT PRIMARY KEY, version INTEGER NOT NULL, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE alert (id TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
-- Keys of batches whose day was pruned within the de-duplication window: a retry of theirs is still one.
CREATE TABLE pruned_batch (day INTEGER NOT NULL, key TEXT NOT NULL, received INTEGER NOT NULL, PRIMARY KEY (day, key)) WITHOUT ROWID;
CREATE TABLE ping (count INTEGER NOT NULL);
INSERT INTO ping VALUES (0);
PRAGMA user_version = ${FORMAT_VERSION};
`;

/** What belongs to no day: the folder's format version, alert states and history. */
export class MetaFile {
  readonly #database: DatabaseSync;
  readonly #ping: StatementSync;

  /** Opens the file, making it in a new folder. Throws a StoreError when a newer version wrote the folder. */
  constructor(path: string) {
    this.#database = openDatabase(path, { create: true });
    try {
      this.#database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL');
      const version = (this.#database.prepare('PRAGMA user_version').get() as unknown as [number])[0];
      if (version > FORMAT_VERSION) {
        throw new StoreError(
          `${path} was written by a newer logvitals (format ${version}, this one knows ${FORMAT_VERSION}); update logvitals, or name another folder`,
        );
      }
      if (version === 0) this.#database.exec(`BEGIN IMMEDIATE; ${SCHEMA} COMMIT`);
      this.#ping = this.#database.prepare('UPDATE ping SET count = count + 1');
    } catch (error) {
      this.#database.close();
      throw error;
    }
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
    const save = this.#database.prepare(
      `INSERT INTO alert_state VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET version = excluded.version, state = excluded.state`,
    );
    const saveAlert = this.#database.prepare('INSERT OR REPLACE INTO alert VALUES (?, ?)');
    return inTransaction(this.#database, () => {
      let alertsSaved = 0;
      const saved = steps.map(({ key, version, state, alerts }) => {
        if (this.alertStates([key])[0]!.version !== version) return false;
        save.run(key, version + 1, state);
        for (const alert of alerts) saveAlert.run(alert.id, encodeAlert(alert));
        alertsSaved += alerts.length;
        return true;
      });
      if (alertsSaved > 0) this.#dropOldestAlerts();
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

  #dropOldestAlerts(): void {
    this.#database
      .prepare('DELETE FROM alert WHERE id <= (SELECT id FROM alert ORDER BY id DESC LIMIT 1 OFFSET ?)')
      .run(ALERT_HISTORY);
  }
}

/** Times are the only bigints of an alert; JSON has none, so they are marked texts. */
const BIGINT_MARK = 'bigint:';

function encodeAlert(alert: Alert): string {
  return JSON.stringify(alert, (_, value) => (typeof value === 'bigint' ? { [BIGINT_MARK]: String(value) } : value));
}

function decodeAlert(text: string): Alert {
  return JSON.parse(text, (_, value) =>
    value !== null && typeof value === 'object' && BIGINT_MARK in value ? BigInt(value[BIGINT_MARK]) : value,
  );
}
