import { PGlite } from '@electric-sql/pglite';
import { and, eq, inArray, sql } from 'drizzle-orm';
import { integer, numeric, pgTable, primaryKey, serial, text, timestamp } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pglite';
import { drizzle as drizzleProxy } from 'drizzle-orm/sqlite-proxy';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../../exporter/src/context.ts';
import { auditDrizzle, type DataAuditOptions } from '../../../../exporter/src/drizzle.ts';
import { type Recording, recordEvents } from '../recorded.ts';

const users = pgTable('users', {
  id: serial('id').primaryKey(),
  name: text('name').notNull().unique(),
  email: text('email'),
  password: text('password'),
  loginCount: integer('logins').default(0),
  seen: timestamp('seen', { mode: 'date' }),
});
const orders = pgTable('orders', {
  number: serial('id').primaryKey(),
  userId: integer('user_id'),
  total: numeric('total'),
});
const orderTags = pgTable('order_tags', { orderId: integer('order_id'), tagId: integer('tag_id') }, (table) => [
  primaryKey({ columns: [table.orderId, table.tagId] }),
]);

const pglite = new PGlite();
const plain = drizzle(pglite, { schema: { users, orders, orderTags } });
let recording: Recording;

const audited = (options: DataAuditOptions = {}) => auditDrizzle(plain, options);
const db = audited();

beforeAll(async () => {
  await pglite.exec(`
    create table users (id serial primary key, name text not null unique, email text, password text, logins int default 0, seen timestamp);
    create table orders (id serial primary key, user_id int, total numeric(10,2));
    create table order_tags (order_id int, tag_id int, primary key (order_id, tag_id));
    create function explode(int) returns boolean language plpgsql as $$
    begin if current_query() like 'select%' then raise exception 'not readable'; end if; return true; end $$;
  `);
});
afterAll(() => pglite.close());

beforeEach(async () => {
  await fill();
  recording = recordEvents();
  return () => recording[Symbol.dispose]();
});

async function fill(): Promise<void> {
  await pglite.exec('truncate users, orders, order_tags restart identity');
  await plain.insert(users).values([{ name: 'Ana' }, { name: 'Bo' }, { name: 'Cy' }]);
}

describe('what is recorded', () => {
  test('P51 an insert: create, with the id that the database gave, by whom, and with what', async () => {
    const seen = new Date('2026-01-02T03:04:05Z');
    // Drizzle's queries run when they are awaited, no sooner.
    await runAs({ id: 7 }, async () => await db.insert(users).values({ name: 'Di', seen }));
    expect(recording.take()).toEqual([
      {
        action: 'create',
        type: 'users',
        id: '4',
        name: 'Di',
        old: { name: null, loginCount: null, seen: null },
        new: { name: 'Di', loginCount: 0, seen: seen.toISOString() },
        tool: 'drizzle',
        user: '7',
        count: undefined,
        body: 'create users 4 "Di"',
      },
    ]);
  });

  test('P51 P72 an update: the changed fields, old and new, expressions included', async () => {
    await db
      .update(users)
      .set({ email: 'ana@example.org', loginCount: sql`${users.loginCount} + 2` })
      .where(eq(users.name, 'Ana'));
    expect(recording.take()).toMatchObject([
      {
        action: 'update',
        id: '1',
        name: 'Ana',
        old: { email: null, loginCount: 0 },
        new: { email: 'ana@example.org', loginCount: 2 },
      },
    ]);
  });

  test('P51 an update that changes nothing, or hits nothing, is none', async () => {
    await db.update(users).set({ name: 'Ana' }).where(eq(users.id, 1));
    await db.update(users).set({ name: 'Zoe' }).where(eq(users.id, 99));
    await db.delete(users).where(eq(users.id, 99));
    expect(recording.take()).toEqual([]);
  });

  test('P51 a delete keeps the object: its id, its name and its last values', async () => {
    await db.delete(users).where(eq(users.id, 2));
    expect(recording.take()).toMatchObject([
      {
        action: 'delete',
        id: '2',
        name: 'Bo',
        old: { name: 'Bo', loginCount: 0 },
        new: { name: null, loginCount: null },
      },
    ]);
  });

  test('P51 several rows: bulk_create, bulk_update, bulk_delete; beyond maxRows one event with their number', async () => {
    const few = audited({ maxRows: 2 });
    await few.insert(users).values([{ name: 'Di' }, { name: 'Ed' }]);
    await few.update(users).set({ loginCount: 1 });
    await few
      .insert(orders)
      .select(plain.select({ number: users.id, userId: users.id, total: sql`1`.as('total') }).from(users) as never);
    await few.delete(users).where(inArray(users.id, [1, 2]));
    expect(recording.take()).toMatchObject([
      { action: 'bulk_create', id: '4', name: 'Di' },
      { action: 'bulk_create', id: '5', name: 'Ed' },
      { action: 'bulk_update', id: '1', old: { loginCount: 0 }, new: { loginCount: 1 } },
      { action: 'bulk_update', id: '2' },
      { action: 'bulk_update', count: 3, new: { loginCount: 1 }, body: 'bulk_update users: 3 more' },
      { action: 'bulk_create', count: 5, body: 'bulk_create orders: 5' },
      { action: 'bulk_delete', id: '1', name: 'Ana' },
      { action: 'bulk_delete', id: '2', name: 'Bo' },
    ]);
  });

  test('P51 an upsert is a create or an update, row by row', async () => {
    await db
      .insert(users)
      .values([
        { name: 'Ana', email: 'ana@example.org' },
        { name: 'Di', email: 'di@example.org' },
      ])
      .onConflictDoUpdate({ target: users.name, set: { email: sql`excluded.email`, loginCount: 9 } });
    await db
      .insert(users)
      .values([{ name: 'Ana' }, { name: 'Ed' }])
      .onConflictDoNothing();
    expect(recording.take()).toMatchObject([
      { action: 'create', name: 'Di', new: { email: 'di@example.org', loginCount: 0 } },
      {
        action: 'update',
        id: '1',
        old: { email: null, loginCount: 0 },
        new: { email: 'ana@example.org', loginCount: 9 },
      },
      { action: 'create', name: 'Ed' },
    ]);
  });

  test('P51 rows of a table that joins two others are changes of a relation; keys of several columns are one id', async () => {
    const relation = { model: 'orders', owner: 'orderId', name: 'tags', related: 'tagId' };
    const shop = audited({ models: { orders: { type: 'order' }, order_tags: { relation } } });
    await shop.insert(orderTags).values([
      { orderId: 1, tagId: 10 },
      { orderId: 1, tagId: 11 },
    ]);
    await shop.delete(orderTags).where(and(eq(orderTags.orderId, 1), eq(orderTags.tagId, 11)));
    await db.delete(orderTags);
    expect(recording.take()).toMatchObject([
      { action: 'relation_add', type: 'order', id: '1', old: { tags: null }, new: { tags: ['10', '11'] } },
      { action: 'relation_remove', type: 'order', id: '1', old: { tags: ['11'] }, new: { tags: null } },
      { action: 'delete', type: 'order_tags', id: '1,10' },
    ]);
  });

  test('P51 prepared queries and those behind with() are recorded each time they run', async () => {
    const rename = db
      .update(users)
      .set({ name: sql.placeholder('name') as never })
      .where(eq(users.id, sql.placeholder('id')))
      .prepare('rename');
    await rename.execute({ id: 1, name: 'Anne' });
    await rename.execute({ id: 2, name: 'Bob' });
    const chosen = db.$with('chosen').as(db.select().from(users).where(eq(users.id, 3)));
    await db.with(chosen).delete(users).where(eq(users.id, sql`(select id from chosen)`));
    expect(recording.take()).toMatchObject([
      { action: 'update', id: '1', old: { name: 'Ana' }, new: { name: 'Anne' } },
      { action: 'update', id: '2', old: { name: 'Bo' }, new: { name: 'Bob' } },
      { action: 'delete', id: undefined },
    ]);
  });
});

describe('transactions', () => {
  test('P51 events leave after the commit, in order', async () => {
    const answer = await db.transaction(async (tx) => {
      await tx.update(users).set({ loginCount: 1 }).where(eq(users.id, 1));
      await tx.delete(users).where(eq(users.id, 2));
      expect(recording.take()).toEqual([]);
      return 'done';
    });
    expect(answer).toBe('done');
    expect(recording.takeShort()).toEqual(['update users 1', 'delete users 2']);
  });

  test('P51 a rolled-back transaction records nothing', async () => {
    const failing = db.transaction(async (tx) => {
      await tx.delete(users);
      tx.rollback();
    });
    await expect(failing).rejects.toThrow('Rollback');
    await db.delete(users).where(eq(users.id, 3));
    expect(recording.takeShort()).toEqual(['delete users 3']);
    expect(await plain.select().from(users)).toHaveLength(2);
  });

  test('P51 a transaction whose failure the application swallowed is rolled back by PostgreSQL, and records nothing', async () => {
    await db
      .transaction(async (tx) => {
        await tx.delete(users).where(eq(users.id, 1));
        await tx.execute('select 1 / 0').catch(() => {});
      })
      .catch(() => {});
    expect(recording.take()).toEqual([]);
    expect(await plain.select().from(users)).toHaveLength(3);
  });

  test('P51 a nested transaction that is rolled back takes only its own events with it', async () => {
    await db.transaction(async (tx) => {
      await tx.delete(users).where(eq(users.id, 1));
      await tx
        .transaction(async (inner) => {
          await inner.delete(users).where(eq(users.id, 2));
          await inner.execute('select 1 / 0');
        })
        .catch(() => {});
      await tx.transaction(async (inner) => {
        await inner.delete(users).where(eq(users.id, 3));
      });
    });
    expect(recording.takeShort()).toEqual(['delete users 1', 'delete users 3']);
  });

  test('P51 a before-image that cannot be read leaves the transaction and statements beside it unharmed', async () => {
    await db.transaction(async (tx) => {
      const unreadable = (id: number) => and(sql`explode(${users.id})`, eq(users.id, id));
      await Promise.all([
        tx.update(users).set({ loginCount: 3 }).where(unreadable(1)),
        tx.update(users).set({ loginCount: 4 }).where(eq(users.id, 2)),
        tx.update(users).set({ loginCount: 5 }).where(unreadable(3)),
      ]);
    });
    expect((await plain.select().from(users).orderBy(users.id)).map(({ loginCount }) => loginCount)).toEqual([3, 4, 5]);
    const events = recording.take().toSorted((one, other) => Number(one.id) - Number(other.id));
    expect(events).toMatchObject([
      { id: '1', old: {}, new: { loginCount: 3 } },
      { id: '2', old: { loginCount: 0 }, new: { loginCount: 4 } },
      { id: '3', old: {}, new: { loginCount: 5 } },
    ]);
  });
});

describe('options', () => {
  test('P54 P56 models and fields that are excluded, actions that are not wanted, and secrets', async () => {
    const some = audited({
      exclude: ['order*'],
      models: { users: { exclude: ['loginCount'], redact: ['email'], actions: ['create', 'update'] } },
    });
    await some.insert(orders).values({ total: '1' });
    await some.insert(users).values({ name: 'Di', email: 'd@example.org', password: 'sesame' });
    await some.update(users).set({ loginCount: 2 }).where(eq(users.id, 1));
    await some.delete(users);
    expect(recording.take()).toMatchObject([
      { action: 'create', id: '4', new: { name: 'Di', email: '[REDACTED]', password: '[REDACTED]' } },
    ]);
  });

  test("P51 before: 'none' asks nothing beforehand and records what the statements tell", async () => {
    const statements: string[] = [];
    const cheap = auditDrizzle(
      drizzle(pglite, { logger: { logQuery: (statement: string) => statements.push(statement) } }),
      { before: 'none' },
    );
    await cheap.update(users).set({ loginCount: 1 }).where(eq(users.id, 1));
    await cheap.update(users).set({ loginCount: 2 });
    await cheap.delete(users).where(eq(users.id, 1));
    await cheap.delete(users);
    expect(statements).toHaveLength(4);
    expect(recording.take()).toMatchObject([
      { action: 'update', id: '1', old: {}, new: { loginCount: 1 } },
      { action: 'bulk_update', id: undefined, count: 3, new: { loginCount: 2 } },
      { action: 'delete', id: '1' },
      { action: 'bulk_delete', count: 2 },
    ]);
  });

  test('P51 databases that it cannot record are refused at the start', () => {
    expect(() => auditDrizzle(drizzleProxy(async () => ({ rows: [] })) as never)).toThrow(TypeError);
  });
});

describe('the application', () => {
  /** Every kind of answer that Drizzle's writers give. */
  const everything = async (database: typeof plain) => [
    await database.insert(users).values({ name: 'Di' }),
    await database.insert(users).values({ name: 'Ed' }).returning({ id: users.id }),
    await database.insert(users).values({ name: 'Fi' }).returning({ who: users.name, logins: users.loginCount }),
    await database.insert(users).values({ name: 'Gu' }).returning(),
    await database
      .insert(users)
      .values({ name: 'Hy' })
      .returning({ big: sql<string>`upper(${users.name})` }),
    await database.insert(users).values({ name: 'Iv' }).execute(),
    await database.update(users).set({ loginCount: 1 }),
    await database.update(users).set({ loginCount: 2 }).where(eq(users.id, 1)).returning({ id: users.id }),
    await database.delete(users).where(eq(users.id, 1)).returning(),
    await database.delete(users).where(eq(users.id, 2)),
    await database.transaction((tx) => tx.delete(users)),
    await database
      .insert(users)
      .values({ name: null as never })
      .catch((error: Error) => String(error.cause)),
  ];
  /** The columns that a driver describes beside the rows; nobody reads them where there are none. */
  const withoutFields = (answers: unknown[]) =>
    answers.map((answer) =>
      Array.isArray(answer) || typeof answer === 'string' ? answer : { ...(answer as object), fields: [] },
    );

  test('P51 gets the same answers as without', async () => {
    const answers = await everything(db);
    await fill();
    expect(withoutFields(answers)).toEqual(withoutFields(await everything(plain)));
    expect(recording.take().length).toBeGreaterThan(10);
  });

  test('P51 reads as before', async () => {
    expect(await db.query.users.findFirst({ where: (user, { eq }) => eq(user.id, 1) })).toMatchObject({ name: 'Ana' });
    expect(await db.$count(users)).toBe(3);
  });
});
