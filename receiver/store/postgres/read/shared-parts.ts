import { sql } from 'kysely';
import type { Resource, Scope } from '../../../record/log-record.ts';
import type { Connection, WorkOptions } from '../connection.ts';
import { type LoggerNames, namesOf, type RecordColumns, type RecordParts, resourceOf, scopeOf } from '../row-record.ts';
import type { SqlTruth } from './condition.ts';

/** Resources and scopes kept, and the characters of their attributes together. */
const MOST_KEPT = 5000;
const CHARACTERS_KEPT = 16_000_000;

/** Ids are given out in order but not committed in order: so far back from the newest known may others still come. */
const LATE_IDS = 10_000;

/** Loggers, resources and scopes: what rows of `record` refer to. Rows of theirs never change. */
export class SharedParts {
  readonly #connection: Connection;
  readonly #loggers = new Map<number, LoggerNames>();
  #newestLogger = 0;
  readonly #resources = new KeptParts<Resource>();
  readonly #scopes = new KeptParts<Scope>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** Learns the names of all loggers that there are by now. */
  learnLoggers(options: WorkOptions): Promise<void> {
    return this.#learn(sql<boolean>`id > ${this.#newestLogger - LATE_IDS}::integer`, options);
  }

  async #learn(which: SqlTruth, options: WorkOptions): Promise<void> {
    const { db } = this.#connection;
    const query = db.selectFrom('logger').select(['id', 'service', 'logger', 'exact']).where(which);
    for (const row of await this.#connection.run(query, options)) {
      if (!this.#loggers.has(row.id)) this.#loggers.set(row.id, namesOf(row));
      this.#newestLogger = Math.max(this.#newestLogger, row.id);
    }
  }

  #unknown(ids: readonly number[]): number[] {
    return [...new Set(ids)].filter((id) => !this.#loggers.has(id));
  }

  /** Ids of the loggers learnt whose names match. */
  loggersThat(matches: (names: LoggerNames) => boolean): number[] {
    const ids: number[] = [];
    for (const [id, names] of this.#loggers) if (matches(names)) ids.push(id);
    return ids;
  }

  /** Names of loggers by their ids. */
  async loggers(ids: readonly number[], options: WorkOptions): Promise<ReadonlyMap<number, LoggerNames>> {
    if (this.#unknown(ids).length > 0) await this.learnLoggers(options);
    const late = this.#unknown(ids);
    if (late.length > 0) await this.#learn(sql<boolean>`id = any(${late}::integer[])`, options);
    return this.#loggers;
  }

  /** What each of the rows refers to. */
  async of(
    rows: readonly Pick<RecordColumns, 'logger_id' | 'resource_id' | 'scope_id'>[],
    options: WorkOptions,
  ): Promise<(row: Pick<RecordColumns, 'logger_id' | 'resource_id' | 'scope_id'>) => RecordParts> {
    const loggers = await this.loggers(
      rows.map((row) => row.logger_id),
      options,
    );
    const resources = await this.resources(
      rows.map((row) => row.resource_id),
      options,
    );
    const scopes = await this.#scopes.get(
      rows.map((row) => row.scope_id),
      async (ids) => (await this.#read('scope', ids, options)).map((row) => keptPart(row, scopeOf(row))),
    );
    return (row) => ({
      names: loggers.get(row.logger_id)!,
      resource: resources.get(row.resource_id)!,
      scope: scopes.get(row.scope_id)!,
    });
  }

  /** Resources by their ids. */
  resources(ids: readonly number[], options: WorkOptions): Promise<ReadonlyMap<number, Resource>> {
    return this.#resources.get(ids, async (missing) =>
      (await this.#read('resource', missing, options)).map((row) => keptPart(row, resourceOf(row))),
    );
  }

  #read<Table extends 'resource' | 'scope'>(table: Table, ids: readonly number[], options: WorkOptions) {
    const query = this.#connection.db
      .selectFrom(table as 'scope')
      .selectAll()
      .where(sql<boolean>`id = any(${ids}::integer[])`);
    return this.#connection.run(query, options);
  }
}

interface KeptPart<Part> {
  readonly id: number;
  readonly part: Part;
  readonly characters: number;
}

function keptPart<Part>(
  { id, attributes, exact }: { id: number; attributes: string; exact: string | null },
  part: Part,
): KeptPart<Part> {
  return { id, part, characters: attributes.length + (exact?.length ?? 0) };
}

/** Parts by id; those that were not asked for longest make room for others. */
class KeptParts<Part> {
  readonly #kept = new Map<number, KeptPart<Part>>();
  #characters = 0;

  /** The parts with these ids; those that are not kept are read. */
  async get(
    ids: readonly number[],
    read: (ids: readonly number[]) => Promise<KeptPart<Part>[]>,
  ): Promise<ReadonlyMap<number, Part>> {
    const found = new Map<number, Part>();
    const missing = new Set<number>();
    for (const id of new Set(ids)) {
      const kept = this.#kept.get(id);
      if (kept) found.set(id, this.#keep(kept));
      else missing.add(id);
    }
    if (missing.size > 0) for (const part of await read([...missing])) found.set(part.id, this.#keep(part));
    return found;
  }

  #keep(part: KeptPart<Part>): Part {
    this.#remove(part.id);
    this.#kept.set(part.id, part);
    this.#characters += part.characters;
    while (this.#kept.size > MOST_KEPT || (this.#characters > CHARACTERS_KEPT && this.#kept.size > 1)) {
      const [oldest] = this.#kept.keys();
      this.#remove(oldest!);
    }
    return part.part;
  }

  #remove(id: number): void {
    this.#characters -= this.#kept.get(id)?.characters ?? 0;
    this.#kept.delete(id);
  }
}
