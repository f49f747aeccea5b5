/** `logvitals import --from`: what the packages themselves wrote, through the real command, into a storage and a server. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import type { RecordJson } from '../../dashboard/api/record-json.ts';
import { findMongodb } from '../helpers/mongodb.ts';
import { findPostgres } from '../helpers/postgres.ts';
import { startServer } from '../helpers/server.ts';
import { STORAGE_KINDS } from '../helpers/storages.ts';
import { auditFile, type FilledSource, mongodbSource, postgresSource, sqliteSource } from './legacy-sources.ts';
import { runCli, temporaryFolder } from './run-cli.ts';

// Each test starts several processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const hasPostgres = (await findPostgres()) !== null;
const hasMongodb = (await findMongodb()) !== null;

let folder: ReturnType<typeof temporaryFolder>;
const sources: FilledSource[] = [];
beforeAll(() => {
  folder = temporaryFolder();
});
afterEach(async () => {
  for (const source of sources.splice(0)) await source.remove();
});
afterAll(() => folder.remove());

let storages = 0;
const newStorage = () => `file:./data-${storages++}`;

const cli = (...args: string[]) => runCli(args, { cwd: folder.path });

async function opened(source: FilledSource | Promise<FilledSource>): Promise<string> {
  const filled = await source;
  sources.push(filled);
  return filled.source;
}

/** Imports twice, as nobody should fear to, and gives what is stored, oldest first. */
async function importTwice(
  name: string,
  from: readonly string[],
  flags: readonly string[] = [],
): Promise<RecordJson[]> {
  const storage = newStorage();
  for (const _ of [1, 2]) {
    const run = await cli('import', '--from', name, ...from, ...flags, '--storage', storage);
    expect(run.stderr).toMatch(/^imported \d+ records; 0 refused$/m);
    expect(run.code).toBe(0);
  }
  return stored(storage);
}

async function stored(storage: string): Promise<RecordJson[]> {
  const { stdout } = await cli('search', '--limit', '1000', '--format', 'ndjson', '--storage', storage);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as RecordJson)
    .reverse();
}

const timeOf = ({ timestamp }: RecordJson) => new Date(Number(BigInt(timestamp) / 1_000_000n)).toISOString();

/** The kinds of database a package may stand on; each must give the same records. */
const DATABASES: readonly [string, boolean, (name: string) => FilledSource | Promise<FilledSource>][] = [
  ['SQLite', true, (name) => sqliteSource(name, folder.path)],
  ['PostgreSQL', hasPostgres, postgresSource],
];

describe.each(DATABASES)('import --from, out of %s', (_kind, isThere, fill) => {
  test.skipIf(!isThere)('django-log-panel 0.2: levels, places, tracebacks, and long messages whole', async () => {
    const records = await importTwice('django-log-panel', [await opened(fill('django-log-panel'))]);
    expect(records.map(({ level, severityText, logger }) => [level, severityText, logger])).toEqual([
      ['DEBUG', 'DEBUG', 'shop.cart'],
      ['INFO', 'INFO', 'shop.cart'],
      ['WARN', 'WARNING', 'shop.cart'],
      ['INFO', 'NOTICE', 'shop.pay'],
      ['ERROR', 'ERROR', 'shop.pay'],
      ['FATAL', 'CRITICAL', 'shop.pay'],
      ['ERROR', 'ERROR', 'django.request'],
    ]);
    expect(records[0]).toMatchObject({
      service: 'django-log-panel',
      timestamp: '1795165201623456000',
      body: 'cart of ana looked at',
      attributes: { 'code.function.name': 'cart', 'code.file.path': '/srv/shop/shop/cart.py', 'code.line.number': 42 },
    });
    expect(records[1]!.body).toBe('cart filled: naïve 👩‍👩‍👧 <b>bold</b>');
    expect(records[2]!.body).toBe('cart is slow\nsecond line, no traceback');
    expect(records[4]).toMatchObject({
      body: 'payment 17 failed',
      attributes: { 'exception.type': 'ValueError', 'exception.message': 'card refused: expired' },
    });
    const trace = String(records[4]!.attributes['exception.stacktrace']);
    expect(trace).toMatch(/^Traceback \(most recent call last\):\n/);
    expect(trace).toContain(
      "KeyError: 'missing'\n\nThe above exception was the direct cause of the following exception:",
    );
    expect(trace).toMatch(/ValueError: card refused: expired$/);
    expect(records[5]!.body).toBe(`no provider answers: ${'long '.repeat(100)}end of the long one`);
  });

  test.skipIf(!isThere)('P60 django-eventlog: groups, types, initiators and data', async () => {
    const records = await importTwice(
      'django-eventlog',
      [await opened(fill('django-eventlog'))],
      ['--service', 'shop'],
    );
    expect(records.map(({ body, level, severityText }) => [body, level, severityText])).toEqual([
      ['Order received', 'INFO', 'INFO'],
      ['Stock is low', 'WARN', 'WARNING'],
      ['Could not send mail: naïve 👩‍👩‍👧', 'ERROR', 'ERROR'],
      ['Order lost', 'FATAL', 'CRITICAL'],
      ['Begun', 'INFO', 'INFO'],
      ['Done', 'INFO', 'INFO'],
    ]);
    expect(records.every(({ service, eventName }) => service === 'shop' && eventName === 'logvitals.event')).toBe(true);
    const group = records[0]!.attributes['logvitals.group.id'];
    expect(group).toMatch(/^[0-9a-f]{32}$/);
    expect(records.map(({ attributes }) => attributes['logvitals.group.id'])).toEqual([
      ...[group, group, group, group],
      ...['nightly import', 'nightly import'],
    ]);
    expect(records[0]!.attributes).toMatchObject({
      'logvitals.event.type': 'info',
      'logvitals.initiator': 'ana',
      'logvitals.data': { items: 3, total: 19.5, tags: ['new', null, true] },
    });
    expect(records[3]!.attributes).not.toHaveProperty('logvitals.initiator');
    expect(records[5]!.attributes['logvitals.data']).toEqual([1, 2, 3]);
  });

  test.skipIf(!isThere)(
    'P70 P71 django-simple-eventlog: texts rendered, changes, actors and objects by name',
    async () => {
      const records = await importTwice('django-simple-eventlog', [await opened(fill('django-simple-eventlog'))]);
      expect(records.map(({ body }) => body)).toEqual([
        'ana created group staff',
        'Group changed',
        'bo opened the report',
        'Group removed',
        'Sent 12 letters',
      ]);
      expect(records[0]).toMatchObject({
        eventName: 'logvitals.audit',
        severityNumber: 10,
        severityText: 'AUDIT',
        attributes: {
          'logvitals.message.template': '{user__username} created group staff',
          'logvitals.audit.action': 'create',
          'logvitals.audit.tool': 'admin',
          'user.id': '1',
          'user.name': 'ana',
          'user.email': 'ana@example.com',
          'logvitals.object.type': 'auth.group',
          'logvitals.object.id': '1',
        },
      });
      expect(records[1]!.attributes['logvitals.changes']).toEqual({
        old_value: { name: 'staff', limits: { daily: 10 }, rules: { '1': { on: true } } },
        new_value: { name: 'crew', limits: { daily: 20 }, rules: { '1': { on: false } } },
      });
      expect(records[2]!.attributes).toMatchObject({
        'logvitals.object.type': 'auth.user',
        'logvitals.object.name': 'bo',
      });
      expect(records[3]!.attributes).not.toHaveProperty('user.id');
      expect(records[4]!.attributes['logvitals.audit.action']).toBe('send_letters');
    },
  );

  test.skipIf(!isThere)('P76 pinax-eventlog: users, anonymous ones too, extras, and events dated back', async () => {
    const storage = newStorage();
    const source = await opened(fill('pinax-eventlog'));
    const run = await cli('import', '--from', 'pinax-eventlog', source, '--storage', storage);
    expect(run.stderr).toContain('imported 4 records; 0 refused');
    expect(run.stderr).toContain('some records are older than retention.days, 90');
    const records = await stored(storage);
    expect(records.map(({ body }) => body)).toEqual([
      'IMPORTED',
      'GROUP_CREATED auth.group 1',
      'LOGGED_IN',
      'PAGE_SEEN',
    ]);
    expect(timeOf(records[0]!)).toBe('2025-10-16T09:00:00.123Z');
    expect(records[1]!.attributes).toMatchObject({
      'logvitals.audit.action': 'GROUP_CREATED',
      'user.name': 'ana',
      'logvitals.object.type': 'auth.group',
      'logvitals.object.id': '1',
      'logvitals.data': { name: 'staff', size: 2, nested: { a: [1, null] } },
    });
    expect(records[3]!.attributes).not.toHaveProperty('user.id');
  });
});

test.skipIf(!hasMongodb)('django-log-panel 0.1, out of MongoDB', async () => {
  const records = await importTwice('django-log-panel', [await opened(mongodbSource('django-log-panel-0.1'))]);
  expect(records).toHaveLength(7);
  expect(records[4]).toMatchObject({
    level: 'ERROR',
    body: 'payment 17 failed',
    attributes: { 'exception.type': 'ValueError', 'code.line.number': 42 },
  });
});

describe('django-activity-audit, out of its files', () => {
  test('P51 P57 models and logins, and what the package reports of itself', async () => {
    const records = await importTwice('django-activity-audit', [auditFile('audit'), auditFile('login')]);
    const audit = records.filter(({ eventName }) => eventName === 'logvitals.audit');
    expect(
      audit.map(({ attributes }) => [attributes['logvitals.audit.action'], attributes['logvitals.object.type']]),
    ).toEqual([
      ['create', 'User'],
      ['create', 'Group'],
      ['update', 'Group'],
    ]);
    expect(audit[2]).toMatchObject({
      severityNumber: 10,
      severityText: 'AUDIT',
      logger: 'audit.model',
      attributes: {
        'user.id': '1',
        'user.name': 'Ana Kis',
        'user.email': 'ana@example.com',
        'logvitals.object.id': '1',
      },
    });
    expect(JSON.stringify(audit[0]!.attributes)).toContain('"password":"[REDACTED]"');
    const logins = records.filter(({ eventName }) => eventName === 'logvitals.login');
    expect(
      logins.map(({ level, severityText, attributes }) => [level, severityText, attributes['logvitals.audit.action']]),
    ).toEqual([
      ['INFO', 'LOGIN', 'login'],
      ['WARN', 'LOGIN', 'login_failed'],
    ]);
    expect(records.filter(({ eventName }) => eventName === '').map(({ level }) => level)).toEqual(['ERROR', 'ERROR']);
  });

  test('P52 P53 P54 P59 requests in and out and a file transfer, without their secrets', async () => {
    const records = await importTwice('django-activity-audit', [auditFile('api')]);
    expect(records.map(({ body, level }) => [body, level])).toEqual([
      ['POST /pay/', 'INFO'],
      ['GET /charge 200', 'INFO'],
      ['GET /charge', 'ERROR'],
      ['upload /in/stock.csv', 'ERROR'],
    ]);
    expect(records[0]!.attributes).toMatchObject({
      'logvitals.http.direction': 'internal',
      'http.request.method': 'POST',
      'url.path': '/pay/',
      'url.query': 'step=2',
      'http.request.header.accept': ['application/json'],
      'logvitals.http.request.body': { order: 17 },
      'user.name': 'Ana Kis',
    });
    expect(records[1]!.attributes).toMatchObject({
      'logvitals.http.direction': 'external',
      'http.response.status_code': 200,
      'url.full': 'http://127.0.0.1:18080/charge?token=%5BREDACTED%5D',
      'logvitals.http.response.body': { charged: true, note: "it's fine", nothing: null },
    });
    expect(records[2]!.attributes['exception.message']).toContain('Connection refused');
    expect(records[3]!.attributes).toMatchObject({
      'logvitals.audit.tool': 'sftp',
      'server.address': 'files.example.com',
    });
  });

  test('times without a zone are what its clock showed, and equal lines are as many records', async () => {
    const file = join(folder.path, 'twice.jsonl');
    const [line] = readFileSync(auditFile('audit'), 'utf8').split('\n');
    writeFileSync(file, `${line}\n${line}\nno JSON\n`);
    const storage = newStorage();
    for (const _ of [1, 2]) {
      const run = await cli(
        'import',
        '--from',
        'django-activity-audit',
        file,
        '--tz',
        'Europe/Budapest',
        '--storage',
        storage,
      );
      expect(run.stderr).toContain(`${file}:3: the line is no JSON object`);
      expect(run).toMatchObject({ code: 1 });
    }
    const records = await stored(storage);
    expect(records.map(timeOf)).toEqual(['2026-11-20T08:00:01.623Z', '2026-11-20T08:00:01.623Z']);
  });
});

describe.each(STORAGE_KINDS)('into a running server on $kind', ({ isThere, make }) => {
  test.skipIf(!isThere)('P9 an import goes through its receiver, and again changes nothing', async () => {
    const storage = await make();
    const server = await startServer({ storage: storage.url });
    const source = await opened(sqliteSource('django-eventlog', folder.path));
    for (const _ of [1, 2]) {
      const run = await cli('import', '--from', 'django-eventlog', source, '--url', server.dashboard);
      expect(run.stderr).toContain('imported 6 records; 0 refused');
    }
    const { stdout } = await cli('search', 'event:logvitals.event', '--format', 'ndjson', '--url', server.dashboard);
    expect(stdout.trimEnd().split('\n')).toHaveLength(6);
    await server.stop();
    // And once more straight into the storage.
    const again = await cli('import', '--from', 'django-eventlog', source, '--storage', storage.url);
    expect(again.stderr).toContain('imported 6 records; 0 refused');
    expect(await stored(storage.url)).toHaveLength(6);
    await storage.drop();
  });
});

test('large rows come in however little the receiver takes at once, and one that is too large costs itself alone', async () => {
  const file = join(folder.path, 'large.sqlite');
  const database = new DatabaseSync(file);
  database.exec(
    'CREATE TABLE eventlog_event (id integer PRIMARY KEY, type, "group", timestamp, message, initiator, data)',
  );
  const insert = database.prepare(
    "INSERT INTO eventlog_event VALUES (?, 'info', 'g', '2026-11-20 09:00:00', 'row', NULL, ?)",
  );
  for (let row = 1; row <= 100; row++) insert.run(row, JSON.stringify('x'.repeat(row === 50 ? 900_000 : 9_000)));
  database.close();
  const config = join(folder.path, 'small-requests.json');
  writeFileSync(config, JSON.stringify({ limits: { requestBytes: 100_000 } }));
  const storage = newStorage();
  const into = ['--config', config, '--storage', storage];
  const run = await cli('import', '--from', 'django-eventlog', `sqlite:${file}`, ...into);
  expect(run.stderr).toContain('imported 99 records; 1 refused');
  expect(await stored(storage)).toHaveLength(99);
});

describe('what cannot be imported', () => {
  const refused = async (...args: string[]) => {
    const run = await cli('import', ...args, '--storage', newStorage());
    expect(run.stdout).toBe('');
    return [run.code, run.stderr.trimEnd()] as const;
  };

  test('flags that make no sense are named, with what is allowed', async () => {
    expect(await refused('--from', 'django-silk', 'x')).toEqual([
      2,
      expect.stringContaining('--from is "django-silk"; allowed: django-log-panel, django-eventlog'),
    ]);
    expect(await refused('--from', 'django-eventlog')).toEqual([
      2,
      expect.stringContaining('import is without a source'),
    ]);
    expect(await refused('--from', 'django-eventlog', 'sqlite:x', '--tz', 'Mars/Base')).toEqual([
      2,
      expect.stringContaining('--tz is "Mars/Base"; allowed: a time zone'),
    ]);
    expect(await refused('x.jsonl', '--service', 'shop')).toEqual([
      2,
      expect.stringContaining('allowed: with --from alone'),
    ]);
    expect(await refused('--from', 'pinax-eventlog', 'mysql://u:secret@h/d')).toEqual([
      2,
      expect.stringContaining('allowed: sqlite:FILE or postgres://…'),
    ]);
    expect((await refused('--from', 'pinax-eventlog', 'mysql://u:secret@h/d'))[1]).not.toContain('secret');
  });

  test('P34 a source that is not there, is none, or lacks the table is named without its secrets', async () => {
    expect(await refused('--from', 'django-eventlog', 'sqlite:./none.sqlite')).toEqual([
      1,
      expect.stringContaining('there is no file "./none.sqlite"'),
    ]);
    const noDatabase = join(folder.path, 'no-database.sqlite');
    copyFileSync(auditFile('api'), noDatabase);
    expect((await refused('--from', 'django-eventlog', `sqlite:${noDatabase}`))[1]).toContain('is no SQLite database');
    const empty = join(folder.path, 'empty.sqlite');
    new DatabaseSync(empty).close();
    expect(await refused('--from', 'django-eventlog', `sqlite:${empty}`)).toEqual([
      1,
      expect.stringContaining('the source has no table eventlog_event'),
    ]);
    const away = await refused('--from', 'django-eventlog', 'postgres://ana:secret@127.0.0.1:1/shop');
    expect(away).toEqual([1, expect.stringContaining("the PostgreSQL source can't be read: ECONNREFUSED")]);
    expect(away[1]).not.toContain('secret');
  });
});
