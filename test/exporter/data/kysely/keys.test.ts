import { PGlite } from '@electric-sql/pglite';
import { Kysely, PGliteDialect, sql } from 'kysely';
import { expect, test } from 'vitest';
import { auditDialect } from '../../../../exporter/src/kysely.ts';
import { recordEvents } from '../recorded.ts';

interface Tables {
  words: { a: string; b: string; n: number };
  measures: { sensor: number; at: Date; n: number };
  files: { digest: Uint8Array; part: number; n: number };
  word_tags: { a: string; b: string; tag: string };
}

async function database() {
  const pglite = new PGlite();
  await pglite.exec(`
    create table words (a text, b text, n int, primary key (a, b));
    create table measures (sensor int, at timestamptz, n int, primary key (sensor, at));
    create table files (digest bytea, part int, n int, primary key (digest, part));
    create table word_tags (a text, b text, tag text);
  `);
  const models = {
    words: { id: ['a', 'b'] },
    measures: { id: ['sensor', 'at'] },
    files: { id: ['digest', 'part'] },
    word_tags: { relation: { model: 'words', owner: ['a', 'b'], name: 'tags', related: 'tag' } },
  };
  return new Kysely<Tables>({ dialect: auditDialect(new PGliteDialect({ pglite }), { models }) });
}

const TENFOLD = { n: sql<number>`n * 10` };

test('P51 rows whose key of several fields looks alike when joined keep their own values', async () => {
  using recording = recordEvents();
  await using db = await database();
  await db
    .insertInto('words')
    .values([
      { a: 'x\ny', b: 'z', n: 1 },
      { a: 'x', b: 'y\nz', n: 2 },
    ])
    .execute();
  recording.take();
  await db.updateTable('words').set(TENFOLD).execute();
  expect(recording.take()).toMatchObject([
    { id: 'x\ny,z', old: { n: 1 }, new: { n: 10 } },
    { id: 'x,y\nz', old: { n: 2 }, new: { n: 20 } },
  ]);
  await db
    .insertInto('word_tags')
    .values([
      { a: 'p,q', b: 'r', tag: 'one' },
      { a: 'p', b: 'q,r', tag: 'two' },
    ])
    .execute();
  expect(recording.take().map((event) => event.new)).toEqual([{ tags: ['one'] }, { tags: ['two'] }]);
});

test('P51 times and bytes in a key of several fields are told apart, and shown as they are alone', async () => {
  using recording = recordEvents();
  await using db = await database();
  await db
    .insertInto('measures')
    .values([
      { sensor: 1, at: new Date(1_000), n: 1 },
      { sensor: 1, at: new Date(1_500), n: 2 },
    ])
    .execute();
  await db
    .insertInto('files')
    .values([
      { digest: Uint8Array.of(255, 1), part: 1, n: 3 },
      { digest: Uint8Array.of(254, 1), part: 1, n: 4 },
    ])
    .execute();
  recording.take();
  await db.updateTable('measures').set(TENFOLD).execute();
  await db.updateTable('files').set(TENFOLD).execute();
  expect(recording.take()).toMatchObject([
    { id: '1,1970-01-01T00:00:01.000Z', old: { n: 1 }, new: { n: 10 } },
    { id: '1,1970-01-01T00:00:01.500Z', old: { n: 2 }, new: { n: 20 } },
    { id: 'ff01,1', old: { n: 3 }, new: { n: 30 } },
    { id: 'fe01,1', old: { n: 4 }, new: { n: 40 } },
  ]);
});

test('P51 rows that JavaScript cannot tell apart by their key are given nobody else’s old values', async () => {
  using recording = recordEvents();
  await using db = await database();
  // Microseconds, of which a Date keeps no more than milliseconds.
  await sql`insert into measures values (1, '2026-05-04 00:00:00.000001Z', 1), (1, '2026-05-04 00:00:00.000002Z', 2)`.execute(
    db,
  );
  await db.updateTable('measures').set(TENFOLD).execute();
  const changes = recording.take().map((event) => [event.old, event.new]);
  const at = '2026-05-04T00:00:00.000Z';
  expect(changes).toEqual([
    [{}, { sensor: 1, at, n: 10 }],
    [{}, { sensor: 1, at, n: 20 }],
  ]);
});
