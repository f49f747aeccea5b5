import type { Row, WriteKind } from '../change.ts';
import type { SqlOutcome, SqlStatement } from '../sql-write.ts';
import { attributesOf, conflictAttributes, type InstanceLike, type ModelLike, rowOf } from './model.ts';
import type { TransactionLike } from './transactions.ts';

interface WriteOptions {
  readonly transaction?: TransactionLike | null | undefined;
  readonly model?: ModelLike | undefined;
  readonly returning?: unknown;
  readonly truncate?: boolean | undefined;
  readonly updateOnDuplicate?: readonly string[] | undefined;
  readonly upsertKeys?: readonly string[] | undefined;
  readonly conflictFields?: readonly string[] | undefined;
}

/** A call of the query interface that writes rows of a model. */
export interface Write {
  readonly kind: WriteKind;
  readonly model: ModelLike;
  readonly options: WriteOptions;
  /** By column. */
  readonly where?: unknown;
  readonly stated?: readonly Row[] | undefined;
  readonly values?: Row | undefined;
  readonly upsert?: SqlStatement['upsert'];
  readonly known?: readonly Row[] | undefined;
  /** The key of the one row that it writes. */
  readonly key?: Row | undefined;
  outcome(result: unknown): SqlOutcome;
}

/** Tells `literal`, `fn` and the like, which may stand in place of a value. */
export type IsExpression = (value: unknown) => boolean;

type Describe<Input extends readonly unknown[]> = (isExpression: IsExpression, ...input: Input) => Write | null;

const insert: Describe<[InstanceLike | null, unknown, Row, WriteOptions]> = (
  isExpression,
  instance,
  _table,
  values,
  options,
) => {
  const model = modelOf(instance);
  if (!instance || !model) return null;
  return {
    kind: 'create',
    model,
    options,
    stated: [rowOf(values, model, isExpression)],
    outcome: () => ({ count: 1, rows: [rowOf(instance.dataValues, model, isExpression)] }),
  };
};

const bulkInsert: Describe<[unknown, readonly Row[], WriteOptions]> = (isExpression, _table, records, options) => {
  const { model, updateOnDuplicate, upsertKeys = [] } = options;
  if (!model) return null;
  return {
    kind: 'create',
    model,
    options,
    stated: records.map((record) => rowOf(record, model, isExpression)),
    upsert: updateOnDuplicate ? { conflictFields: attributesOf(upsertKeys, model) } : null,
    outcome(result) {
      if (!options.returning || !Array.isArray(result)) return { count: undefined, rows: undefined };
      return { count: result.length, rows: result.map((row) => rowOf(row, model, isExpression)) };
    },
  };
};

const upsert: Describe<[unknown, Row, Row, unknown, WriteOptions]> = (
  isExpression,
  _table,
  values,
  _update,
  _where,
  options,
) => {
  const { model, conflictFields } = options;
  if (!model) return null;
  const stated = rowOf(values, model, isExpression);
  return {
    kind: 'create',
    model,
    options,
    stated: [stated],
    upsert: { conflictFields: conflictAttributes(model, stated, conflictFields) },
    outcome: () => ({ count: 1, rows: undefined }),
  };
};

const update: Describe<[InstanceLike, unknown, Row, unknown, WriteOptions]> = (
  isExpression,
  instance,
  _table,
  values,
  where,
  options,
) => {
  const model = modelOf(instance);
  if (!model) return null;
  const before = storedRow(instance, model, isExpression);
  const after = rowOf(values, model, isExpression);
  const kind = isSoftDelete(values, model) ? 'delete' : 'update';
  const isRemembered = !Object.keys(after).some((name) => isObject(after[name]) && isObject(before[name]));
  const isKnown = isRemembered && kind === 'update' && !Object.values(values).some(isExpression);
  return {
    kind,
    model,
    options,
    where,
    values: after,
    known: isRemembered ? [before] : undefined,
    key: Object.fromEntries(model.primaryKeyAttributes.map((name) => [name, before[name]])),
    outcome: (result) => ({ count: countOf((result as unknown[])[1]), rows: isKnown ? [after] : undefined }),
  };
};

const bulkUpdate: Describe<[unknown, Row, unknown, WriteOptions]> = (isExpression, _table, values, where, options) => {
  const { model } = options;
  if (!model) return null;
  return {
    kind: isSoftDelete(values, model) ? 'delete' : 'update',
    model,
    options,
    where,
    values: rowOf(values, model, isExpression),
    outcome: counted,
  };
};

const deleteOne: Describe<[InstanceLike, unknown, unknown, WriteOptions]> = (
  isExpression,
  instance,
  _table,
  where,
  options,
) => {
  const model = modelOf(instance);
  if (!model) return null;
  const known = [storedRow(instance, model, isExpression)];
  // Sequelize doesn't tell whether the row was still there.
  return { kind: 'delete', model, options, where, known, outcome: () => ({ count: 1, rows: undefined }) };
};

const bulkDelete: Describe<[unknown, unknown, WriteOptions, ModelLike?]> = (
  _isExpression,
  _table,
  where,
  options,
  model = options.model,
) => (model && !options.truncate ? { kind: 'delete', model, options, where, outcome: counted } : null);

const arithmetic: Describe<[ModelLike, unknown, unknown, Row, Row, WriteOptions]> = (
  _isExpression,
  model,
  _table,
  where,
  _by,
  _extra,
  options,
) => ({
  kind: 'update',
  model,
  options,
  where,
  outcome: (result) => counted((result as unknown[] | undefined)?.[1]),
});

/** How each of the query interface's methods says what it writes; null: nothing of a model. */
export const WRITES = {
  insert,
  bulkInsert,
  upsert,
  update,
  bulkUpdate,
  delete: deleteOne,
  bulkDelete,
  increment: arithmetic,
  decrement: arithmetic,
} as const;

function modelOf(instance: InstanceLike | null): ModelLike | undefined {
  return instance?.constructor as ModelLike | undefined;
}

/** What an instance remembers of its row, as far as it was loaded. */
function storedRow(instance: InstanceLike, model: ModelLike, isExpression: IsExpression): Row {
  return rowOf({ ...instance.dataValues, ...instance._previousDataValues }, model, isExpression);
}

/** One whose inside may have changed with the application's: an instance remembers the object, not what was in it. */
const isObject = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !(value instanceof Date) && !ArrayBuffer.isView(value);

/** A paranoid model's `destroy` sets a stamp, and nothing else. */
function isSoftDelete(values: Row, { _timestampAttributes: stamps, rawAttributes }: ModelLike): boolean {
  const column = (attribute: string | undefined) => attribute && (rawAttributes[attribute]?.field ?? attribute);
  const deletedAt = column(stamps?.deletedAt);
  if (!deletedAt || (values[deletedAt] ?? null) === null) return false;
  return Object.keys(values).every((name) => name === deletedAt || name === column(stamps?.updatedAt));
}

function counted(result: unknown): SqlOutcome {
  return { count: countOf(result), rows: undefined };
}

/** Rows where they were asked for, else their number, where the database tells. */
function countOf(result: unknown): number | undefined {
  if (Array.isArray(result)) return result.length;
  return typeof result === 'number' ? result : undefined;
}
