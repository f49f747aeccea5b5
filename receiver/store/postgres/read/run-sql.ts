import type { RawBuilder } from 'kysely';
import type { Connection, WorkOptions } from '../connection.ts';

/** Runs SQL that was put together from fragments. */
export function runSql<Row>(connection: Connection, query: RawBuilder<Row>, options: WorkOptions): Promise<Row[]> {
  return connection.run({ compile: () => query.compile(connection.db) }, options);
}
