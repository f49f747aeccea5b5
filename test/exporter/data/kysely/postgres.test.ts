import { type Generated, Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../../exporter/src/context.ts';
import { auditDialect } from '../../../../exporter/src/kysely.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../../../helpers/postgres.ts';
import { type Recording, recordEvents } from '../recorded.ts';

interface Tables {
  pets: { id: Generated<number>; name: string; age: number | null };
}

const postgres = await findPostgres();

describe.skipIf(postgres === null)('a server with several connections', () => {
  let database: TestDatabase;
  let db: Kysely<Tables>;
  let plain: Kysely<Tables>;
  let recording: Recording;

  beforeAll(async () => {
    database = await postgresDatabase();
    const dialect = () => new PostgresDialect({ pool: new pg.Pool({ connectionString: database.url, max: 4 }) });
    plain = new Kysely({ dialect: dialect() });
    db = new Kysely({ dialect: auditDialect(dialect()) });
    await sql`create table pets (id serial primary key, name text, age int)`.execute(plain);
    await sql`
      create function explode(int) returns boolean language plpgsql as $$
      begin if current_query() like 'select%' then raise exception 'not readable'; end if; return true; end $$
    `.execute(plain);
  });
  afterAll(async () => {
    await db?.destroy();
    await plain?.destroy();
    await database?.drop();
  });

  beforeEach(async () => {
    await sql`truncate pets restart identity`.execute(plain);
    await plain
      .insertInto('pets')
      .values(['Rex', 'Tom', 'Kim'].map((name) => ({ name, age: 1 })))
      .execute();
    recording = recordEvents();
    return () => recording[Symbol.dispose]();
  });

  test('P51 P55 transactions side by side keep to themselves, as do their actors', async () => {
    const grow = (id: number, fails: boolean) =>
      runAs({ id }, () =>
        db.transaction().execute(async (trx) => {
          for (const age of [2, 3]) await trx.updateTable('pets').set({ age }).where('id', '=', id).execute();
          if (fails) throw new Error('no');
        }),
      );
    await Promise.allSettled([grow(1, false), grow(2, true), grow(3, false)]);
    const seen = recording.take().map(({ id, user, old, new: now }) => [id, user, old, now]);
    expect(seen.toSorted()).toEqual([
      ['1', '1', { age: 1 }, { age: 2 }],
      ['1', '1', { age: 2 }, { age: 3 }],
      ['3', '3', { age: 1 }, { age: 2 }],
      ['3', '3', { age: 2 }, { age: 3 }],
    ]);
  });

  test('P51 a value that never reaches the server spoils no transaction', async () => {
    await db.transaction().execute(async (trx) => {
      await trx.insertInto('pets').values({ name: 'Joe' }).execute();
      const unsendable = { name: { legs: 4n } as unknown as string };
      await expect(trx.insertInto('pets').values(unsendable).execute()).rejects.toThrow('BigInt');
      await trx.updateTable('pets').set({ age: 2 }).where('name', '=', 'Joe').execute();
    });
    expect(await plain.selectFrom('pets').select('age').where('name', '=', 'Joe').execute()).toEqual([{ age: 2 }]);
    expect(recording.takeShort()).toEqual(['create pets 4', 'update pets 4']);
  });

  test('P51 statements side by side in one transaction survive a before-image that cannot be read', async () => {
    await db.transaction().execute(async (trx) => {
      const unreadable = (id: number) =>
        trx.updateTable('pets').set({ age: id }).where(sql<boolean>`explode(id)`).where('id', '=', id).execute();
      await Promise.all([
        unreadable(1),
        trx.updateTable('pets').set({ age: 2 }).where('id', '=', 2).execute(),
        trx.insertInto('pets').values({ name: 'Joe', age: 4 }).execute(),
        unreadable(3),
      ]);
    });
    expect(await plain.selectFrom('pets').select('age').orderBy('id').execute()).toEqual(
      [1, 2, 3, 4].map((age) => ({ age })),
    );
    expect(recording.takeShort().toSorted()).toEqual([
      'create pets 4',
      'update pets 1',
      'update pets 2',
      'update pets 3',
    ]);
  });

  test('P51 a commit that PostgreSQL turns into a rollback records nothing', async () => {
    const trx = await db.startTransaction().execute();
    await trx.deleteFrom('pets').execute();
    await sql`select 1 / 0`.execute(trx).catch(() => {});
    await trx
      .commit()
      .execute()
      .catch(() => {});
    await db.deleteFrom('pets').where('id', '=', 1).execute();
    expect(recording.takeShort()).toEqual(['delete pets 1']);
    expect(await plain.selectFrom('pets').selectAll().execute()).toHaveLength(2);
  });
});
