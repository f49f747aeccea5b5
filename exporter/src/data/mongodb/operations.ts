import type { SessionLike } from './sessions.ts';

export interface WriteOptions {
  readonly session?: SessionLike | null | undefined;
  readonly ordered?: boolean | undefined;
  readonly explain?: unknown;
  readonly sort?: unknown;
  readonly collation?: unknown;
  readonly hint?: unknown;
  readonly let?: unknown;
  readonly projection?: unknown;
  readonly returnDocument?: unknown;
  readonly includeResultMetadata?: boolean | undefined;
}

/** The documents that a part of a write goes for. */
export interface Target {
  readonly kind: 'update' | 'delete';
  readonly filter: unknown;
  /** Only the first that the filter meets. */
  readonly isOne: boolean;
  readonly update?: unknown;
}

/** A call that writes. What it inserts has the place that it has in the call. */
export interface Operation {
  readonly inserts: ReadonlyMap<number, object>;
  readonly targets: readonly Target[];
  readonly mayUpsert: boolean;
  readonly options: WriteOptions;
}

/** What came of it. */
export interface Outcome {
  readonly inserted: ReadonlyMap<number, unknown>;
  readonly modified: number;
  readonly deleted: number;
  readonly upsertedIds: readonly unknown[];
  /** A document as it was, where the call gave it back. */
  readonly before?: object | undefined;
}

type Describe = (...input: never[]) => Operation;

const NO_INSERTS: ReadonlyMap<number, object> = new Map();

const insertOne = (document: object, options: WriteOptions = {}) => inserting([document], options);
const insertMany = (documents: readonly object[], options: WriteOptions = {}) => inserting(documents, options);

function inserting(documents: readonly object[], options: WriteOptions): Operation {
  return { inserts: new Map(documents.entries()), targets: [], mayUpsert: false, options };
}

function updating(isOne: boolean): Describe {
  return (filter: unknown, update: unknown, options: WriteOptions & { upsert?: boolean } = {}) => ({
    inserts: NO_INSERTS,
    targets: [{ kind: 'update', filter, isOne, update }],
    mayUpsert: options.upsert === true,
    options,
  });
}

function deleting(isOne: boolean): Describe {
  return (filter: unknown = {}, options: WriteOptions = {}) => ({
    inserts: NO_INSERTS,
    targets: [{ kind: 'delete', filter, isOne }],
    mayUpsert: false,
    options,
  });
}

interface BulkPart {
  readonly document?: object;
  readonly filter?: unknown;
  readonly update?: unknown;
  readonly replacement?: unknown;
  readonly upsert?: boolean;
}

const bulkWrite = (operations: readonly Record<string, BulkPart>[], options: WriteOptions = {}): Operation => {
  const inserts = new Map<number, object>();
  const targets: Target[] = [];
  let mayUpsert = false;
  for (const [index, operation] of operations.entries()) {
    for (const [name, part] of Object.entries(operation)) {
      if (name === 'insertOne') inserts.set(index, part.document ?? part);
      const [, verb, number] = /^(update|replace|delete)(One|Many)$/.exec(name) ?? [];
      if (verb === undefined) continue;
      const kind = verb === 'delete' ? 'delete' : 'update';
      targets.push({ kind, filter: part.filter, isOne: number === 'One', update: part.update ?? part.replacement });
      mayUpsert ||= part.upsert === true;
    }
  }
  return { inserts, targets, mayUpsert, options };
};

/** How each of a collection's methods says what it writes. */
export const OPERATIONS = {
  insertOne,
  insertMany,
  updateOne: updating(true),
  updateMany: updating(false),
  replaceOne: updating(true),
  deleteOne: deleting(true),
  deleteMany: deleting(false),
  findOneAndUpdate: updating(true),
  findOneAndReplace: updating(true),
  findOneAndDelete: deleting(true),
  bulkWrite,
} as const satisfies Record<string, Describe>;

interface WriteResult {
  readonly acknowledged?: boolean;
  readonly insertedId?: unknown;
  readonly insertedIds?: Readonly<Record<number, unknown>>;
  readonly modifiedCount?: number;
  readonly deletedCount?: number;
  readonly upsertedId?: unknown;
  readonly upsertedIds?: Readonly<Record<number, unknown>>;
}

/** Null where the server was told not to answer. */
export function outcomeOfWrite(result: WriteResult): Outcome | null {
  if (result.acknowledged === false) return null;
  const single = result.insertedId === undefined ? {} : { 0: result.insertedId };
  return {
    inserted: byPlace(result.insertedIds ?? single),
    modified: result.modifiedCount ?? 0,
    deleted: result.deletedCount ?? 0,
    upsertedIds: [...Object.values(result.upsertedIds ?? {}), ...[result.upsertedId ?? []].flat()],
  };
}

function byPlace(ids: Readonly<Record<number, unknown>>): Map<number, unknown> {
  return new Map(Object.entries(ids).map(([place, id]) => [Number(place), id]));
}

interface BulkError {
  readonly result?: WriteResult | undefined;
  readonly writeErrors?: { readonly index?: number } | readonly { readonly index?: number }[] | undefined;
}

/** What a bulk write did before it failed, or around what failed; null when that is not known. */
export function outcomeOfError(error: unknown, { inserts, options }: Operation): Outcome | null {
  const { result, writeErrors = [] } = error as BulkError;
  const failed = [writeErrors].flat().map(({ index }) => index);
  if (result === undefined || failed.length === 0) return null;
  const end = options.ordered === false ? Infinity : Math.min(...failed.map(Number));
  const made = [...inserts].filter(([place]) => place < end && !failed.includes(place));
  return {
    inserted: new Map(made.map(([place, document]) => [place, (document as { _id?: unknown })._id])),
    modified: result.modifiedCount ?? 0,
    deleted: result.deletedCount ?? 0,
    upsertedIds: Object.values(result.upsertedIds ?? {}),
  };
}

/** What `findOneAnd…` answers when asked for everything. */
export interface ModifyResult {
  readonly value?: object | null;
  readonly lastErrorObject?: { readonly updatedExisting?: boolean; readonly upserted?: unknown };
}

export function outcomeOfModify({ value, lastErrorObject }: ModifyResult, { targets, options }: Operation): Outcome {
  const isDelete = targets[0]?.kind === 'delete';
  const isWhole = options.projection === undefined && (isDelete || options.returnDocument !== 'after');
  return {
    inserted: new Map(),
    modified: !isDelete && lastErrorObject?.updatedExisting ? 1 : 0,
    deleted: isDelete && value ? 1 : 0,
    upsertedIds: [lastErrorObject?.upserted ?? []].flat(),
    before: isWhole && value ? value : undefined,
  };
}
