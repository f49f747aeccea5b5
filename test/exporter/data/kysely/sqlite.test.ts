import { DatabaseSync, type SQLInputValue } from 'node:sqlite';
import { type Generated, Kysely, SqliteDialect } from 'kysely';
import { expect, test } from 'vitest';
import { auditDialect } from '../../../../exporter/src/kysely.ts';
import { recordEvents } from '../recorded.ts';

interface Tables {
  users: { id: Generated<number>; name: string; logins: Generated<number> };
}

/** Node's SQLite as Kysely's dialect wants it. */
function sqliteDialect(): SqliteDialect {
  const database = new DatabaseSync(':memory:');
  database.exec('create table users (id integer primary key, name text unique, logins integer default 0)');
  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare(sql) {
        const statement = database.prepare(sql);
        const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[];
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...values(parameters)),
          run: (parameters) => statement.run(...values(parameters)),
          iterate: (parameters) => statement.iterate(...values(parameters)),
        };
      },
    },
  });
}

const statements = async (db: Kysely<Tables>) => [
  await db.insertInto('users').values({ name: 'Ana' }).execute(),
  await db
    .insertInto('users')
    .values([{ name: 'Bo' }, { name: 'Cy' }])
    .execute(),
  await db.insertInto('users').values({ name: 'Di' }).returning('id').execute(),
  await db
    .updateTable('users')
    .set(({ eb }) => ({ logins: eb('logins', '+', 1) }))
    .where('id', '<', 3)
    .execute(),
  await db
    .insertInto('users')
    .values({ name: 'Cy', logins: 8 })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ logins: 8 }))
    .execute(),
  await db.transaction().execute((trx) => trx.deleteFrom('users').where('id', '=', 1).execute()),
];

test('P51 on SQLite, where statements cannot give rows back besides: the same events and the same answers', async () => {
  using recording = recordEvents();
  await using audited = new Kysely<Tables>({ dialect: auditDialect(sqliteDialect()) });
  await using plain = new Kysely<Tables>({ dialect: sqliteDialect() });
  expect(await statements(audited)).toEqual(await statements(plain));
  expect(recording.take()).toMatchObject([
    { action: 'create', id: '1', name: 'Ana', new: { name: 'Ana' } },
    { action: 'bulk_create', id: undefined, name: 'Bo' },
    { action: 'bulk_create', id: undefined, name: 'Cy' },
    { action: 'create', id: '4', name: 'Di' },
    { action: 'bulk_update', id: '1', old: { logins: 0 }, new: { logins: 1 } },
    { action: 'bulk_update', id: '2', old: { logins: 0 }, new: { logins: 1 } },
    { action: 'update', id: '3', old: { logins: 0 }, new: { logins: 8 } },
    { action: 'delete', id: '1', name: 'Ana' },
  ]);
});

test('P51 an upsert of rows that cannot conflict, for they lack the key, creates them', async () => {
  using recording = recordEvents();
  await using db = new Kysely<Tables>({ dialect: auditDialect(sqliteDialect()) });
  const upsert = (column: 'id' | 'name', ...values: { name: string | null; logins?: number }[]) =>
    db
      .insertInto('users')
      .values(values as { name: string }[])
      .onConflict((conflict) => conflict.column(column).doUpdateSet({ logins: 9 }))
      .execute();
  await upsert('id', { name: 'Ana' });
  await upsert('name', { name: null, logins: 1 }, { name: 'Ana', logins: 2 }, { name: 'Bo', logins: 3 });
  expect(recording.take()).toMatchObject([
    { action: 'create', id: '1', new: { name: 'Ana' } },
    { action: 'bulk_create', name: 'Bo', new: { logins: 3 } },
    { action: 'bulk_create', new: { logins: 1 } },
    { action: 'update', id: '1', old: { logins: 0 }, new: { logins: 9 } },
  ]);
});

test('P51 rows are streamed as ever', async () => {
  await using db = new Kysely<Tables>({ dialect: auditDialect(sqliteDialect()) });
  await db.insertInto('users').values({ name: 'Ana' }).execute();
  const names: string[] = [];
  for await (const { name } of db.selectFrom('users').select('name').stream()) names.push(name);
  expect(names).toEqual(['Ana']);
});
