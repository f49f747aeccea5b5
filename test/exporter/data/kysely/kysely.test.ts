import { PGlite } from '@electric-sql/pglite';
import { type Generated, Kysely, PGliteDialect, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditDialect, type DataAuditOptions } from '../../../../exporter/src/kysely.ts';
import { runAs } from '../../../../exporter/src/emit/context.ts';
import { type Recording, recordEvents } from '../recorded.ts';

interface Tables {
  users: { id: Generated<number>; name: string; email: string | null; password: string | null; logins: Generated<number> };
  orders: { id: Generated<number>; user_id: number | null; total: string };
  order_tags: { order_id: number; tag_id: number };
}

const pglite = new PGlite();
let recording: Recording;

const open = (options: DataAuditOptions = {}) =>
  new Kysely<Tables>({ dialect: auditDialect(new PGliteDialect({ pglite }), options) });
const db = open({ models: { users: { type: 'user' }, orders: { type: 'order' } } });

beforeAll(async () => {
  await pglite.exec(`
    create table users (id serial primary key, name text not null unique, email text, password text, logins int default 0);
    create table orders (id serial primary key, user_id int references users, total numeric(10,2));
    create table order_tags (order_id int, tag_id int, primary key (order_id, tag_id));
  `);
});
afterAll(() => pglite.close());

beforeEach(async () => {
  await pglite.exec('truncate users, orders, order_tags restart identity');
  recording = recordEvents();
  return () => recording[Symbol.dispose]();
});

describe('single rows', () => {
  test('P51 an insert is a create, with the id that the database gave, and answers as ever', async () => {
    const result = await runAs({ id: 7 }, () => db.insertInto('users').values({ name: 'Ana', email: null }).execute());
    expect(result).toEqual([{ insertId: undefined, numInsertedOrUpdatedRows: 1n }]);
    expect(recording.take()).toEqual([
      {
        action: 'create',
        type: 'user',
        id: '1',
        name: 'Ana',
        old: { name: null, logins: null },
        new: { name: 'Ana', logins: 0 },
        tool: 'kysely',
        user: '7',
        count: undefined,
        body: 'create user 1',
      },
    ]);
  });
});
