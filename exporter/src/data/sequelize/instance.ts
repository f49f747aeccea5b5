import type { DataAuditOptions } from '../options.ts';
import { recordOnce, replaceMethods } from '../replaced-methods.ts';
import { createAuditTrail } from '../trail.ts';
import type { ModelLike } from './model.ts';
import { type QueryInterfaceLike, watchQueryInterface } from './query-interface.ts';
import { type QueryOptions, SequelizeTransactions, type TransactionLike } from './transactions.ts';

/** The part of a `Sequelize` that is used. */
export interface SequelizeLike {
  readonly models: object;
  getDialect(): string;
  getQueryInterface(): object;
  query(...input: never[]): Promise<unknown>;
}

/**
 * Has everything that the models of this Sequelize write recorded as audit events; asked again, by the options of the last
 * call. Models go by their names, fields are their attributes.
 * @returns the Sequelize itself.
 * @throws TypeError when an option makes no sense.
 */
export function auditSequelize<Instance extends SequelizeLike>(
  sequelize: Instance,
  options: DataAuditOptions = {},
): Instance {
  const trail = createAuditTrail('sequelize', options);
  recordOnce(sequelize, () => {
    const query = sequelize.query.bind(sequelize) as (sql: unknown, options?: QueryOptions) => Promise<unknown>;
    const transactions = new SequelizeTransactions(trail, sequelize.getDialect() === 'postgres', query, () =>
      (sequelize.constructor as { _cls?: { get(name: string): TransactionLike } })._cls?.get('transaction'),
    );
    const putQueryBack = replaceMethods(sequelize, {
      query: (sql: unknown, given?: QueryOptions) => transactions.query(sql, given),
    });
    const unwatch = watchQueryInterface(sequelize.getQueryInterface() as QueryInterfaceLike, {
      trail,
      transactions,
      isExpression: expressionTest(sequelize),
      models: () => Object.values(sequelize.models) as ModelLike[],
    });
    return () => {
      putQueryBack();
      unwatch();
    };
  });
  return sequelize;
}

/** By the class that Sequelize's expressions share. */
function expressionTest(sequelize: object): (value: unknown) => boolean {
  const { Utils } = sequelize.constructor as { Utils?: { SequelizeMethod?: new () => object } };
  const Expression = Utils?.SequelizeMethod;
  return (value) => Expression !== undefined && value instanceof Expression;
}
