/** `import --from` of databases that are not as the packages left them: other user tables, odd values, odd settings. */
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { timeZoneNamed } from '../../dashboard/health/time-zone.ts';
import { CommandError } from '../../receiver/commands/command.ts';
import type { LegacyFault, LegacyRecord } from '../../receiver/transfer/legacy/legacy-record.ts';
import { type LegacyPackage, openLegacySource } from '../../receiver/transfer/legacy/packages.ts';
import { openSqliteTables } from '../../receiver/transfer/legacy/sqlite-tables.ts';
import { selectionSql } from '../../receiver/transfer/legacy/tables.ts';
import { findMongodb, mongodbDatabase } from '../helpers/mongodb.ts';
import { findPostgres, postgresDatabase } from '../helpers/postgres.ts';
import { withClient } from '../helpers/servers/postgres-server.ts';
import { sqliteSource } from './legacy-sources.ts';
import { temporaryFolder } from './run-cli.ts';

const hasMongodb = (await findMongodb()) !== null;
const hasPostgres = (await findPostgres()) !== null;
const UTC = timeZoneNamed('UTC')!;

let folder: ReturnType<typeof temporaryFolder>;
const undo: (() => Promise<void>)[] = [];
beforeAll(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
afterAll(() => folder.remove());

async function readAll(name: LegacyPackage, url: string): Promise<(LegacyRecord | LegacyFault)[]> {
  const source = await openLegacySource(name, url, UTC);
  try {
    return await Array.fromAsync(source.read(() => {}));
  } finally {
    await source.close();
  }
}

let databases = 0;

/** A new database in which these statements were run. */
async function sqlite(sql: string): Promise<string> {
  const file = join(folder.path, `hostile-${databases++}.sqlite`);
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
  return `sqlite:${file}`;
}

async function postgres(sql: string): Promise<string> {
  const database = await postgresDatabase();
  undo.push(() => database.drop());
  await withClient(database.url, (client) => client.query(sql));
  return database.url;
}

/** A user model of the project's own, and what a restore or a migration may leave behind. */
const CUSTOM_USERS = `
  CREATE TABLE accounts_person (uid varchar(32) PRIMARY KEY, email text, nick text);
  INSERT INTO accounts_person VALUES ('a1', 'ana@shop.example', 'ana');
  CREATE TABLE eventlog_log (
    id integer PRIMARY KEY, timestamp timestamp, action text, object_id text, extra text, content_type_id integer,
    user_id varchar(32) REFERENCES accounts_person (uid), added_later text
  );
  INSERT INTO eventlog_log VALUES
    (1, '2026-11-20 09:00:00', 'ORDERED', 'no-number', NULL, 999, 'a1', 'x'),
    (2, '2026-11-20 09:00:01', NULL, NULL, 'no JSON', NULL, NULL, NULL),
    (3, NULL, 'UNDATED', NULL, '{}', NULL, NULL, NULL);
  CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label text, model text);
  INSERT INTO django_content_type VALUES (4, 'accounts', 'person');
  INSERT INTO eventlog_log VALUES (4, '2026-11-20 09:00:02', 'SEEN', 'a1', '[]', 4, 'a1', NULL);
`;

describe.each([
  ['SQLite', true, sqlite],
  ['PostgreSQL', hasPostgres, postgres],
] as const)('out of %s', (_kind, isThere, database) => {
  test.skipIf(!isThere)('P76 users are found in a table of the project’s own, by whatever key', async () => {
    const [ordered, empty, undated, seen] = await readAll('pinax-eventlog', await database(CUSTOM_USERS));
    expect(ordered).toMatchObject({
      uid: 'pinax-eventlog:1',
      body: 'ORDERED no-number',
      attributes: { 'user.id': 'a1', 'user.name': 'ana@shop.example', 'logvitals.object.id': 'no-number' },
    });
    expect(empty).toMatchObject({ body: '', attributes: { 'logvitals.data': 'no JSON' } });
    expect(undated).toEqual({ fault: 'the event 3 has no time: null' });
    expect(seen).toMatchObject({
      body: 'SEEN accounts.person ana@shop.example',
      attributes: { 'logvitals.object.name': 'ana@shop.example', 'logvitals.data': [] },
    });
  });

  test.skipIf(!isThere)('P74 an object id that no user can have names nobody and stops nothing', async () => {
    const url = await database(`
      CREATE TABLE auth_user (id integer PRIMARY KEY, username text, email text);
      INSERT INTO auth_user VALUES (7, 'ana', '');
      CREATE TABLE django_content_type (id integer PRIMARY KEY, app_label text, model text);
      INSERT INTO django_content_type VALUES (4, 'auth', 'user');
      CREATE TABLE eventlog_log (
        id integer PRIMARY KEY, timestamp timestamp, action text, object_id text, extra text, content_type_id integer,
        user_id integer
      );
      INSERT INTO eventlog_log VALUES
        (1, '2026-11-20 09:00:00', 'A', 'x', NULL, 4, 7),
        (2, '2026-11-20 09:00:01', 'B', '99999999999999999999', NULL, 4, 7),
        (3, '2026-11-20 09:00:02', 'C', '7', NULL, 4, 8);
    `);
    const records = await readAll('pinax-eventlog', url);
    expect(records.map((record) => 'body' in record && record.body)).toEqual([
      'A auth.user x',
      'B auth.user 99999999999999999999',
      'C auth.user ana',
    ]);
    expect(records[2]).toMatchObject({ attributes: { 'user.id': '8', 'user.name': undefined } });
  });

  test.skipIf(!isThere)(
    'a time that no record can have is told, and costs its row alone; data too deep is text',
    async () => {
      const deep = `${'['.repeat(1_500)}${']'.repeat(1_500)}`;
      const url = await database(`
      CREATE TABLE eventlog_event (
        id integer PRIMARY KEY, type text, "group" text, timestamp timestamp, message text, initiator text, data text
      );
      INSERT INTO eventlog_event VALUES
        (1, 'info', 'g', '9999-12-31 23:59:59', 'never', NULL, NULL),
        (2, 'info', 'g', '2400-01-01 00:00:00', 'late', NULL, NULL),
        (3, 'info', 'g', '2026-11-20 09:00:00', 'now', NULL, '${deep}');
    `);
      expect(await readAll('django-eventlog', url)).toEqual([
        { fault: 'the event 1 has no time: "9999-12-31 23:59:59"' },
        { fault: 'the event 2 has no time: "2400-01-01 00:00:00"' },
        expect.objectContaining({ body: 'now', attributes: expect.objectContaining({ 'logvitals.data': deep }) }),
      ]);
    },
  );
});

test('databases of older versions are read: without data, without long messages', async () => {
  const events = await sqlite(`
    CREATE TABLE eventlog_event (
      id integer PRIMARY KEY, type text, "group" text, timestamp datetime, message text, initiator text
    );
    INSERT INTO eventlog_event VALUES (1, 'info', 'g', '2026-11-20 09:00:00', 'begun', NULL);
  `);
  expect(await readAll('django-eventlog', events)).toMatchObject([{ body: 'begun' }]);
  const log = await sqlite(`
    CREATE TABLE log_panel_log (
      id char(32) PRIMARY KEY, timestamp datetime, level text, logger_name text, message text, module text, pathname text,
      line_number integer
    );
    INSERT INTO log_panel_log VALUES
      ('c43ab7c46c544941845e5e34b2690162', '2026-11-20 09:00:00', 'INFO', 'shop', 'begun', '', '', 7),
      (NULL, '2026-11-20 09:00:01', NULL, NULL, NULL, NULL, NULL, NULL);
  `);
  expect(await readAll('django-log-panel', log)).toMatchObject([
    { body: '', severityText: '', logger: '' },
    { body: 'begun', attributes: { 'code.line.number': 7n } },
  ]);
});

describe('files that are none, or of what Python takes for JSON', () => {
  const auditLine = (extra: string) =>
    `{"timestamp": "2026-11-20 09:00:00.123", "level": "AUDIT", "name": "audit.model", "message": "NaN", ` +
    `"event_type": "UPDATE", "model": "Offer", "instance_id": "1", "extra": ${extra}}`;

  test('numbers that JSON has not are read as texts', async () => {
    const file = join(folder.path, 'nan.jsonl');
    writeFileSync(file, `${auditLine('{"rate": NaN, "most": [-Infinity, Infinity], "\\"NaN": "say \\"NaN\\""}')}\n`);
    const [record] = await readAll('django-activity-audit', file);
    expect(record).toMatchObject({
      body: 'NaN',
      attributes: {
        'logvitals.data': new Map([
          [
            'extra',
            new Map<string, unknown>([
              ['rate', 'NaN'],
              ['most', ['-Infinity', 'Infinity']],
              ['"NaN', 'say "NaN"'],
            ]),
          ],
        ]),
      },
    });
  });

  test('what cannot be read on is told, after what could be', async () => {
    expect(await readAll('django-activity-audit', folder.path)).toEqual([
      { fault: expect.stringContaining(`${folder.path} can't be read on: EISDIR`) },
    ]);
    const cut = join(folder.path, 'cut.jsonl.gz');
    const lines = Array.from({ length: 5_000 }, (_, line) => auditLine(`{"line": "${line * 7919}"}`)).join('\n');
    const whole = gzipSync(lines);
    writeFileSync(cut, whole.subarray(0, whole.length - 1_000));
    const records = await readAll('django-activity-audit', cut);
    expect(records.length).toBeGreaterThan(1);
    expect(records.at(-1)).toEqual({ fault: expect.stringContaining(`${cut} can't be read on: `) });
  });
});

test.skipIf(!hasMongodb)('a MongoDB database without the collection is named', async () => {
  const database = await mongodbDatabase();
  undo.push(() => database.drop());
  await expect(readAll('django-log-panel', database.url)).rejects.toThrow(
    new CommandError(`the database "${database.name}" of the source has no collection logs`),
  );
});

test.skipIf(!hasPostgres)('a PostgreSQL server that wants something else of a connection is quoted', async () => {
  const database = await postgresDatabase();
  undo.push(() => database.drop());
  const url = new URL(database.url);
  url.searchParams.set('sslmode', 'require');
  await expect(readAll('django-log-panel', url.href)).rejects.toThrow(
    new CommandError("the PostgreSQL source can't be read: The server does not support SSL connections"),
  );
});

test.skipIf(!hasPostgres)('times are read alike whatever form the role prefers them in', async () => {
  const database = await postgresDatabase();
  undo.push(() => database.drop());
  await withClient(database.url, (client) => client.query(CUSTOM_USERS));
  await withClient(database.adminUrl, (client) =>
    client.query(`ALTER ROLE ${new URL(database.url).username} SET DateStyle = 'German'`),
  );
  const records = await readAll('pinax-eventlog', database.url);
  expect(records.filter((record) => 'fault' in record)).toHaveLength(1);
});

test.each([
  ['postgres://ana:t0ps3cret@shop.example:99999/shop', "the PostgreSQL source can't be read: the URL is none"],
  ['postgres://ana:t0p#s3cret@shop.example/shop', "the PostgreSQL source can't be read: the URL is none"],
  ['mongodb://ana:t0p@s3cret@shop.example/', "the MongoDB source can't be read: the URL is none"],
  ['mongodb://ana:t0ps3cret@127.0.0.1:1/', "the MongoDB source can't be read: no server answers"],
])('P34 of an address that is none nothing is told but that: %s', async (url, message) => {
  const opening = openLegacySource('django-log-panel', url, UTC);
  await expect(opening).rejects.toThrow(new CommandError(message));
});

test('a damaged SQLite file ends the import with a message that names it', async () => {
  const url = sqliteSource('pinax-eventlog', folder.path).source;
  const file = url.slice('sqlite:'.length);
  const database = new DatabaseSync(file);
  database.exec('BEGIN');
  const insert = database.prepare("INSERT INTO eventlog_log (timestamp, action, extra) VALUES ('2026-11-20', ?, '{}')");
  for (let row = 0; row < 5_000; row++) insert.run('x'.repeat(40));
  database.exec('COMMIT');
  database.close();
  truncateSync(file, 128 * 1024);
  const reading = readAll('pinax-eventlog', url);
  await expect(reading).rejects.toThrow(CommandError);
  await expect(reading).rejects.toThrow(file);
});

test('what belongs to a row is found by an index, however many rows there are', () => {
  const file = sqliteSource('django-simple-eventlog', folder.path).source.slice('sqlite:'.length);
  const statement = selectionSql(
    'django_simple_eventlog_relatedvalueeventlog',
    { columns: ['text_format'], orderBy: 'id' },
    '"log_id" = ?',
  );
  const database = new DatabaseSync(file);
  const plan = database.prepare(`EXPLAIN QUERY PLAN ${statement}`).all('1');
  database.close();
  expect(JSON.stringify(plan)).toContain('SEARCH');
  expect(JSON.stringify(plan)).not.toContain('SCAN');
});

test('a text finds a number in a column of SQLite, as keys are printed', async () => {
  const file = sqliteSource('django-simple-eventlog', folder.path).source.slice('sqlite:'.length);
  const tables = openSqliteTables(file);
  const selection = { columns: ['text_format'], orderBy: 'id', where: { column: 'log_id', value: '3' } };
  const rows = await Array.fromAsync(tables.rows('django_simple_eventlog_relatedvalueeventlog', selection));
  await tables.close();
  expect(rows).toHaveLength(1);
});
