import { afterAll, describe } from 'vitest';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { openPostgresStore } from '../../receiver/store/postgres/postgres-store.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../helpers/postgres.ts';
import type { OpenedStore } from './contract/harness.ts';

type Options = Partial<Parameters<typeof openPostgresStore>[0]>;

/** Milliseconds: a file leaves thousands of tables to its database, and other tests run beside. */
export const HOOK_TIMEOUT = 120_000;

/** Tests in a database of their own; where there is no server they are skipped, and their name says why. */
export async function describeOnPostgres(name: string, tests: (database: TestDatabase) => void): Promise<void> {
  const isThere = (await findPostgres()) !== null;
  describe.skipIf(!isThere)(isThere ? name : `${name} (there is none)`, async () => {
    if (!isThere) return;
    const database = await postgresDatabase();
    afterAll(() => database.drop(), HOOK_TIMEOUT);
    tests(database);
  });
}

let schemas = 0;

/** A schema that no other test of this file uses. */
export function ownSchema(): string {
  schemas += 1;
  return `test_${schemas}`;
}

/** A store in a database of the test's own. */
export function openPostgres(url: string, options: Options = {}): Promise<LogStore> {
  return openPostgresStore({
    url,
    connections: 5,
    now: systemClock,
    diagnostics: createDiagnostics(() => {}),
    ...options,
  });
}

/** An empty store in a schema of its own; the schema goes with the database. */
export async function openInOwnSchema(url: string): Promise<OpenedStore> {
  const schema = ownSchema();
  let store = await openPostgres(url, { schema });
  return {
    store,
    async reopen() {
      await store.close();
      store = await openPostgres(url, { schema });
      return store;
    },
    cleanup: () => store.close(),
  };
}
