import { PGlite } from '@electric-sql/pglite';
import { CamelCasePlugin, type Generated, Kysely, PGliteDialect, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../../exporter/src/context.ts';
import { auditDialect, type DataAuditOptions } from '../../../../exporter/src/kysely.ts';
import { type Recording, recordEvents } from '../recorded.ts';

interface Tables {
  users: {
    id: Generated<number>;
    name: string;
    email: string | null;
    password: string | null;
    logins: Generated<number>;
  };
  orders: { id: Generated<number>; user_id: number | null; total: string };
  order_tags: { order_id: number; tag_id: number };
}

const pglite = new PGlite();
let recording: Recording;

const open = (options: DataAuditOptions = {}) =>
  new Kysely<Tables>({ dialect: auditDialect(new PGliteDialect({ pglite }), options) });
const db = open();
const plain = new Kysely<Tables>({ dialect: new PGliteDialect({ pglite }) });

beforeAll(async () => {
  await pglite.exec(`
    create table users
      (id serial primary key, name text not null unique, email text, password text, logins int default 0);
    create table orders (id serial primary key, user_id int, total numeric(10,2));
    create table order_tags (order_id int, tag_id int, primary key (order_id, tag_id));
  `);
});
afterAll(() => pglite.close());

beforeEach(async () => {
  await clear();
  await plain
    .insertInto('users')
    .values([{ name: 'Ana' }, { name: 'Bo' }, { name: 'Cy' }] as never)
    .execute();
  recording = recordEvents();
  return () => recording[Symbol.dispose]();
});

const clear = () => pglite.exec('truncate users, orders, order_tags restart identity');

describe('what is recorded', () => {
  test('P51 an insert: create, with the id that the database gave, by whom, and with what', async () => {
    await runAs({ id: 7 }, () => db.insertInto('users').values({ name: 'Di', email: null, password: null }).execute());
    expect(recording.take()).toEqual([
      {
        action: 'create',
        type: 'users',
        id: '4',
        name: 'Di',
        old: { name: null, logins: null },
        new: { name: 'Di', logins: 0 },
        tool: 'kysely',
        user: '7',
        count: undefined,
        body: 'create users 4 "Di"',
      },
    ]);
  });

  test('P51 P72 an update: the changed fields, old and new, expressions and triggers included', async () => {
    await db
      .updateTable('users')
      .set(({ eb }) => ({ email: 'ana@example.org', logins: eb('logins', '+', 2) }))
      .where('name', '=', 'Ana')
      .execute();
    expect(recording.take()).toMatchObject([
      {
        action: 'update',
        id: '1',
        name: 'Ana',
        old: { email: null, logins: 0 },
        new: { email: 'ana@example.org', logins: 2 },
      },
    ]);
  });

  test('P51 an update that changes nothing, or hits nothing, is none', async () => {
    await db.updateTable('users').set({ name: 'Ana' }).where('id', '=', 1).execute();
    await db.updateTable('users').set({ name: 'Zoe' }).where('id', '=', 99).execute();
    await db.deleteFrom('users').where('id', '=', 99).execute();
    expect(recording.take()).toEqual([]);
  });

  test('P51 a delete keeps the object: its id, its name and its last values', async () => {
    await db.deleteFrom('users').where('id', '=', 2).execute();
    expect(recording.take()).toMatchObject([
      { action: 'delete', id: '2', name: 'Bo', old: { name: 'Bo', logins: 0 }, new: { name: null, logins: null } },
    ]);
  });

  test('P51 several rows: bulk_create, bulk_update, bulk_delete, one event a row', async () => {
    await db
      .insertInto('users')
      .values([
        { name: 'Di', email: null, password: null },
        { name: 'Ed', email: null, password: null },
      ])
      .execute();
    await db.updateTable('users').set({ logins: 5 }).where('name', 'in', ['Ana', 'Di']).execute();
    await db.deleteFrom('users').where('logins', '=', 5).execute();
    expect(recording.take()).toMatchObject([
      { action: 'bulk_create', id: '4', name: 'Di' },
      { action: 'bulk_create', id: '5', name: 'Ed' },
      { action: 'bulk_update', id: '1', old: { logins: 0 }, new: { logins: 5 } },
      { action: 'bulk_update', id: '4', old: { logins: 0 }, new: { logins: 5 } },
      { action: 'bulk_delete', id: '1', name: 'Ana' },
      { action: 'bulk_delete', id: '4', name: 'Di' },
    ]);
  });

  test('P51 rows beyond maxRows are one event with their number', async () => {
    const few = open({ maxRows: 2 });
    await few.updateTable('users').set({ logins: 1 }).execute();
    await few
      .insertInto('orders')
      .columns(['user_id', 'total'])
      .expression(few.selectFrom('users').select(['id', sql<string>`1`.as('t')]))
      .execute();
    await few.deleteFrom('orders').execute();
    expect(recording.take()).toMatchObject([
      { action: 'bulk_update', id: '1', old: { logins: 0 }, new: { logins: 1 } },
      { action: 'bulk_update', id: '2', old: { logins: 0 }, new: { logins: 1 } },
      {
        action: 'bulk_update',
        id: undefined,
        count: 1,
        old: {},
        new: { logins: 1 },
        body: 'bulk_update users: 1 more',
      },
      { action: 'bulk_create', id: undefined, count: 3, body: 'bulk_create orders: 3' },
      { action: 'bulk_delete', id: '1' },
      { action: 'bulk_delete', id: '2' },
      { action: 'bulk_delete', id: undefined, count: 1, body: 'bulk_delete orders: 1 more' },
    ]);
  });

  test('P51 an upsert is a create or an update, row by row', async () => {
    await db
      .insertInto('users')
      .values([
        { name: 'Ana', email: 'ana@example.org', password: null },
        { name: 'Di', email: 'di@example.org', password: null },
      ])
      .onConflict((conflict) =>
        conflict.column('name').doUpdateSet({ email: (eb) => eb.ref('excluded.email'), logins: 9 }),
      )
      .execute();
    await db
      .insertInto('users')
      .values([
        { name: 'Ana', email: null, password: null },
        { name: 'Ed', email: null, password: null },
      ])
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
    expect(recording.take()).toMatchObject([
      { action: 'create', name: 'Di', new: { email: 'di@example.org', logins: 0 } },
      { action: 'update', id: '1', old: { email: null, logins: 0 }, new: { email: 'ana@example.org', logins: 9 } },
      { action: 'create', name: 'Ed' },
    ]);
  });

  test('P51 rows of a table that joins two others are changes of a relation', async () => {
    const relation = { model: 'orders', owner: 'order_id', name: 'tags', related: 'tag_id' };
    const shop = open({ models: { orders: { type: 'order' }, order_tags: { relation } } });
    await shop
      .insertInto('order_tags')
      .values([
        { order_id: 1, tag_id: 10 },
        { order_id: 1, tag_id: 11 },
        { order_id: 2, tag_id: 10 },
      ])
      .execute();
    await shop.deleteFrom('order_tags').where('tag_id', '=', 11).execute();
    expect(recording.take()).toMatchObject([
      { action: 'relation_add', type: 'order', id: '1', old: { tags: null }, new: { tags: ['10', '11'] } },
      { action: 'relation_add', type: 'order', id: '2', new: { tags: ['10'] } },
      { action: 'relation_remove', type: 'order', id: '1', old: { tags: ['11'] }, new: { tags: null } },
    ]);
  });

  test('P51 tables are found behind aliases, schemas and plugins; other tables in the statement are not mistaken', async () => {
    await db
      .withPlugin(new CamelCasePlugin())
      .insertInto('orders')
      .values({ userId: 1, total: '9.50' } as never)
      .execute();
    await db
      .updateTable('orders as o')
      .from('users as u')
      .set({ total: '10.00' })
      .whereRef('o.user_id', '=', 'u.id')
      .where('u.name', '=', 'Ana')
      .execute();
    await db
      .withSchema('public')
      .deleteFrom('orders')
      .using('users')
      .whereRef('orders.user_id', '=', 'users.id')
      .execute();
    expect(recording.take()).toMatchObject([
      { action: 'create', type: 'orders', new: { user_id: 1, total: '9.50' } },
      { action: 'update', type: 'orders', id: '1', old: { total: '9.50' }, new: { total: '10.00' } },
      { action: 'delete', type: 'public.orders', id: '1', old: { user_id: 1, total: '10.00' } },
    ]);
  });
});

describe('transactions', () => {
  test('P51 events leave after the commit, in order', async () => {
    await db.transaction().execute(async (trx) => {
      await trx.updateTable('users').set({ logins: 1 }).where('id', '=', 1).execute();
      await trx.deleteFrom('users').where('id', '=', 2).execute();
      expect(recording.take()).toEqual([]);
    });
    expect(recording.takeShort()).toEqual(['update users 1', 'delete users 2']);
  });

  test('P51 a rolled-back transaction records nothing, and the next one on its connection is its own', async () => {
    const failing = db.transaction().execute(async (trx) => {
      await trx.deleteFrom('users').execute();
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await db.deleteFrom('users').where('id', '=', 3).execute();
    expect(recording.takeShort()).toEqual(['delete users 3']);
    expect(await plain.selectFrom('users').select('id').execute()).toHaveLength(2);
  });

  test('P51 a transaction whose failure the application swallowed cannot be committed, and records nothing', async () => {
    const aborted = db.transaction().execute(async (trx) => {
      await trx.deleteFrom('users').where('id', '=', 1).execute();
      await trx
        .insertInto('users')
        .values({ name: 'Bo', email: null, password: null })
        .execute()
        .catch(() => {});
    });
    await expect(aborted).rejects.toThrow();
    await db.deleteFrom('users').where('id', '=', 3).execute();
    expect(recording.takeShort()).toEqual(['delete users 3']);
  });

  test('P51 a savepoint that is rolled back to takes only its own events with it', async () => {
    const trx = await db.startTransaction().execute();
    await trx.deleteFrom('users').where('id', '=', 1).execute();
    const inner = await trx.savepoint('a').execute();
    await inner.deleteFrom('users').where('id', '=', 2).execute();
    await inner.rollbackToSavepoint('a').execute();
    const again = await inner.savepoint('b').execute();
    await again.deleteFrom('users').where('id', '=', 3).execute();
    await again.releaseSavepoint('b').execute();
    await trx.commit().execute();
    expect(recording.takeShort()).toEqual(['delete users 1', 'delete users 3']);
  });

  test('P51 a before-image that cannot be read leaves the transaction and its query unharmed', async () => {
    await pglite.exec(`
      create function explode(int) returns boolean language plpgsql as $$
      begin if current_query() like 'select%' then raise exception 'not readable'; end if; return true; end $$;
    `);
    await db.transaction().execute(async (trx) => {
      const where = sql<boolean>`explode(id)`;
      expect(
        await trx.updateTable('users').set({ logins: 3 }).where(where).where('id', '=', 1).executeTakeFirst(),
      ).toEqual({
        numUpdatedRows: 1n,
        numChangedRows: undefined,
      });
    });
    expect(recording.take()).toMatchObject([{ action: 'update', id: '1', old: {}, new: { logins: 3 } }]);
  });
});

describe('options', () => {
  test('P54 P56 models and fields that are excluded, actions that are not wanted, and secrets', async () => {
    const some = open({
      exclude: ['order*'],
      models: {
        users: { exclude: ['logins'], redact: ['email'], actions: ['create', 'update'], name: 'email', id: 'name' },
      },
    });
    await some.insertInto('orders').values({ total: '1' }).execute();
    await some.insertInto('users').values({ name: 'Di', email: 'd@example.org', password: 'sesame' }).execute();
    await some.updateTable('users').set({ logins: 2 }).where('id', '=', 1).execute();
    await some.updateTable('users').set({ password: 'opensesame' }).where('id', '=', 4).execute();
    await some.deleteFrom('users').execute();
    expect(recording.take()).toMatchObject([
      {
        action: 'create',
        id: 'Di',
        old: { email: null, password: null },
        new: { name: 'Di', email: '[REDACTED]', password: '[REDACTED]' },
      },
      { action: 'update', id: 'Di', old: { password: '[REDACTED]' }, new: { password: '[REDACTED]' } },
    ]);
  });

  test("P51 before: 'none' asks nothing beforehand and records what the statements tell", async () => {
    const statements: string[] = [];
    const cheap = new Kysely<Tables>({
      dialect: auditDialect(
        new PGliteDialect({
          pglite: new Proxy(pglite, {
            get(target, property) {
              const value = Reflect.get(target, property) as unknown;
              if (property !== 'query') return typeof value === 'function' ? value.bind(target) : value;
              return (text: string, ...rest: []) => {
                statements.push(text);
                return target.query(text, ...rest);
              };
            },
          }),
        }),
        { before: 'none' },
      ),
    });
    await cheap.updateTable('users').set({ logins: 1 }).where('id', '=', 1).execute();
    await cheap.updateTable('users').set({ logins: 2 }).execute();
    await cheap.deleteFrom('users').where('id', '=', 1).execute();
    await cheap.deleteFrom('users').execute();
    expect(statements).toHaveLength(4);
    expect(recording.take()).toMatchObject([
      { action: 'update', id: '1', old: {}, new: { logins: 1 } },
      { action: 'bulk_update', id: undefined, count: 3, new: { logins: 2 } },
      { action: 'delete', id: '1' },
      { action: 'bulk_delete', count: 2 },
    ]);
  });

  test('P51 options that make no sense are refused at the start', () => {
    expect(() => open({ before: 'maybe' as never })).toThrow(`before is "maybe"; it must be 'fetch' or 'none'`);
    expect(() => open({ maxRows: 0 })).toThrow('maxRows is 0; it must be a whole number from 1');
    expect(() => open({ model: {} } as never)).toThrow('there is no option "model"');
    expect(() => open({ models: { users: { actions: ['drop' as never] } } })).toThrow('models.users.actions is "drop"');
  });
});

describe('the application', () => {
  /** Every kind of answer that Kysely's writers give. */
  const everything = async (kysely: Kysely<Tables>) => [
    await kysely.insertInto('users').values({ name: 'Di', email: null, password: null }).execute(),
    await kysely.insertInto('users').values({ name: 'Ed', email: null, password: null }).returning('id').execute(),
    await kysely
      .insertInto('users')
      .values({ name: 'Fi', email: null, password: null })
      .returning(['name', 'logins'])
      .execute(),
    await kysely.insertInto('users').values({ name: 'Gu', email: null, password: null }).returningAll().execute(),
    await kysely
      .insertInto('users')
      .values({ name: 'Hy', email: null, password: null })
      .returning('id as key')
      .execute(),
    await kysely.insertInto('orders').defaultValues().returning(sql<number>`1 + 1`.as('two')).execute(),
    await kysely.updateTable('users').set({ logins: 1 }).execute(),
    await kysely
      .updateTable('users')
      .set({ logins: 2 })
      .where('id', '<', 3)
      .returning(['users.id', 'logins'])
      .execute(),
    await kysely
      .updateTable('users')
      .set({ logins: 2 })
      .from('orders')
      .returning(['orders.id as o', 'users.id as u'])
      .where('users.id', '=', 1)
      .execute(),
    await kysely.deleteFrom('users').where('id', '=', 1).returningAll('users').execute(),
    await kysely.deleteFrom('users').where('id', '=', 2).executeTakeFirst(),
    await kysely.deleteFrom('users').execute(),
    await kysely
      .with('gone', (qb) => qb.deleteFrom('orders').returning('id'))
      .selectFrom('gone')
      .selectAll()
      .execute(),
    await kysely
      .insertInto('users')
      .values({ name: null as never, email: null, password: null })
      .execute()
      .catch(String),
  ];

  test('P51 gets the same answers as without', async () => {
    const audited = await everything(db);
    await clear();
    await plain
      .insertInto('users')
      .values([{ name: 'Ana' }, { name: 'Bo' }, { name: 'Cy' }] as never)
      .execute();
    expect(audited).toEqual(await everything(plain));
    expect(recording.take().length).toBeGreaterThan(10);
  });
});
