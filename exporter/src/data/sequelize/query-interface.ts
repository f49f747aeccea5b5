import type { JoinTable, Row } from '../change.ts';
import { replaceMethods } from '../replaced-methods.ts';
import { type SqlStatement, SqlWrite } from '../sql-write.ts';
import type { AuditTrail } from '../trail.ts';
import { joinOf, type ModelLike } from './model.ts';
import type { SequelizeTransactions, TransactionLike } from './transactions.ts';
import { type IsExpression, WRITES, type Write } from './writes.ts';

type Method = (...input: unknown[]) => Promise<unknown>;
type TransactionMethod = (transaction: TransactionLike, options: unknown) => Promise<unknown>;

/** The part of Sequelize's `QueryInterface`, through which all its models write, that is used. */
export type QueryInterfaceLike = Record<keyof typeof WRITES, Method> &
  Record<'startTransaction' | 'commitTransaction' | 'rollbackTransaction', TransactionMethod>;

export interface SequelizeSurroundings {
  readonly trail: AuditTrail;
  readonly transactions: SequelizeTransactions;
  readonly isExpression: IsExpression;
  models(): readonly ModelLike[];
}

/**
 * Has everything that the models write recorded, where it goes through.
 * @returns what ends that.
 */
export function watchQueryInterface(queryInterface: QueryInterfaceLike, around: SequelizeSurroundings): () => void {
  const watched: Record<string, Method> = {};
  for (const name of Object.keys(WRITES) as (keyof typeof WRITES)[]) {
    const run = queryInterface[name];
    const describe = WRITES[name] as (isExpression: IsExpression, ...input: unknown[]) => Write | null;
    watched[name] = (...input) => {
      const write = around.trail.attempt(() => describe(around.isExpression, ...input));
      const execute = () => run.apply(queryInterface, input);
      const join = write ? joinWritten(write, around) : undefined;
      const isWanted = write && around.trail.wants(write.model.name, write.kind, join);
      return isWanted ? executeWatched(write, join, execute, around) : execute();
    };
  }
  return replaceMethods(queryInterface, { ...watched, ...watchedTransactions(queryInterface, around.transactions) });
}

function watchedTransactions(queryInterface: QueryInterfaceLike, transactions: SequelizeTransactions) {
  const followed =
    (run: TransactionMethod, follow: (transaction: TransactionLike) => void): TransactionMethod =>
    async (transaction, options) => {
      const result = await run.call(queryInterface, transaction, options);
      follow(transaction);
      return result;
    };
  const { startTransaction, commitTransaction, rollbackTransaction } = queryInterface;
  return {
    startTransaction: followed(startTransaction, (transaction) => transactions.started(transaction)),
    commitTransaction: followed(commitTransaction, (transaction) => transactions.committed(transaction)),
    rollbackTransaction: followed(rollbackTransaction, (transaction) => transactions.rolledBack(transaction)),
  };
}

async function executeWatched(
  write: Write,
  join: JoinTable | undefined,
  execute: () => Promise<unknown>,
  around: SequelizeSurroundings,
): Promise<unknown> {
  const { trail, transactions } = around;
  const transaction = transactions.resolve(write.options.transaction);
  const sqlWrite = trail.attempt(() => new SqlWrite(describeStatement(write, join, around), trail));
  await sqlWrite?.prepare();
  const result = await execute();
  await trail.attemptAsync(async () => {
    for (const change of (await sqlWrite?.changes(write.outcome(result))) ?? []) {
      trail.record(change, transactions.eventsOf(transaction));
    }
  });
  return result;
}

/** Other columns of a join table are its own matter. */
function joinWritten({ model, kind }: Write, { trail, models }: SequelizeSurroundings) {
  return kind === 'update' ? undefined : trail.attempt(() => joinOf(model, models()));
}

function describeStatement(write: Write, join: JoinTable | undefined, around: SequelizeSurroundings): SqlStatement {
  const { trail, transactions } = around;
  const { kind, model, options, where, stated, values = {}, upsert = null, known, key = {} } = write;
  const read = (condition: unknown, limit: number): Promise<Row[]> =>
    transactions.read(transactions.resolve(options.transaction), (quiet) =>
      model.unscoped().findAll({ ...quiet, where: condition, limit, raw: true, paranoid: false }),
    );
  return {
    kind,
    model: model.name,
    join,
    keyFields: trail.idFields(model.name) ?? model.primaryKeyAttributes,
    stated: stated ?? null,
    values,
    pinned: key,
    upsert,
    known,
    readTargets: (limit) => read(where, limit),
    // `Op.or` is this registered symbol.
    readByKeys: (fields, keys) =>
      read(
        { [Symbol.for('or')]: keys.map((key) => Object.fromEntries(fields.map((field) => [field, key[field]]))) },
        keys.length,
      ),
  };
}
