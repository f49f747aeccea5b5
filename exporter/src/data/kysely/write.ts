import type { Row, RowChange, RowsChanged, WriteKind } from '../change.ts';
import { keyOf, pairRows } from '../row-images.ts';
import type { CompiledQueryLike, ConnectionTools, QueryResultLike } from './connection.ts';
import type { OperationNode } from './nodes.ts';
import {
  conflictColumns,
  insertedRows,
  isUpsert,
  ownReturning,
  pinnedRow,
  queryOfKeys,
  queryOfTargets,
  returningRows,
  updatedValues,
  type WriteStatement,
} from './statement.ts';

/** One statement on its way: what was there before, how it is sent, and what it changed. */
export class AuditedWrite {
  /** As it is sent: the application's, or one that gives whole rows back. */
  query: CompiledQueryLike;
  readonly #statement: WriteStatement;
  readonly #tools: ConnectionTools;
  readonly #read: (node: OperationNode) => Promise<Row[]>;
  readonly #keyFields: readonly string[];
  readonly #ownReturning: ReturnType<typeof ownReturning>;
  /** The rows that an insert states; null: they come from a query. */
  readonly #stated: readonly Row[] | null;
  /** Rows as they were; undefined: not read. */
  #before: readonly Row[] | undefined;
  #isAmended = false;

  constructor(
    statement: WriteStatement,
    query: CompiledQueryLike,
    tools: ConnectionTools,
    read: (node: OperationNode) => Promise<Row[]>,
  ) {
    this.query = query;
    this.#statement = statement;
    this.#tools = tools;
    this.#read = read;
    this.#keyFields = tools.trail.idFields(statement.model) ?? ['id'];
    this.#ownReturning = ownReturning(statement);
    this.#stated = statement.kind === 'create' ? insertedRows(statement) : null;
  }

  /** Reads the rows as they are, where that is wanted, and has the statement give whole rows back, where that is safe. */
  async prepare(): Promise<void> {
    const { trail, abilities } = this.#tools;
    if (abilities.limit) this.#before = await trail.attemptAsync(() => this.#readBefore());
    const expected = this.#stated ?? this.#before;
    // Only where few rows will come back: they are all held in memory.
    if (abilities.returning && expected !== undefined && expected.length <= trail.maxRows) this.#amend();
  }

  /** The result as the application's own statement would have given it. */
  forApplication(result: QueryResultLike): QueryResultLike {
    if (!this.#isAmended) return result;
    const columns = Array.isArray(this.#ownReturning) ? this.#ownReturning : null;
    return { ...result, rows: columns === null ? [] : result.rows.map((row) => project(row as Row, columns)) };
  }

  /** What the statement changed, given what it answered. */
  async changes(result: QueryResultLike): Promise<RowsChanged[]> {
    const count = Number(result.numAffectedRows ?? result.rows.length);
    if (count === 0) return [];
    if (this.#statement.kind === 'create') return await this.#created(result, count);
    if (this.#statement.kind === 'delete') return [this.#change('delete', this.#deleted(result, count), count)];
    const values = updatedValues(this.#statement);
    return [{ ...this.#change('update', await this.#updated(result, values, count), count), values }];
  }

  async #readBefore(): Promise<readonly Row[] | undefined> {
    const { trail } = this.#tools;
    const { kind, model } = this.#statement;
    if (kind === 'create') {
      return isUpsert(this.#statement) && trail.wantsBefore(model, 'update') ? this.#readConflicting() : undefined;
    }
    if (!trail.wantsBefore(model, kind)) return undefined;
    // One more than is recorded one by one, to see whether there are more.
    const query = queryOfTargets(this.#statement, trail.maxRows + 1);
    return query === null ? undefined : await this.#read(query);
  }

  /** The rows that an upsert may find there. */
  async #readConflicting(): Promise<readonly Row[] | undefined> {
    const columns = conflictColumns(this.#statement);
    if (columns === null || this.#stated === null || this.#stated.length > this.#tools.trail.maxRows) return undefined;
    const keys = this.#stated.filter((row) => keyOf(row, columns) !== undefined);
    return keys.length === 0 ? [] : await this.#read(queryOfKeys(this.#statement, columns, keys));
  }

  #amend(): void {
    if (this.#ownReturning === null || this.#ownReturning === 'rows') return;
    this.query = this.#tools.compile(returningRows(this.#statement), this.query.queryId);
    this.#isAmended = true;
  }

  #change(kind: WriteKind, rows: readonly RowChange[], count: number): RowsChanged {
    return { kind, model: this.#statement.model, rows, count, idFields: this.#keyFields };
  }

  /** The whole rows that came back; undefined where none did. */
  #returned({ rows }: QueryResultLike): readonly Row[] | undefined {
    return this.#isAmended || this.#ownReturning === 'rows' ? (rows as Row[]) : undefined;
  }

  async #created(result: QueryResultLike, count: number): Promise<RowsChanged[]> {
    if (!isUpsert(this.#statement)) {
      const rows = this.#returned(result) ?? this.#statedRows(result, count);
      return [
        this.#change(
          'create',
          rows.map((after) => ({ before: null, after })),
          count,
        ),
      ];
    }
    const columns = conflictColumns(this.#statement);
    const before = this.#before;
    if (before === undefined || columns === null) {
      // Nobody knows which of them are new.
      const rows = this.#returned(result) ?? this.#stated ?? [];
      return [
        this.#change(
          'update',
          rows.map((after) => ({ after })),
          rows.length || count,
        ),
      ];
    }
    const rows =
      this.#returned(result) ?? (await this.#read(queryOfKeys(this.#statement, columns, this.#stated ?? [])));
    const there = new Map(before.map((row) => [keyOf(row, columns), row]));
    const isNew = (row: Row) => !there.has(keyOf(row, columns));
    const added = rows.filter(isNew).map((after) => ({ before: null, after }));
    const updated = rows
      .filter((row) => !isNew(row))
      .map((after) => ({ before: there.get(keyOf(after, columns)), after }));
    return [this.#change('create', added, added.length), this.#change('update', updated, updated.length)];
  }

  /** The rows as the insert states them, and what little came back of them. */
  #statedRows({ rows, insertId }: QueryResultLike, count: number): readonly Row[] {
    const stated = this.#stated ?? [];
    if (stated.length !== count) return [];
    if (Array.isArray(this.#ownReturning) && rows.length === count) {
      return stated.map((row, index) => ({ ...row, ...(rows[index] as Row) }));
    }
    const [key] = this.#keyFields;
    const isGenerated = count === 1 && insertId !== undefined && this.#keyFields.length === 1;
    return isGenerated ? stated.map((row) => ({ [key as string]: insertId, ...row })) : stated;
  }

  #deleted(result: QueryResultLike, count: number): readonly RowChange[] {
    const known = this.#returned(result) ?? this.#before ?? (count === 1 ? [pinnedRow(this.#statement)] : []);
    return known.slice(0, count).map((before) => ({ before, after: null }));
  }

  async #updated(result: QueryResultLike, values: Row, count: number): Promise<readonly RowChange[]> {
    const { trail } = this.#tools;
    const returned = this.#returned(result);
    if (returned !== undefined) return pairRows(this.#before ?? [], returned, this.#keyFields);
    if (this.#before === undefined) {
      return count === 1 ? [{ key: pinnedRow(this.#statement), after: values }] : [];
    }
    const before = this.#before.slice(0, trail.maxRows);
    const hasKeys = before.length > 0 && before.every((row) => keyOf(row, this.#keyFields) !== undefined);
    const query = hasKeys ? queryOfKeys(this.#statement, this.#keyFields, before) : null;
    const after = query === null ? undefined : await trail.attemptAsync(() => this.#read(query));
    return after === undefined
      ? before.map((row) => ({ before: row, after: values }))
      : pairRows(before, after, this.#keyFields);
  }
}

function project(row: Row, columns: readonly string[]): Row {
  return Object.fromEntries(columns.map((column) => [column, row[column]]));
}
