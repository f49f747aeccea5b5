import type { DataAuditOptions } from '../options.ts';
import { recordOnce, replaceMethods } from '../replaced-methods.ts';
import { createAuditTrail } from '../trail.ts';
import { type BuilderLike, type BuilderSource, watchBuilder } from './builders.ts';
import { FarSides } from './far-sides.ts';
import { RunnerTransactions } from './runners.ts';
import { createSubscriber } from './subscriber.ts';

/** The part of TypeORM's `DataSource` that is used. */
export interface DataSourceLike {
  readonly isInitialized: boolean;
  readonly options: { readonly type: string };
  readonly subscribers: unknown[];
  createQueryBuilder(...input: never[]): unknown;
}

const FAILURES_SPOIL = ['postgres', 'cockroachdb', 'aurora-postgres'];

/**
 * Has the data source's writes recorded as audit events, from now until it is destroyed; asked again, by the options of the
 * last call. Models are the entities, fields their properties.
 * @returns the data source itself.
 * @throws TypeError when it is not initialized yet, or an option makes no sense.
 */
export function auditTypeorm<Source extends DataSourceLike>(
  dataSource: Source,
  options: DataAuditOptions = {},
): Source {
  if (!dataSource.isInitialized) {
    throw new TypeError(
      '@logvitals/exporter: auditTypeorm was given a data source that is not initialized; call it after initialize(), ' +
        'which takes all subscribers away',
    );
  }
  const trail = createAuditTrail('typeorm', options);
  const transactions = new RunnerTransactions(trail, FAILURES_SPOIL.includes(dataSource.options.type));
  const farSides = new FarSides();
  const around = { trail, transactions, farSides, source: dataSource as unknown as BuilderSource };
  recordOnce(dataSource, () => {
    const subscriber = createSubscriber(trail, transactions, farSides);
    dataSource.subscribers.push(subscriber);
    const createQueryBuilder = dataSource.createQueryBuilder as (...input: unknown[]) => BuilderLike;
    const watched = (...input: unknown[]) => watchBuilder(createQueryBuilder.apply(dataSource, input), around);
    const putBack = replaceMethods(dataSource, { createQueryBuilder: watched });
    return () => {
      putBack();
      const place = dataSource.subscribers.indexOf(subscriber);
      if (place >= 0) dataSource.subscribers.splice(place, 1);
    };
  });
  return dataSource;
}
