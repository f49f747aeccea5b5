import type { JoinTable, Row, RowsChanged, WriteKind } from '../change.ts';
import { pick } from '../row-images.ts';
import { type SqlOutcome, type SqlStatement, SqlWrite } from '../sql-write.ts';
import type { AuditTrail } from '../trail.ts';
import type { FarSides } from './far-sides.ts';
import { type ColumnLike, fieldOf, joinOf, keyFields, type MetadataLike, rowOfEntity } from './metadata.ts';
import type { QueryRunnerLike, RunnerTransactions } from './runners.ts';

/** What TypeORM's query builders know of themselves. */
interface ExpressionMap {
  readonly queryType: string;
  readonly mainAlias?: { readonly hasMetadata: boolean; readonly metadata: MetadataLike } | undefined;
  readonly valuesSet?: object | readonly object[] | undefined;
  readonly callListeners: boolean;
  /** Of an update that `save` makes: the key of the entity that it is for. */
  readonly whereEntities?: readonly object[] | undefined;
  readonly insertFromSelect?: unknown;
  /** What TypeORM itself has the database give back. */
  readonly extraReturningColumns: readonly unknown[];
  readonly onUpdate?: { readonly conflict?: string | readonly string[] | undefined } | undefined;
}

interface SelectBuilder {
  from(target: unknown, alias: string): SelectBuilder;
  where(condition: unknown): SelectBuilder;
  limit(rows: number): SelectBuilder;
  withDeleted(): SelectBuilder;
  setQueryRunner(runner: QueryRunnerLike): SelectBuilder;
  getRawMany(): Promise<Row[]>;
}

/** A query builder of any kind: each method gives the next. */
export interface BuilderLike {
  readonly expressionMap: ExpressionMap;
  readonly queryRunner?: QueryRunnerLike | undefined;
  clone(): BuilderLike;
  select(selection: string): SelectBuilder;
  execute?(): Promise<unknown>;
  /** Of an insert: what it writes. TypeORM leaves keys to the database that the database makes. */
  getInsertedColumns?(): readonly ColumnLike[];
}

export interface BuilderSource {
  createQueryBuilder(runner?: QueryRunnerLike): { select(): SelectBuilder };
  createQueryRunner(mode: 'master'): QueryRunnerLike;
  readonly driver: { prepareHydratedValue(value: unknown, column: unknown): unknown };
}

export interface BuilderSurroundings {
  readonly trail: AuditTrail;
  readonly transactions: RunnerTransactions;
  readonly farSides: FarSides;
  readonly source: BuilderSource;
}

/** The methods that give another builder. */
const NEXT = [
  'insert',
  'update',
  'delete',
  'softDelete',
  'restore',
  'relation',
  'createQueryBuilder',
  'clone',
] as const;
const KINDS: Readonly<Record<string, WriteKind>> = {
  insert: 'create',
  update: 'update',
  delete: 'delete',
  'soft-delete': 'delete',
  restore: 'update',
};

/** Has what the builder, or one that it becomes, executes recorded. */
export function watchBuilder<Builder extends BuilderLike>(builder: Builder, around: BuilderSurroundings): Builder {
  around.trail.attempt(() => {
    const steps = builder as unknown as Partial<Record<(typeof NEXT)[number], (...input: unknown[]) => BuilderLike>>;
    for (const name of NEXT) {
      const step = steps[name];
      if (step === undefined || Object.hasOwn(builder, name)) continue;
      steps[name] = (...input) => {
        const next = step.apply(builder, input);
        return next === (builder as BuilderLike) ? next : watchBuilder(next, around);
      };
    }
    const execute = builder.execute?.bind(builder);
    if (execute !== undefined && !Object.hasOwn(builder, 'execute')) {
      builder.execute = () => executeWatched(builder, execute, around);
    }
  });
  return builder;
}

async function executeWatched(
  builder: BuilderLike,
  execute: () => Promise<unknown>,
  around: BuilderSurroundings,
): Promise<unknown> {
  const { queryType, mainAlias, callListeners } = builder.expressionMap;
  const kind = KINDS[queryType];
  const metadata = mainAlias?.hasMetadata ? mainAlias.metadata : undefined;
  if (kind === undefined || metadata === undefined) return await execute();
  // What runs for `save` and the like tells no listeners: the subscriber hears of it from `save` itself.
  if (!callListeners) return await executeForSave(builder, metadata, execute, around);
  return await executeRecorded(builder, kind, metadata, execute, around);
}

/** Records no more than what the subscriber does not hear of. */
async function executeForSave(
  builder: BuilderLike,
  metadata: MetadataLike,
  execute: () => Promise<unknown>,
  around: BuilderSurroundings,
): Promise<unknown> {
  const { trail, farSides } = around;
  const { queryRunner, expressionMap } = builder;
  const { queryType, whereEntities } = expressionMap;
  if (metadata.isJunction || !(queryType === 'insert' || queryType === 'update')) return await execute();
  if (queryType === 'update') {
    const [values = {}] = setOf(expressionMap);
    const pointers = trail.attempt(() => farSides.untold(queryRunner, metadata, whereEntities?.[0], values)) ?? {};
    if (Object.keys(pointers).length === 0) return await execute();
    return await executeRecorded(builder, 'update', metadata, execute, around, pointers);
  }
  const result = (await execute()) as { identifiers?: readonly object[] };
  trail.attempt(() => {
    for (const [index, values] of setOf(expressionMap).entries()) {
      farSides.inserted(queryRunner, metadata, result.identifiers?.[index] ?? {}, values);
    }
  });
  return result;
}

/** @param only Of an update: the fields that are recorded, with the values they get; default all. */
async function executeRecorded(
  builder: BuilderLike,
  kind: WriteKind,
  metadata: MetadataLike,
  execute: () => Promise<unknown>,
  around: BuilderSurroundings,
  only?: Row,
): Promise<unknown> {
  const { trail, transactions } = around;
  const join = trail.attempt(() => joinOf(metadata));
  if (!trail.wants(metadata.name, kind, join)) return await execute();
  const events = transactions.eventsOf(builder.queryRunner);
  const write = trail.attempt(() => new SqlWrite(describe(builder, kind, metadata, join, around), trail));
  await write?.prepare();
  const result = await execute();
  await trail.attemptAsync(async () => {
    for (const change of (await write?.changes(outcomeOf(builder, kind, metadata, result))) ?? []) {
      trail.record(only ? restricted(change, only) : change, events);
    }
  });
  return result;
}

function restricted(change: RowsChanged, only: Row): RowsChanged {
  const keeps = (field: string) => Object.hasOwn(only, field);
  const rows = change.rows.map((row) => ({ ...row, after: row.after && pick(row.after, keeps) }));
  return { ...change, rows, values: only };
}

function describe(
  builder: BuilderLike,
  kind: WriteKind,
  metadata: MetadataLike,
  join: JoinTable | undefined,
  around: BuilderSurroundings,
): SqlStatement {
  const { expressionMap } = builder;
  const { onUpdate } = expressionMap;
  const reader = new BuilderReader(builder, metadata, around);
  const conflict = [onUpdate?.conflict ?? []].flat();
  const conflictFields = metadata.columns.filter((column) => conflict.includes(column.databaseName)).map(fieldOf);
  const columns = (kind === 'create' && builder.getInsertedColumns?.()) || metadata.columns;
  const values = setOf(expressionMap).map((entity) => rowOfEntity(entity, columns));
  return {
    kind,
    model: metadata.name,
    join,
    keyFields: around.trail.idFields(metadata.name) ?? keyFields(metadata),
    stated: kind === 'create' && !expressionMap.insertFromSelect ? values : null,
    values: values[0] ?? {},
    pinned: rowOfEntity(expressionMap.whereEntities?.[0] ?? {}, metadata.primaryColumns),
    upsert: onUpdate === undefined ? null : { conflictFields: conflictFields.length === 0 ? null : conflictFields },
    readTargets: (limit) => reader.targets(limit),
    readByKeys: (fields, keys) => reader.byKeys(fields, keys),
  };
}

function setOf({ valuesSet }: ExpressionMap): object[] {
  return [valuesSet ?? []].flat();
}

function outcomeOf(builder: BuilderLike, kind: WriteKind, metadata: MetadataLike, result: unknown): SqlOutcome {
  const { affected, raw, identifiers } = result as { affected?: number | null; raw?: unknown; identifiers?: object[] };
  if (kind !== 'create') return { count: affected ?? undefined, rows: undefined };
  const { extraReturningColumns, onUpdate } = builder.expressionMap;
  // What came back is what was inserted, without rows that were there already.
  const count = Array.isArray(raw) && extraReturningColumns.length > 0 ? raw.length : undefined;
  const set = setOf(builder.expressionMap);
  const isWhole = onUpdate === undefined && (count === undefined || count === set.length);
  if (!isWhole || set.length === 0) return { count, rows: undefined, parts: identifiersOf(metadata, identifiers) };
  // TypeORM has put what the database generated into the values.
  const rows = set.map((entity, index) => rowOfEntity({ ...identifiers?.[index], ...entity }, metadata.columns));
  return { count: rows.length, rows };
}

/** The keys of inserted rows, where each has one. */
function identifiersOf(metadata: MetadataLike, identifiers: readonly object[] = []): Row[] | undefined {
  const keys = identifiers.map((identifier) => rowOfEntity(identifier ?? {}, metadata.primaryColumns));
  return keys.every((key) => Object.keys(key).length > 0) ? keys : undefined;
}

/** Reads rows for one execution of a builder: on its connection, else on one of its own. */
class BuilderReader {
  readonly #builder: BuilderLike;
  readonly #metadata: MetadataLike;
  readonly #around: BuilderSurroundings;

  constructor(builder: BuilderLike, metadata: MetadataLike, around: BuilderSurroundings) {
    this.#builder = builder;
    this.#metadata = metadata;
    this.#around = around;
  }

  /** The rows that the builder's conditions meet. */
  targets(limit: number): Promise<Row[]> {
    // A repository's builder would name the columns after its alias.
    return this.#read((runner) => this.#builder.clone().select('*').setQueryRunner(runner).limit(limit));
  }

  byKeys(fields: readonly string[], keys: readonly Row[]): Promise<Row[]> {
    const conditions = keys.map((key) => Object.fromEntries(fields.map((field) => [field, key[field]])));
    const { source } = this.#around;
    return this.#read((runner) =>
      source.createQueryBuilder(runner).select().from(this.#metadata.target, 'audited').where(conditions),
    );
  }

  async #read(query: (runner: QueryRunnerLike) => SelectBuilder): Promise<Row[]> {
    const { source, transactions } = this.#around;
    const given = this.#builder.queryRunner;
    // Not from a replica, which may lag behind. Nor held while the statement waits for a connection too: that could be
    // the pool's last.
    const runner = given ?? source.createQueryRunner('master');
    try {
      const rows = await transactions.read(runner, (on) => query(on).withDeleted().getRawMany());
      return rows.map((row) => this.#rowOf(row));
    } finally {
      if (given === undefined) await runner.release();
    }
  }

  #rowOf(raw: Row): Row {
    const { driver } = this.#around.source;
    const columns = this.#metadata.columns.filter((column) => column.isSelect && column.databaseName in raw);
    return Object.fromEntries(
      columns.map((column) => [fieldOf(column), driver.prepareHydratedValue(raw[column.databaseName], column)]),
    );
  }
}
