import type { WriteKind } from '../change.ts';
import type { DataAuditOptions } from '../options.ts';
import { type AuditTrail, createAuditTrail } from '../trail.ts';
import { type SessionOwner, type WatchedTransaction, watchTransaction } from './session.ts';
import { type Column, entityKind } from './table.ts';
import { type Surroundings, watchQuery } from './watched-query.ts';
import type { WriteQuery } from './write.ts';

type Method = (...input: never[]) => unknown;

/** The part of a Drizzle database on PostgreSQL, and of its transactions, that is used. */
export interface DatabaseLike {
  insert: Method;
  update: Method;
  delete: Method;
  with: Method;
  transaction: Method;
}

type Work = (tx: Database) => Promise<unknown>;

interface Writers {
  insert(table: unknown): unknown;
  update(table: unknown): unknown;
  delete(table: unknown): unknown;
}

interface Database extends Writers, SessionOwner {
  with(...queries: unknown[]): unknown;
  transaction(work: Work, config?: unknown): Promise<unknown>;
  readonly dialect: { readonly casing?: { getColumnCasing(column: Column): string } };
}

/**
 * The same database, whose writes are recorded as audit events. Models are the tables, named as in the database; fields go
 * by the names of the schema in the application.
 * @param database Of any of Drizzle's PostgreSQL drivers.
 * @throws TypeError when it is for another database, or an option makes no sense.
 */
export function auditDrizzle<Drizzle extends DatabaseLike>(database: Drizzle, options: DataAuditOptions = {}): Drizzle {
  if (!isPostgres(database)) {
    throw new TypeError(
      '@logvitals/exporter: auditDrizzle was given something else than a Drizzle database on PostgreSQL, which is what it ' +
        'can record',
    );
  }
  const trail = createAuditTrail('drizzle', options);
  return audited(database as unknown as Database, trail, undefined) as unknown as Drizzle;
}

function isPostgres(database: object): boolean {
  return entityKind((database as { dialect?: unknown }).dialect) === 'PgDialect';
}

/** The database, or the transaction, with its ways to write replaced. */
function audited(inner: Database, trail: AuditTrail, within: WatchedTransaction | undefined): Database {
  const around: Surroundings = {
    trail,
    events: within?.events,
    reading: within?.reading ?? ((read) => read(inner)),
    columnName: (column) => inner.dialect.casing?.getColumnCasing(column) ?? column.name,
  };
  const facade = Object.create(inner) as Database;
  Object.assign(facade, writers(inner, around), {
    with(...queries: unknown[]) {
      const starts = inner.with(...queries) as Writers;
      return { ...starts, ...writers(starts, around) };
    },
    transaction: within
      ? (work: Work) => runNested(inner, trail, within, work)
      : (work: Work, config: unknown) => runTransaction(inner, trail, work, config),
  });
  return facade;
}

function writers(inner: Writers, around: Surroundings): Writers {
  return {
    insert: (table) => watchBuilder('create', inner.insert(table), around),
    update: (table) => watchBuilder('update', inner.update(table), around),
    delete: (table) => watchBuilder('delete', inner.delete(table), around),
  };
}

/** A query, or what becomes one by one of these steps. */
type Builder = WriteQuery & Partial<Record<'values' | 'select' | 'set', (...input: unknown[]) => WriteQuery>>;

function watchBuilder(kind: WriteKind, started: unknown, around: Surroundings): unknown {
  around.trail.attempt(() => {
    const builder = started as Builder;
    if (builder._prepare !== undefined) watchQuery(kind, builder, around);
    for (const step of ['values', 'select', 'set'] as const) {
      const take = builder[step];
      if (take === undefined) continue;
      builder[step] = (...input) => {
        const query = take.apply(builder, input);
        around.trail.attempt(() => watchQuery(kind, query, around));
        return query;
      };
    }
  });
  return started;
}

async function runTransaction(inner: Database, trail: AuditTrail, work: Work, config: unknown): Promise<unknown> {
  const events = trail.begin();
  let watched: WatchedTransaction | undefined;
  try {
    const result = await inner.transaction((tx) => {
      watched = watchTransaction(tx, events);
      return work(audited(tx, trail, watched));
    }, config);
    events.commit();
    return result;
  } finally {
    // Does nothing after the commit.
    events.rollback();
    watched?.unwatch();
  }
}

/** A transaction in a transaction is a savepoint. */
async function runNested(inner: Database, trail: AuditTrail, outer: WatchedTransaction, work: Work): Promise<unknown> {
  const { events, gate } = outer;
  const savepoint = {};
  let own: WatchedTransaction | undefined;
  let isSet = false;
  try {
    return await inner.transaction((tx) => {
      isSet = true;
      events.savepoint(savepoint);
      if (tx.session !== outer.session) own = watchTransaction(tx, events, gate);
      return work(audited(tx, trail, own ?? outer));
    });
  } catch (error) {
    // In a transaction that a statement has spoiled before, none can be set.
    if (isSet) events.rollbackTo(savepoint);
    throw error;
  } finally {
    events.release(savepoint);
    own?.unwatch();
  }
}
