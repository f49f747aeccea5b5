import type { Row, RowChange, RowsChanged } from '../change.ts';
import type { AuditTrail } from '../trail.ts';
import { type DocumentModel, isSame, rowOf, valuesPinned, valuesSet } from './document.ts';
import type { Operation, Outcome, Target, WriteOptions } from './operations.ts';

/** Reads documents as the collection itself would, unwatched. */
export type Find = (filter: unknown, options: object) => Promise<readonly object[]>;

/** Filters that only stand alone. */
const LONERS = new Set(['$text', '$near', '$nearSphere', '$where']);

/** One call on its way: what was there before, and what it changed. */
export class DocumentWrite {
  readonly #operation: Operation;
  readonly #model: DocumentModel;
  readonly #trail: AuditTrail;
  readonly #find: Find;
  /** Documents as they were; undefined: not read. */
  #before: readonly object[] | undefined;

  constructor(operation: Operation, model: DocumentModel, trail: AuditTrail, find: Find) {
    this.#operation = operation;
    this.#model = model;
    this.#trail = trail;
    this.#find = find;
  }

  /** Reads the documents as they are, where that is wanted. Never throws. */
  async prepare(): Promise<void> {
    this.#before = await this.#trail.attemptAsync(() => this.#readBefore());
  }

  async changes(outcome: Outcome): Promise<RowsChanged[]> {
    if (outcome.before !== undefined) this.#before = [outcome.before];
    const after = await this.#trail.attemptAsync(() => this.#readAfter(outcome));
    const created = [...this.#inserted(outcome), ...(await this.#upserted(outcome))];
    return [
      this.#change('create', created, outcome.inserted.size + outcome.upsertedIds.length),
      { ...this.#change('update', this.#updated(outcome, after), outcome.modified), values: this.#values() },
      this.#change('delete', this.#deleted(outcome, after), outcome.deleted),
    ].filter(({ rows, count }) => rows.length > 0 || Number(count) > 0);
  }

  #change(kind: RowsChanged['kind'], rows: readonly RowChange[], count: number): RowsChanged {
    return { kind, model: this.#model.name, rows, count };
  }

  async #readBefore(): Promise<readonly object[] | undefined> {
    const { maxRows } = this.#trail;
    const targets = this.#operation.targets.filter(({ kind }) => this.#trail.wantsBefore(this.#model.name, kind));
    const [only] = targets;
    if (only === undefined) return undefined;
    if (targets.length === 1) {
      const { sort, collation, hint, let: variables } = this.#operation.options;
      const limit = only.isOne ? 1 : maxRows + 1;
      return await this.#read(only.filter, { limit, ...given({ sort, collation, hint, let: variables }) });
    }
    const filters = targets.slice(0, maxRows).map(({ filter }) => filter);
    if (filters.some(standsAlone)) return undefined;
    return await this.#read({ $or: filters }, { limit: maxRows + 1 });
  }

  /** The documents that were read before, as they are now, by their ids. */
  async #readAfter({ modified, deleted }: Outcome): Promise<Map<string, Row> | undefined> {
    const isGuess = deleted > 0 && this.#operation.targets.some(isUnsure);
    const ids = this.#before?.map(idOf) ?? [];
    if (ids.length === 0 || (modified === 0 && !isGuess)) return undefined;
    return this.#byId(await this.#read({ _id: { $in: ids } }, {}));
  }

  #byId(documents: readonly object[]): Map<string, Row> {
    return new Map(documents.map((document) => [String(idOf(document)), this.#row(document)]));
  }

  /** In the same transaction, and from the server that writes. */
  #read(filter: unknown, options: object): Promise<readonly object[]> {
    const { session } = this.#operation.options;
    return this.#find(filter, { ...options, ...given({ session }), readPreference: 'primary', raw: false });
  }

  #inserted({ inserted }: Outcome): RowChange[] {
    return [...inserted].slice(0, this.#trail.maxRows).flatMap(([place, id]) => {
      const document = this.#operation.inserts.get(place);
      return document === undefined
        ? []
        : [{ before: null, after: { ...this.#row({ _id: id }), ...this.#row(document) } }];
    });
  }

  async #upserted({ upsertedIds }: Outcome): Promise<RowChange[]> {
    if (upsertedIds.length === 0) return [];
    const ids = upsertedIds.slice(0, this.#trail.maxRows);
    const found = await this.#trail.attemptAsync(async () => this.#byId(await this.#read({ _id: { $in: ids } }, {})));
    return ids.map((_id) => ({ before: null, after: found?.get(String(_id)) ?? this.#row({ _id }) }));
  }

  #updated({ modified }: Outcome, after: ReadonlyMap<string, Row> | undefined): RowChange[] {
    // What changed meanwhile was somebody else's doing.
    if (modified === 0) return [];
    const changed = (this.#before ?? []).flatMap((document) => {
      const before = this.#row(document);
      const now = after?.get(String(idOf(document)));
      return now === undefined || isSame(before, now) ? [] : [{ before, after: { ...removedFrom(before), ...now } }];
    });
    return changed.length > 0 ? changed.slice(0, modified) : this.#stated('update', modified);
  }

  #deleted({ deleted }: Outcome, after: ReadonlyMap<string, Row> | undefined): RowChange[] {
    if (deleted === 0) return [];
    const gone = (this.#before ?? []).filter((document) => !after?.has(String(idOf(document)))).slice(0, deleted);
    if (gone.length === 0) return this.#stated('delete', deleted);
    return gone.map((document) => ({ before: this.#row(document), after: null }));
  }

  /** What the call itself tells of the one document it changed. */
  #stated(kind: Target['kind'], count: number): RowChange[] {
    const [target, another] = this.#operation.targets;
    if (count !== 1 || target === undefined || another !== undefined) return [];
    const pinned = valuesPinned(target.filter, this.#model);
    return kind === 'delete' ? [{ before: pinned, after: null }] : [{ key: pinned, after: this.#values() ?? {} }];
  }

  /** Where all that is updated is set to the same values. */
  #values(): Row | undefined {
    const [target, another] = this.#operation.targets;
    return target === undefined || another !== undefined ? undefined : valuesSet(target.update, this.#model);
  }

  #row(document: object): Row {
    return rowOf(document, this.#model);
  }
}

/** Fields that are gone show as such; what an image lacks counts as unchanged. */
function removedFrom(before: Row): Row {
  return Object.fromEntries(Object.keys(before).map((name) => [name, null]));
}

function idOf(document: object): unknown {
  return (document as { _id?: unknown })._id;
}

/** The document that a search gives need not be the one that the call took. */
function isUnsure({ isOne, filter }: Target): boolean {
  return isOne && !Object.hasOwn(Object(filter), '_id');
}

function standsAlone(filter: unknown): boolean {
  if (typeof filter !== 'object' || filter === null) return false;
  return Object.entries(filter).some(([name, value]) => LONERS.has(name) || standsAlone(value));
}

function given(options: WriteOptions): object {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined && value !== null));
}
