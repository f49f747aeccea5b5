import type { JoinTable, Row, RowChange, RowsChanged, WriteKind } from './change.ts';
import { keyOf, pairRows } from './row-images.ts';
import type { AuditTrail } from './trail.ts';

/** An insert, update or delete of one table, as a layer reads it from its own query objects. */
export interface SqlStatement {
  readonly kind: WriteKind;
  readonly model: string;
  /** The fields of the primary key. */
  readonly keyFields: readonly string[];
  /** Where the layer knows that the table only joins two others. */
  readonly join?: JoinTable | undefined;
  /** The rows that an insert states, as far as they are values; null: not an insert, or from a query. */
  readonly stated: readonly Row[] | null;
  /** The values that an update sets, without its expressions. */
  readonly values: Row;
  /** The fields that the condition pins to a value. */
  readonly pinned: Row;
  /** An insert may turn into an update of a row that is there, which it finds by these fields; null: not named. */
  readonly upsert: { readonly conflictFields: readonly string[] | null } | null;
  /** The rows that it is going to change, where that is known without asking. */
  readonly known?: readonly Row[] | undefined;
  /** Reads the rows that an update or delete is going to change; undefined when that cannot be asked. */
  readTargets(limit: number): Promise<readonly Row[] | undefined>;
  /** Reads the rows with these keys. */
  readByKeys(fields: readonly string[], keys: readonly Row[]): Promise<readonly Row[]>;
}

/** What the database answered. */
export interface SqlOutcome {
  /** How many rows were written; undefined: the driver doesn't tell. */
  readonly count: number | undefined;
  /** The rows, whole, as they are now, or were before a delete; undefined where they did not come back. */
  readonly rows: readonly Row[] | undefined;
  /** Where only some fields of the inserted rows came back. */
  readonly parts?: readonly Row[] | undefined;
  /** The key that the database made for an inserted row. */
  readonly insertId?: unknown;
}

/** One statement on its way: what was there before, and what it changed. */
export class SqlWrite {
  readonly #statement: SqlStatement;
  readonly #trail: AuditTrail;
  /** Rows as they were; undefined: not read. */
  #before: readonly Row[] | undefined;

  constructor(statement: SqlStatement, trail: AuditTrail) {
    this.#statement = statement;
    this.#trail = trail;
  }

  /** Reads the rows as they are, where that is wanted. Never throws. */
  async prepare(): Promise<void> {
    this.#before = this.#statement.known ?? (await this.#trail.attemptAsync(() => this.#readBefore()));
  }

  /** Whether so few rows will be written that the statement may give them all back: they are held in memory. */
  get mayReturnRows(): boolean {
    const expected = this.#statement.stated ?? this.#before;
    return expected !== undefined && expected.length <= this.#trail.maxRows;
  }

  async changes(outcome: SqlOutcome): Promise<RowsChanged[]> {
    const { kind, stated, values } = this.#statement;
    const count = outcome.count ?? outcome.rows?.length ?? this.#before?.length ?? stated?.length ?? 1;
    if (count === 0) return [];
    if (kind === 'create') return await this.#created(outcome, count);
    if (kind === 'delete') return [this.#change('delete', this.#deleted(outcome, count), count)];
    return [{ ...this.#change('update', await this.#updated(outcome, count), count), values }];
  }

  async #readBefore(): Promise<readonly Row[] | undefined> {
    const { kind, model, upsert, join } = this.#statement;
    if (kind !== 'create') {
      // One more than is recorded one by one, to see whether there are more.
      const limit = this.#trail.maxRows + 1;
      return this.#trail.wantsBefore(model, kind, join) ? await this.#statement.readTargets(limit) : undefined;
    }
    if (upsert === null || !this.#trail.wantsBefore(model, 'update', join)) return undefined;
    return await this.#readConflicting(upsert.conflictFields);
  }

  /** The rows that an upsert may find there. */
  async #readConflicting(fields: readonly string[] | null): Promise<readonly Row[] | undefined> {
    const { stated } = this.#statement;
    if (fields === null || stated === null || stated.length > this.#trail.maxRows) return undefined;
    const keys = stated.filter((row) => keyOf(row, fields) !== undefined);
    return keys.length === 0 ? [] : await this.#statement.readByKeys(fields, keys);
  }

  #change(kind: WriteKind, rows: readonly RowChange[], count: number): RowsChanged {
    const { model, keyFields: idFields, join } = this.#statement;
    return { kind, model, rows, count, idFields, join };
  }

  async #created(outcome: SqlOutcome, count: number): Promise<RowsChanged[]> {
    const { upsert, stated } = this.#statement;
    if (upsert === null) {
      const rows = outcome.rows ?? this.#statedRows(outcome, count);
      return [this.#change('create', rows.map(asNew), count)];
    }
    const fields = upsert.conflictFields;
    if (this.#before === undefined || fields === null) {
      // Nobody knows which of them are new.
      const rows = outcome.rows ?? stated ?? [];
      return [
        this.#change(
          'update',
          rows.map((after) => ({ after })),
          rows.length || count,
        ),
      ];
    }
    const rows = outcome.rows ?? (await this.#readUpserted(fields, outcome));
    const there = new Map(this.#before.map((row) => [keyOf(row, fields), row]));
    const added: RowChange[] = [];
    const updated: RowChange[] = [];
    for (const after of rows) {
      const before = there.get(keyOf(after, fields));
      if (before === undefined) added.push(asNew(after));
      else updated.push({ before, after });
    }
    return [this.#change('create', added, added.length), this.#change('update', updated, updated.length)];
  }

  /** The rows after an upsert. One that lacks the key cannot have met another: it is as it was stated. */
  async #readUpserted(fields: readonly string[], outcome: SqlOutcome): Promise<readonly Row[]> {
    const stated = this.#statement.stated ?? [];
    const keyed = stated.filter((row) => keyOf(row, fields) !== undefined);
    if (keyed.length === 0) return this.#statedRows(outcome, stated.length);
    const found = await this.#statement.readByKeys(fields, keyed);
    return [...found, ...stated.filter((row) => !keyed.includes(row))];
  }

  /** The rows as the insert states them, and what little came back of them. */
  #statedRows({ parts, insertId }: SqlOutcome, count: number): readonly Row[] {
    const { stated, keyFields } = this.#statement;
    if (stated === null || stated.length !== count) return [];
    if (parts?.length === count) return stated.map((row, index) => ({ ...row, ...parts[index] }));
    const [key] = keyFields;
    if (key === undefined || keyFields.length > 1 || count > 1 || insertId === undefined) return stated;
    return stated.map((row) => ({ [key]: insertId, ...row }));
  }

  #deleted({ rows }: SqlOutcome, count: number): readonly RowChange[] {
    const known = rows ?? this.#before ?? (count === 1 ? [this.#statement.pinned] : []);
    return known.slice(0, count).map((before) => ({ before, after: null }));
  }

  async #updated({ rows }: SqlOutcome, count: number): Promise<readonly RowChange[]> {
    const { keyFields, pinned, values } = this.#statement;
    if (rows !== undefined) return pairRows(this.#before ?? [], rows, keyFields);
    if (this.#before === undefined) return count === 1 ? [{ key: pinned, after: values }] : [];
    const before = this.#before.slice(0, this.#trail.maxRows);
    const hasKeys = before.length > 0 && before.every((row) => keyOf(row, keyFields) !== undefined);
    const after = hasKeys
      ? await this.#trail.attemptAsync(() => this.#statement.readByKeys(keyFields, before))
      : undefined;
    return after === undefined
      ? before.map((row) => ({ before: row, after: values }))
      : pairRows(before, after, keyFields);
  }
}

function asNew(after: Row): RowChange {
  return { before: null, after };
}
