import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SharedParts } from './append-message.ts';

/** Ids held by content for each table, so that an ordinary append asks nothing; beyond that, all are forgotten. */
const REMEMBERED = 2000;

/** The tables of what many records share: severities, resources, scopes; each stored once by content. */
export class PartTables {
  readonly #severities: PartTable;
  readonly #resources: PartTable;
  readonly #scopes: PartTable;

  constructor(database: DatabaseSync) {
    this.#severities = new PartTable(database, 'severity', ['number', 'text']);
    this.#resources = new PartTable(database, 'resource', ['data']);
    this.#scopes = new PartTable(database, 'scope', ['data']);
  }

  /** The ids of an append's parts by their places in its lists, stored when first asked for. */
  of({ severities, resources, scopes }: SharedParts) {
    return {
      severity: lookup(severities, ({ number, text }) => this.#severities.idOf(`${number} ${text}`, number, text)),
      resource: lookup(resources, (data) => this.#resources.idOf(contentKey(data), data)),
      scope: lookup(scopes, (data) => this.#scopes.idOf(contentKey(data), data)),
    };
  }

  /** To be called when a transaction was taken back, its new rows with it. */
  forget(): void {
    this.#severities.forget();
    this.#resources.forget();
    this.#scopes.forget();
  }
}

/** Ids of an append's parts by their places in its list, each asked for once. */
export function lookup<T>(parts: readonly T[], idOf: (part: T) => number): (index: number) => number {
  const ids: number[] = [];
  return (index) => {
    const known = ids[index];
    if (known !== undefined) return known;
    const id = idOf(parts[index]!);
    ids[index] = id;
    return id;
  };
}

function contentKey(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
}

class PartTable {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;
  readonly #ids = new Map<string, number>();

  constructor(database: DatabaseSync, table: string, columns: readonly string[]) {
    this.#find = database.prepare(
      `SELECT id FROM ${table} WHERE ${columns.map((name) => `${name} = ?`).join(' AND ')}`,
    );
    this.#insert = database.prepare(
      `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
    );
  }

  /** The id of the row with these values, made when there is none. `key` stands for the values in memory. */
  idOf(key: string, ...values: readonly (string | number | Uint8Array)[]): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const row = this.#find.get(...values) as unknown as [number] | undefined;
    const id = row?.[0] ?? Number(this.#insert.run(...values).lastInsertRowid);
    if (this.#ids.size >= REMEMBERED) this.#ids.clear();
    this.#ids.set(key, id);
    return id;
  }

  forget(): void {
    this.#ids.clear();
  }
}
