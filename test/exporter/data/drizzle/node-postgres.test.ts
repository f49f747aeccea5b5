import { eq, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import { integer, pgSchema, serial, text } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditDrizzle } from '../../../../exporter/src/drizzle.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../../../helpers/postgres.ts';
import { type Recording, recordEvents } from '../recorded.ts';

const pets = pgSchema('zoo').table('pets', { id: serial().primaryKey(), name: text(), ageInYears: integer() });
const postgres = await findPostgres();

describe.skipIf(postgres === null)('node-postgres, with a schema and names in snake case', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let plain: NodePgDatabase & { $client: pg.Pool };
  let db: NodePgDatabase & { $client: pg.Pool };
  let recording: Recording;

  beforeAll(async () => {
    database = await postgresDatabase();
    pool = new pg.Pool({ connectionString: database.url, max: 4 });
    plain = drizzle(pool, { casing: 'snake_case' });
    db = auditDrizzle(plain);
    await pool.query('create schema zoo; create table zoo.pets (id serial primary key, name text, age_in_years int)');
  });
  afterAll(async () => {
    await pool?.end();
    await database?.drop();
  });

  beforeEach(async () => {
    await fill();
    recording = recordEvents();
    return () => recording[Symbol.dispose]();
  });

  async function fill(): Promise<void> {
    await pool.query('truncate zoo.pets restart identity');
    await plain.insert(pets).values(['Rex', 'Tom', 'Kim'].map((name) => ({ name, ageInYears: 1 })));
  }

  test('P51 rows come back by the names of the schema', async () => {
    await db.insert(pets).values({ name: 'Joe', ageInYears: 4 });
    await db
      .update(pets)
      .set({ ageInYears: sql`${pets.ageInYears} + 1` })
      .where(eq(pets.name, 'Joe'));
    expect(recording.take()).toMatchObject([
      { action: 'create', type: 'zoo.pets', id: '4', name: 'Joe', new: { name: 'Joe', ageInYears: 4 } },
      { action: 'update', type: 'zoo.pets', id: '4', name: 'Joe', old: { ageInYears: 4 }, new: { ageInYears: 5 } },
    ]);
  });

  test('P51 a commit that PostgreSQL turns into a rollback records nothing, nor does a nested rollback', async () => {
    await db.transaction(async (tx) => {
      await tx.delete(pets).where(eq(pets.id, 1));
      await tx.execute(sql`select 1 / 0`).catch(() => {});
    });
    await db.transaction(async (tx) => {
      await tx
        .transaction(async (inner) => {
          await inner.delete(pets).where(eq(pets.id, 2));
          inner.rollback();
        })
        .catch(() => {});
      await tx.delete(pets).where(eq(pets.id, 3));
    });
    expect(recording.takeShort()).toEqual(['delete zoo.pets 3']);
    expect(await plain.select().from(pets)).toHaveLength(2);
  });

  test('P51 answers are as without', async () => {
    const answers = async (database: typeof plain) => {
      const given = [
        await database.insert(pets).values({ name: 'Joe' }),
        await database.update(pets).set({ ageInYears: 9 }),
        await database.delete(pets).where(eq(pets.id, 1)),
        await database.transaction((tx) => tx.delete(pets)),
      ];
      return given.map(({ command, rowCount, rows, fields }) => ({ command, rowCount, rows, fields }));
    };
    const audited = await answers(db);
    await fill();
    expect(audited).toEqual(await answers(plain));
    expect(recording.take()).toHaveLength(9);
  });
});
