import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, serial, text } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditDrizzle } from '../../../../exporter/src/drizzle.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../../../helpers/postgres.ts';
import { recordEvents } from '../recorded.ts';

const items = pgTable('items', { id: serial().primaryKey(), name: text().unique() });

const postgres = await findPostgres();

describe.skipIf(postgres === null)('Drizzle on node-postgres', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  beforeAll(async () => {
    database = await postgresDatabase();
    pool = new pg.Pool({ connectionString: database.url });
    await pool.query('create table items (id serial primary key, name text unique)');
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  test('P51 a savepoint that cannot be set, since a statement failed before, does not make the transaction good', async () => {
    using recording = recordEvents();
    const db = auditDrizzle(drizzle({ client: pool }));
    await db.insert(items).values({ name: 'there' });
    recording.take();
    await db.transaction(async (tx) => {
      await tx.insert(items).values({ name: 'first' });
      await expect(tx.insert(items).values({ name: 'there' })).rejects.toThrow();
      await expect(tx.transaction((nested) => nested.insert(items).values({ name: 'second' }))).rejects.toThrow();
    });
    expect((await db.select().from(items)).map(({ name }) => name)).toEqual(['there']);
    expect(recording.take()).toEqual([]);
  });
});
