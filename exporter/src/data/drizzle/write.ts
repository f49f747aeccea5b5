import type { Row, WriteKind } from '../change.ts';
import type { SqlOutcome, SqlStatement } from '../sql-write.ts';
import {
  type Column,
  columnsOf,
  keyFieldsOf,
  literalOf,
  pinnedFields,
  type Table,
  tableName,
  whereKeys,
} from './table.ts';

/** What Drizzle's insert, update and delete know of themselves. Which fields there are depends on the kind. */
export interface WriteConfig {
  readonly table: Table;
  readonly values?: unknown;
  readonly select?: unknown;
  readonly set?: Readonly<Record<string, unknown>>;
  readonly where?: unknown;
  readonly withList?: readonly unknown[] | undefined;
  readonly from?: unknown;
  readonly joins?: readonly unknown[];
  returning?: readonly { readonly path: readonly string[]; readonly field: unknown }[] | undefined;
  returningFields?: unknown;
}

export interface Prepared {
  fields?: unknown;
  execute(placeholders?: Row, token?: unknown): Promise<unknown>;
  all?(placeholders?: Row, token?: unknown): Promise<unknown>;
}

/** An insert, update or delete before it is awaited. */
export interface WriteQuery {
  readonly config: WriteConfig;
  returning(): unknown;
  onConflictDoUpdate?(conflict: Conflict): unknown;
  _prepare(name?: string): Prepared;
}

interface SelectQuery {
  from(table: Table): SelectQuery;
  where(condition: unknown): SelectQuery;
  limit(rows: number): SelectQuery;
  prepare(name?: string): Prepared;
}

/** Where a select can start: a database, or a transaction. */
export interface Selecting {
  select(): SelectQuery;
}

/** Runs a read so that its failure leaves a transaction as it was. */
export type Reading = <T>(read: (on: Selecting) => Promise<T>) => Promise<T>;

export interface Conflict {
  readonly target: Column | readonly Column[];
}

/**
 * What the statement is going to do.
 * @param conflict What `onConflictDoUpdate` was told, which the query itself keeps as text only.
 */
export function describe(
  kind: WriteKind,
  { config }: WriteQuery,
  placeholders: Row,
  conflict: Conflict | undefined,
  keyFields: readonly string[] | undefined,
  reading: Reading,
): SqlStatement {
  const { table } = config;
  const read = (condition: unknown, limit: number) =>
    reading((on) => on.select().from(table).where(condition).limit(limit).prepare().execute(placeholders)) as Promise<
      Row[]
    >;
  return {
    kind,
    model: tableName(table),
    keyFields: keyFields ?? keyFieldsOf(table),
    stated: kind === 'create' ? statedRows(config, placeholders) : null,
    values: knownFields(config.set ?? {}, placeholders),
    pinned: pinnedFields(table, config.where, placeholders),
    upsert: conflict === undefined ? null : { conflictFields: fieldsOf(table, conflict) },
    async readTargets(limit) {
      const isPlain = !config.withList?.length && config.from === undefined && !config.joins?.length;
      return isPlain ? await read(config.where, limit) : undefined;
    },
    readByKeys: (fields, keys) => read(whereKeys(table, fields, keys), keys.length),
  };
}

function statedRows({ values, select }: WriteConfig, placeholders: Row): Row[] | null {
  return select || !Array.isArray(values) ? null : values.map((row) => knownFields(row as Row, placeholders));
}

function knownFields(row: Row, placeholders: Row): Row {
  return Object.fromEntries(
    Object.entries(row).flatMap(([field, value]) => {
      const literal = literalOf(value, placeholders);
      return literal.known ? [[field, literal.value]] : [];
    }),
  );
}

function fieldsOf(table: Table, { target }: Conflict): string[] {
  const targets = Array.isArray(target) ? target : [target];
  return Object.entries(columnsOf(table)).flatMap(([field, column]) => (targets.includes(column) ? [field] : []));
}

/**
 * What the application's own RETURNING gives: `none`, whole rows, or these fields of them under the application's names;
 * null: something that cannot be told from the rows.
 */
export type OwnReturning = 'none' | 'rows' | ReadonlyMap<string, string> | null;

export function ownReturning({ config }: WriteQuery): OwnReturning {
  if (config.returning === undefined) return 'none';
  if (config.from !== undefined || config.joins?.length) return null;
  const fields = new Map(Object.entries(columnsOf(config.table)).map(([field, column]) => [column as unknown, field]));
  const asked = config.returning.map(({ path, field }) => [path.length === 1 ? path[0] : undefined, fields.get(field)]);
  if (asked.some((pair) => pair.includes(undefined))) return null;
  const isWhole = asked.length === fields.size && asked.every(([name, field]) => name === field);
  return isWhole ? 'rows' : new Map(asked as [string, string][]);
}

/** The same statement, giving whole rows back. */
export function returningRows(query: WriteQuery, prepare: () => Prepared, own: OwnReturning): Prepared {
  const { config } = query;
  const { returning, returningFields } = config;
  try {
    query.returning();
    const prepared = prepare();
    // The driver's own answer, of which the application is given everything but the rows.
    if (own === 'none') prepared.fields = undefined;
    return prepared;
  } finally {
    config.returning = returning;
    config.returningFields = returningFields;
  }
}

/** How drivers answer where rows are not asked for: all have the rows somewhere, and the number written. */
interface DriverAnswer {
  rows?: unknown;
  fields?: unknown;
  readonly rowCount?: number | null;
  readonly affectedRows?: number;
  readonly count?: number;
}

/** What the application's own statement answered. */
export function outcomeOf(result: unknown, own: OwnReturning): SqlOutcome {
  if (own !== 'none') {
    const rows = result as Row[];
    return {
      count: rows.length,
      rows: own === 'rows' ? rows : undefined,
      parts: own === null || own === 'rows' ? undefined : rows.map((row) => renamed(row, own)),
    };
  }
  const { rowCount, affectedRows, count } = (result ?? {}) as DriverAnswer;
  return { count: rowCount ?? affectedRows ?? count, rows: undefined };
}

function renamed(row: Row, names: ReadonlyMap<string, string>): Row {
  return Object.fromEntries([...names].map(([name, field]) => [field, row[name]]));
}

/** The rows of a driver's answer, by the schema's names and in its types; the answer itself is left without them. */
export function takeRows(answer: unknown, table: Table, columnName: (column: Column) => string): Row[] | undefined {
  const holder = answer as DriverAnswer;
  const raw = Array.isArray(answer) ? answer.splice(0) : holder.rows;
  if (!Array.isArray(raw)) return undefined;
  if (!Array.isArray(answer)) holder.rows = [];
  if (Array.isArray(holder.fields)) holder.fields = [];
  const columns = Object.entries(columnsOf(table));
  return raw.map((row: Row) =>
    Object.fromEntries(
      columns.map(([field, column]) => {
        const value = row[columnName(column)] ?? null;
        return [field, value === null ? null : column.mapFromDriverValue(value)];
      }),
    ),
  );
}

/** The rows as the application's own RETURNING would have given them. */
export function rowsAsAsked(rows: readonly Row[], own: ReadonlyMap<string, string>): Row[] {
  return rows.map((row) => Object.fromEntries([...own].map(([name, field]) => [name, row[field]])));
}
