import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runAs } from '../../../exporter/src/context.ts';
import { register } from '../../../exporter/src/index.ts';
import { auditDialect } from '../../../exporter/src/kysely.ts';
import { getJson } from '../../helpers/api-client.ts';
import { type RunningServer, startServer } from '../../helpers/server.ts';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer();
  const { shutdown } = register({ service: 'shop', url: server.http });
  const pglite = new PGlite();
  await pglite.exec('create table users (id serial primary key, name text, password text, seen timestamptz)');
  const db = new Kysely<{ users: { id: number; name: string; password: string; seen: Date | null } }>({
    dialect: auditDialect(new PGliteDialect({ pglite }), { models: { users: { type: 'user' } } }),
  });
  await runAs({ id: 7, name: 'Ann' }, async () => {
    await db
      .insertInto('users')
      .values({ name: 'Bo', password: 'sesame' } as never)
      .execute();
    await db
      .updateTable('users')
      .set({ name: 'Bob', seen: new Date(0) })
      .where('id', '=', 1)
      .execute();
    await db.deleteFrom('users').execute();
  });
  await db.destroy();
  await shutdown();
});
afterAll(() => server?.stop());

test('P51 P54 P74 what was done to a row of the database is the history of that object', async () => {
  const log = await getJson<{ count: number; results: object[] }>(server.dashboard, 'objects/user/1/log');
  expect(JSON.stringify(log)).not.toContain('sesame');
  expect(log).toMatchObject({
    count: 3,
    results: [
      { action: 'delete', object: { id: '1', name: 'Bob' }, changes: { new_value: { name: null } } },
      {
        action: 'update',
        changes: {
          old_value: { name: 'Bo', seen: null },
          new_value: { name: 'Bob', seen: '1970-01-01T00:00:00.000Z' },
        },
      },
      {
        action: 'create',
        tool: 'kysely',
        actor: { id: '7', name: 'Ann' },
        changes: { new_value: { name: 'Bo', password: '[REDACTED]' } },
      },
    ],
  });
});
