import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { DayIds } from '../block/build-block.ts';
import type { ChunkTables } from '../chunk/chunk-tables.ts';

/** The tables of what blocks name by id: loggers, severities, resources, scopes, each stored once by content. */
export class PartTables {
  readonly #loggers: PartTable;
  readonly #severities: PartTable;
  readonly #resources: PartTable;
  readonly #scopes: PartTable;

  constructor(database: DatabaseSync) {
    this.#loggers = new PartTable(database, 'logger', ['service', 'logger']);
    this.#severities = new PartTable(database, 'severity', ['number', 'text']);
    this.#resources = new PartTable(database, 'resource', ['data']);
    this.#scopes = new PartTable(database, 'scope', ['data']);
  }

  /** The ids of a chunk's parts by their places in its tables, stored when first asked for. */
  idsOf({ loggers, severities, resources, scopes }: ChunkTables): DayIds {
    return {
      logger: lookup(loggers, ({ service, logger }) => this.#loggers.idOf(service, logger)),
      severity: lookup(severities, ({ number, text }) => this.#severities.idOf(number, text)),
      resource: lookup(resources, (data) => this.#resources.idOf(data)),
      scope: lookup(scopes, (data) => this.#scopes.idOf(data)),
    };
  }
}

/** Ids of parts by their places in a list, each asked for once. */
function lookup<T>(parts: readonly T[], idOf: (part: T) => number): (place: number) => number {
  const ids: number[] = [];
  return (place) => {
    const known = ids[place];
    if (known !== undefined) return known;
    const id = idOf(parts[place]!);
    ids[place] = id;
    return id;
  };
}

class PartTable {
  readonly #find: StatementSync;
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync, table: string, columns: readonly string[]) {
    this.#find = database.prepare(
      `SELECT id FROM ${table} WHERE ${columns.map((name) => `${name} = ?`).join(' AND ')}`,
    );
    this.#insert = database.prepare(
      `INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`,
    );
  }

  /** The id of the row with these values, made when there is none. */
  idOf(...values: readonly (string | number | Uint8Array)[]): number {
    const row = this.#find.get(...values) as unknown as [number] | undefined;
    return row?.[0] ?? Number(this.#insert.run(...values).lastInsertRowid);
  }
}
