import type { Change, Row, RowChange, RowsChanged, WriteKind } from '../change.ts';
import { pairRows } from '../row-images.ts';
import type { AuditTrail } from '../trail.ts';
import type { PrismaModel, Values } from './model.ts';

/** The methods of Prisma's models that write. */
const KINDS: Readonly<Record<string, WriteKind>> = {
  create: 'create',
  createMany: 'create',
  createManyAndReturn: 'create',
  update: 'update',
  updateMany: 'update',
  updateManyAndReturn: 'update',
  upsert: 'update',
  delete: 'delete',
  deleteMany: 'delete',
};

export interface WriteArguments {
  readonly where?: Values | undefined;
  readonly data?: unknown;
  readonly create?: unknown;
  readonly update?: unknown;
  readonly select?: unknown;
  readonly omit?: unknown;
  readonly limit?: number | undefined;
}

/** The methods of a model that are used to read. */
export interface ModelDelegate {
  findUnique(query: object): Promise<unknown>;
  findMany(query: object): Promise<unknown[]>;
}

/** Undefined for methods that read. */
export function kindOf(operation: string): WriteKind | undefined {
  return Object.hasOwn(KINDS, operation) ? KINDS[operation] : undefined;
}

/** One call on its way: what was there before, and what it changed. */
export class PrismaWrite {
  readonly #operation: string;
  readonly #arguments: WriteArguments;
  readonly #model: PrismaModel;
  readonly #trail: AuditTrail;
  readonly #read: ModelDelegate;
  readonly #idFields: readonly string[];
  /** Rows as they were; undefined: not read. */
  #before: readonly Row[] | undefined;

  constructor(operation: string, input: WriteArguments, model: PrismaModel, trail: AuditTrail, read: ModelDelegate) {
    this.#operation = operation;
    this.#arguments = input;
    this.#model = model;
    this.#trail = trail;
    this.#read = read;
    this.#idFields = trail.idFields(model.name) ?? ['id'];
  }

  /** Reads the rows as they are, where that is wanted. Never throws. */
  async prepare(): Promise<void> {
    this.#before = await this.#trail.attemptAsync(() => this.#readBefore());
  }

  async changes(result: unknown): Promise<Change[]> {
    const change = await this.#rowsChanged(result);
    return [change, ...this.#relations(change)];
  }

  /** Whether the answer has all fields of the rows. */
  get #isWhole(): boolean {
    return this.#arguments.select === undefined && this.#arguments.omit === undefined;
  }

  get #isMany(): boolean {
    return this.#operation.includes('Many');
  }

  async #readBefore(): Promise<readonly Row[] | undefined> {
    const kind = kindOf(this.#operation);
    const isGiven = this.#operation === 'delete' && this.#isWhole;
    if (kind === undefined || kind === 'create' || isGiven) return undefined;
    if (!this.#trail.wantsBefore(this.#model.name, kind)) return undefined;
    const { where, limit } = this.#arguments;
    if (this.#isMany) {
      const take = Math.min(this.#trail.maxRows + 1, limit ?? Number.POSITIVE_INFINITY);
      return this.#rows(await this.#read.findMany({ ...(where && { where }), take }));
    }
    return this.#rows([await this.#read.findUnique({ where })]);
  }

  #rows(records: unknown): Row[] {
    const found = [records].flat().filter((record) => typeof record === 'object' && record !== null);
    return found.map((record) => this.#model.row(record));
  }

  async #rowsChanged(result: unknown): Promise<RowsChanged> {
    const { data } = this.#arguments;
    if (this.#operation === 'upsert') return await this.#upserted(result);
    const kind = kindOf(this.#operation) as WriteKind;
    const counted = (result as { count?: number } | null)?.count;
    const count = this.#isMany && typeof counted === 'number' ? counted : [result].flat().length;
    if (kind === 'create') return this.#change(kind, this.#created(result, count), count);
    if (kind === 'delete') return this.#change(kind, this.#deleted(result, count), count);
    const rows = await this.#updated(result, count, data);
    return { ...this.#change(kind, rows, count), values: this.#model.stated(data) };
  }

  #change(kind: WriteKind, rows: readonly RowChange[], count: number): RowsChanged {
    return { kind, model: this.#model.name, rows, count };
  }

  async #upserted(result: unknown): Promise<RowsChanged> {
    const { create, update } = this.#arguments;
    if (this.#before?.length === 0) {
      return this.#change('create', [{ before: null, after: this.#completed(result, create) }], 1);
    }
    return this.#change('update', await this.#updated(result, 1, update), 1);
  }

  #created(result: unknown, count: number): RowChange[] {
    const stated = [this.#arguments.data ?? {}].flat();
    const returned = this.#operation === 'createMany' ? [] : [result].flat();
    const records = this.#operation === 'createMany' ? stated : returned;
    // Duplicates were skipped, and nobody knows which.
    if (records.length !== count) return [];
    const known = records.slice(0, this.#trail.maxRows);
    return known.map((_, index) => ({ before: null, after: this.#completed(returned[index], stated[index]) }));
  }

  #completed(returned: unknown, data: unknown): Row {
    return { ...this.#model.stated(data), ...this.#model.row(returned) };
  }

  #deleted(result: unknown, count: number): RowChange[] {
    const known = this.#before ?? (this.#isMany ? [] : [this.#completed(result, this.#arguments.where)]);
    return known.slice(0, count).map((before) => ({ before, after: null }));
  }

  async #updated(result: unknown, count: number, data: unknown): Promise<RowChange[]> {
    const hasRows = this.#operation !== 'updateMany' && this.#isWhole;
    if (hasRows) return this.#paired(this.#rows(result));
    const before = this.#before?.slice(0, this.#trail.maxRows) ?? [];
    const stated = this.#model.stated(data);
    if (before.length === 0)
      return count === 1 ? [{ key: this.#model.stated(this.#arguments.where), after: stated }] : [];
    const after = await this.#trail.attemptAsync(() => this.#readAgain(before));
    return after === undefined ? before.map((row) => ({ before: row, after: stated })) : this.#paired(after);
  }

  #paired(after: readonly Row[]): RowChange[] {
    return pairRows(this.#before ?? [], after, this.#idFields);
  }

  /** Undefined where the rows cannot be told apart. */
  async #readAgain(before: readonly Row[]): Promise<Row[] | undefined> {
    const keys = before.map((row) => Object.fromEntries(this.#idFields.map((field) => [field, row[field]])));
    if (keys.some((key) => Object.values(key).includes(undefined))) return undefined;
    return this.#rows(await this.#read.findMany({ where: { OR: keys }, take: keys.length }));
  }

  /** What was tied to one record, or cut from it, within the call that wrote it. */
  #relations({ kind, model, rows }: RowsChanged): Change[] {
    const { data, create, update } = this.#arguments;
    if (kind === 'delete' || this.#isMany || !this.#trail.wantsRelations(model)) return [];
    const row = rows[0];
    const owner = { ...row?.key, ...row?.before, ...row?.after };
    return this.#model
      .relations(data ?? (kind === 'create' ? create : update))
      .flatMap(({ relation, added, removed }): Change[] => [
        { kind: 'relation_remove', model, owner, relation, related: removed },
        { kind: 'relation_add', model, owner, relation, related: added },
      ]);
  }
}
