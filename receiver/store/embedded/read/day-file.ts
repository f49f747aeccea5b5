import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SectionName } from '../block/block-source.ts';
import { openDatabase } from '../sqlite.ts';
import { FORMAT_VERSION, sectionId } from '../write/schema.ts';

/** A row of the `logger` table: id, service, logger, last_seen, counts, issue, error. */
export type LoggerColumns = [number, string, string, number, Uint8Array, Uint8Array | null, Uint8Array | null];

/** SQLite's own cache of a file's pages, in KiB: what is read here is cached decoded. */
const PAGE_CACHE = 512;

/** The file has no tables of the present format: the writer is about to make or migrate it. */
export class NotReadyError extends Error {
  override name = 'NotReadyError';
}

/** The statements that read one day's file, with nothing of their answers decoded. */
export class DayFile {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Throws when there is no such file, and a NotReadyError when it is only being made; never makes one. */
  constructor(path: string) {
    this.#database = openDatabase(path, { create: false });
    try {
      this.#database.exec(`PRAGMA query_only = 1; PRAGMA cache_size = -${PAGE_CACHE}`);
      const [version] = this.#database.prepare('PRAGMA user_version').get() as unknown as [number];
      if (version !== FORMAT_VERSION) throw new NotReadyError();
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  /** Runs `work` on one state of the file, whatever is written meanwhile. */
  inSnapshot<T>(work: () => T): T {
    this.#database.exec('BEGIN');
    try {
      return work();
    } finally {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    }
  }

  blockIds(): number[] {
    return this.#all<[number]>('SELECT id FROM block ORDER BY id').map(([id]) => id);
  }

  header(block: number): Uint8Array | null {
    return this.#bytes('SELECT header FROM block WHERE id = ?', block);
  }

  hotIds(): number[] {
    return this.#all<[number]>('SELECT id FROM hot ORDER BY id').map(([id]) => id);
  }

  chunk(hot: number): Uint8Array | null {
    return this.#bytes('SELECT chunk FROM hot WHERE id = ?', hot);
  }

  /** Loggers that have sealed records. */
  loggers(): LoggerColumns[] {
    return this.#all<LoggerColumns>(
      'SELECT id, service, logger, last_seen, counts, issue, error FROM logger WHERE last_seen >= 0',
    );
  }

  /** Pairs of severity number and text, at most `limit`. */
  severities(limit: number): [number, string][] {
    return this.#all<[number, string]>('SELECT number, text FROM severity LIMIT ?', limit);
  }

  section(block: number, name: SectionName): Uint8Array | null {
    return this.#bytes('SELECT data FROM section WHERE id = ?', sectionId(block, name));
  }

  textFilter(block: number): Uint8Array | null {
    return this.#bytes('SELECT texts FROM filter WHERE block = ?', block);
  }

  keyFilter(block: number): Uint8Array | null {
    return this.#bytes('SELECT keys FROM filter WHERE block = ?', block);
  }

  logger(id: number): [service: string, logger: string] | null {
    return this.#get<[string, string]>('SELECT service, logger FROM logger WHERE id = ?', id);
  }

  severity(id: number): [number: number, text: string] | null {
    return this.#get<[number, string]>('SELECT number, text FROM severity WHERE id = ?', id);
  }

  resource(id: number): Uint8Array | null {
    return this.#bytes('SELECT data FROM resource WHERE id = ?', id);
  }

  scope(id: number): Uint8Array | null {
    return this.#bytes('SELECT data FROM scope WHERE id = ?', id);
  }

  /** Bytes of the file's pages that hold nothing now. */
  freeBytes(): number {
    const pages = 'SELECT freelist_count * page_size FROM pragma_freelist_count(), pragma_page_size()';
    return this.#all<[number]>(pages)[0]![0];
  }

  close(): void {
    this.#database.close();
  }

  #bytes(sql: string, id: number): Uint8Array | null {
    return this.#get<[Uint8Array]>(sql, id)?.[0] ?? null;
  }

  #get<R>(sql: string, id: number): R | null {
    return (this.#statement(sql).get(id) as unknown as R | undefined) ?? null;
  }

  #all<R>(sql: string, ...values: readonly number[]): R[] {
    return this.#statement(sql).all(...values) as unknown as R[];
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
