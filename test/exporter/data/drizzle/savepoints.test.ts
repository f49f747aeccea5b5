import { PGlite } from '@electric-sql/pglite';
import { pgTable, serial, text } from 'drizzle-orm/pg-core';
import { drizzle } from 'drizzle-orm/pglite';
import { expect, test } from 'vitest';
import { auditDrizzle } from '../../../../exporter/src/drizzle.ts';
import { recordEvents } from '../recorded.ts';

const items = pgTable('items', { id: serial().primaryKey(), name: text().unique() });

test('P51 a savepoint that cannot be set, since a statement failed before, does not make the transaction good', async () => {
  using recording = recordEvents();
  const pglite = new PGlite();
  await pglite.exec('create table items (id serial primary key, name text unique)');
  const db = auditDrizzle(drizzle({ client: pglite }));
  await db.insert(items).values({ name: 'there' });
  recording.take();
  await db.transaction(async (tx) => {
    await tx.insert(items).values({ name: 'first' });
    await expect(tx.insert(items).values({ name: 'there' })).rejects.toThrow();
    await expect(tx.transaction((nested) => nested.insert(items).values({ name: 'second' }))).rejects.toThrow();
  });
  expect((await db.select().from(items)).map(({ name }) => name)).toEqual(['there']);
  expect(recording.take()).toEqual([]);
  await pglite.close();
});
