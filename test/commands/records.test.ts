/** The commands that work on records, against a real server and against a storage alone. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type ApiRecord, searchAll } from '../helpers/api-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { type RunningServer, startServer } from '../helpers/server.ts';
import { runCli, startCli, temporaryFolder } from './run-cli.ts';

const DAY_MS = 86_400_000;
const NOW = Date.now();

// Each test starts several processes.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

let folder: ReturnType<typeof temporaryFolder>;
let server: RunningServer;
beforeAll(async () => {
  folder = temporaryFolder();
  server = await startServer();
  // The storage that no server has open must be there before it can be read.
  await cli(['import', writeLines('first.jsonl', [line('first', ['here'])]), '--storage', 'file:./alone']);
});
afterAll(async () => {
  await server.stop();
  folder.remove();
});

let serial = 0;

/** A line of the Collector's file exporter with one record a body, `daysOld` days ago. */
function line(logger: string, bodies: readonly string[], daysOld = 0): string {
  const logRecords = bodies.map((body) => ({
    timeUnixNano: `${NOW - daysOld * DAY_MS}${String(serial++).padStart(6, '0')}`,
    severityNumber: 17,
    severityText: 'ERROR',
    body: { stringValue: body },
    attributes: [{ key: 'order.id', value: { intValue: '9007199254740993' } }],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope: { name: logger }, logRecords }] }] });
}

function writeLines(name: string, lines: readonly string[]): string {
  const file = join(folder.path, name);
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

const cli = (args: readonly string[], environment: Record<string, string> = {}) =>
  runCli(args, { cwd: folder.path, environment });

/** Flags for both places a command can work on; the storage is one that no server has open. */
const PLACES = [
  ['a running server', (): string[] => ['--url', server.dashboard], (): string[] => ['--url', server.http]],
  ['a storage', (): string[] => ['--storage', 'file:./alone'], (): string[] => ['--storage', 'file:./alone']],
] as const;

describe.each(PLACES)('on %s', (place, where, whereToSend) => {
  const logger = place.replaceAll(' ', '.');
  const found = async (query: string): Promise<ApiRecord[]> => {
    const { stdout } = await cli([
      'search',
      `logger:${logger} ${query}`,
      '--limit',
      '1000',
      '--format',
      'ndjson',
      ...where(),
    ]);
    return stdout
      .split('\n')
      .filter(Boolean)
      .map((text) => JSON.parse(text));
  };

  test("import reads the file exporter's lines; twice doubles nothing, equal lines of one file are all kept", async () => {
    const twin = line(logger, ['twin']);
    const file = writeLines(`${logger}.jsonl`, [line(logger, ['one', 'two']), twin, '', twin]);
    for (let round = 0; round < 2; round++) {
      expect(await cli(['import', file, ...whereToSend()])).toEqual({
        code: 0,
        stdout: '',
        stderr: 'imported 4 records; 0 refused\n',
      });
      const bodies = (await found('')).map(({ body }) => body);
      expect(bodies.sort()).toEqual(['one', 'twin', 'twin', 'two']);
    }
    writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
    await cli(['import', `${file}.gz`, ...whereToSend()]);
    expect(await found('')).toHaveLength(4);
  });

  test("O41 import gives records without a time their file's, and doesn't double them either", async () => {
    const untimed = JSON.stringify({
      resourceLogs: [{ scopeLogs: [{ scope: { name: logger }, logRecords: [{ body: { stringValue: 'untimed' } }] }] }],
    });
    const file = writeLines(`${logger}-untimed.jsonl`, [untimed, untimed]);
    await cli(['import', file, ...whereToSend()]);
    await cli(['import', file, ...whereToSend()]);
    expect(await found('untimed')).toHaveLength(2);
  });

  test('import names bad lines, takes the rest, and exits 1; standard input is -', async () => {
    const badRecord = '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1","body":7}]}]}]}';
    const input = `${line(logger, ['good one'])}\nnot json\n${badRecord}\n${line(logger, ['good two'])}\n`;
    const run = await runCli(['import', '-', 'nowhere.jsonl', ...whereToSend()], { cwd: folder.path, input });
    expect(run.code).toBe(1);
    const faults = run.stderr.trimEnd().split('\n').sort();
    expect(faults).toEqual([
      expect.stringMatching(/^imported 2 records; 3 refused$/),
      expect.stringMatching(/^logvitals: -:2: /),
      expect.stringMatching(/^logvitals: -:3: 1 refused: /),
      expect.stringMatching(/^logvitals: nowhere\.jsonl can't be read on: ENOENT/),
    ]);
    expect(await found('good')).toHaveLength(2);
  });

  test('search prints newest first, in three formats, within times', async () => {
    const query = `logger:${logger}.search`;
    await cli([
      'import',
      writeLines('search.jsonl', [line(`${logger}.search`, ['older']), line(`${logger}.search`, ['newer, "quoted"'])]),
      ...whereToSend(),
    ]);
    const pretty = await cli(['search', query, ...where()], { LOGVITALS_TIME_ZONE: 'UTC' });
    expect(pretty.stdout).toMatch(
      /^[-\d]+ [:\d]+\.\d{3} ERROR shop\/\S+ {2}newer, "quoted"\n[-\d]+ [:\d]+\.\d{3} ERROR shop\/\S+ {2}older\n$/,
    );
    const csv = await cli(['search', query, '--format', 'csv', '--limit', '1', ...where()]);
    expect(csv.stdout).toMatch(/^id,timestamp,level,.*\r\n[^\r\n]*,"newer, ""quoted""",[^\r\n]*\r\n$/);
    expect((await cli(['search', query, '--to', 'now-1h', ...where()])).stdout).toBe('');
    expect(
      (await cli(['search', query, '--from', 'now-1h', '--format', 'ndjson', ...where()])).stdout.split('\n'),
    ).toHaveLength(3);
  });

  test('a query may begin with a minus', async () => {
    const file = writeLines('minus.jsonl', [line(`${logger}.minus`, ['wanted', 'unwanted'])]);
    await cli(['import', file, ...whereToSend()]);
    const { code, stdout } = await cli(['search', `logger:${logger}.minus`, '-unwanted', ...where()]);
    expect(code).toBe(0);
    expect(stdout).toContain('  wanted\n');
    expect(stdout).not.toContain('unwanted');
  });

  test('hostile log lines can do nothing to the terminal', async () => {
    await cli([
      'import',
      writeLines('hostile.jsonl', [line(`${logger}.hostile`, ['\x1b[2J\x1b]0;owned\x07\u202e'])]),
      ...whereToSend(),
    ]);
    const { stdout } = await cli(['search', `logger:${logger}.hostile`, ...where()]);
    expect(stdout).toContain('\\x1b[2J\\x1b]0;owned\\x07\\u202e');
    expect(stdout).not.toContain('\x1b');
  });

  test('export writes all, and otlp comes back by import into the same records', async () => {
    const bodies = Array.from({ length: 700 }, (_, index) => `exported ${index}`);
    await cli(['import', writeLines('many.jsonl', [line(`${logger}.export`, bodies)]), ...whereToSend()]);
    const query = `logger:${logger}.export`;
    const otlp = await cli(['export', query, '--format', 'otlp', ...where()]);
    const file = writeLines('exported.jsonl', [otlp.stdout.trimEnd()]);
    const copy = ['--storage', `file:./copy-${logger}`];
    expect(await cli(['import', file, ...copy])).toMatchObject({
      code: 0,
      stderr: 'imported 700 records; 0 refused\n',
    });
    const withoutIds = (text: string) =>
      text
        .trimEnd()
        .split('\n')
        .map((record) => ({ ...JSON.parse(record), id: '' }));
    const before = withoutIds((await cli(['export', query, ...where()])).stdout);
    const after = withoutIds((await cli(['export', query, ...copy])).stdout);
    expect(before).toHaveLength(700);
    expect(after).toEqual(before);
    expect(before[0].attributes).toEqual({ 'order.id': '9007199254740993' });
    const csv = await cli(['export', query, '--format', 'csv', ...where()]);
    expect(csv.stdout.trimEnd().split('\r\n')).toHaveLength(701);
  });

  test('P36 prune removes what is strictly older than --days; --dry-run counts exactly that', async () => {
    const old = Array.from({ length: 25 }, (_, index) => `old ${index}`);
    await cli([
      'import',
      writeLines('old.jsonl', [line(`${logger}.old`, old, 40), line(`${logger}.old`, ['young'], 20)]),
      ...whereToSend(),
    ]);
    const prune = (...args: string[]) => cli(['prune', '--days', '30', '--batch-size', '10', ...args, ...where()]);
    expect(await prune('--dry-run')).toEqual({
      code: 0,
      stdout: 'would remove 25 records older than 30 days\n',
      stderr: '',
    });
    expect((await prune()).stdout).toBe('removed 25 records older than 30 days\n');
    expect((await prune()).stdout).toBe('removed 0 records older than 30 days\n');
    const { stdout } = await cli(['search', `logger:${logger}.old`, '--format', 'ndjson', ...where()]);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((record) => JSON.parse(record).body),
    ).toEqual(['young']);
  });

  test('P36 prune keeps 90 days by default, or what the configuration says', async () => {
    expect((await cli(['prune', '--dry-run', ...where()])).stdout).toMatch(/ older than 90 days\n$/);
    expect((await cli(['prune', '--dry-run', ...where()], { LOGVITALS_RETENTION_DAYS: '7' })).stdout).toMatch(
      / older than 7 days\n$/,
    );
  });
});

describe('tail', () => {
  test('follows a server, matching records alone, until it is interrupted', async () => {
    const { child, ended, stdout } = startCli([
      'tail',
      'logger:tailed -noise',
      '--format',
      'ndjson',
      '--url',
      server.dashboard,
    ]);
    // Whatever was sent before it was listening is not shown, so the record is sent until it shows.
    await eventually(async () => {
      await runCli(['import', '-', '--url', server.http], { input: `${line('tailed', ['noise', 'signal'])}\n` });
      expect(stdout()).toContain('signal');
    });
    child.kill('SIGINT');
    const { code, stdout: all } = await ended;
    expect(code).toBe(0);
    expect(
      all
        .trimEnd()
        .split('\n')
        .map((record) => JSON.parse(record).body),
    ).not.toContain('noise');
  });

  test('ends with an error when the server goes away', async () => {
    const other = await startServer();
    const { ended, stdout } = startCli(['tail', '--url', other.dashboard]);
    await eventually(async () => {
      await runCli(['import', '-', '--url', other.http], { input: `${line('tailed', ['here'])}\n` });
      expect(stdout()).toContain('here');
    });
    await other.kill();
    expect(await ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^logvitals: [^\n]+\n$/) });
  });
});

describe('import, which sends to the receiver,', () => {
  const sent = (name: string) => writeLines(`${name}.jsonl`, [line(name, ['here'])]);
  const bodiesOf = async (name: string) =>
    (await searchAll(server.dashboard, `logger:${name}`)).map(({ body }) => body);

  test("P1 finds it when --url is the dashboard's, on whatever port it is", async () => {
    const run = await cli(['import', sent('by.dashboard'), '--url', server.dashboard]);
    expect(run).toMatchObject({ code: 0, stderr: 'imported 1 record; 0 refused\n' });
    expect(await bodiesOf('by.dashboard')).toEqual(['here']);
  });

  test('P1 and when only the dashboard is where the configuration says', async () => {
    const environment = { LOGVITALS_DASHBOARD_PORT: new URL(server.dashboard).port };
    expect(await cli(['import', sent('by.default.dashboard')], environment)).toMatchObject({ code: 0 });
    expect(await bodiesOf('by.default.dashboard')).toEqual(['here']);
  });

  test('says in one line that nothing answers at --url', async () => {
    const run = await cli(['import', sent('nowhere'), '--url', 'http://127.0.0.1:9']);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringMatching(/^logvitals: [^\n]*127\.0\.0\.1:9[^\n]*\n$/) });
  });
});

describe('without --url and --storage', () => {
  test('commands work on the server that answers at the configured address, import on its receiver', async () => {
    const environment = {
      LOGVITALS_DASHBOARD_PORT: new URL(server.dashboard).port,
      LOGVITALS_HTTP_PORT: new URL(server.http).port,
    };
    const run = await cli(['import', writeLines('default.jsonl', [line('by.default', ['here'])])], environment);
    expect(run).toMatchObject({ code: 0, stderr: 'imported 1 record; 0 refused\n' });
    expect((await searchAll(server.dashboard, 'logger:by.default')).map(({ body }) => body)).toEqual(['here']);
    expect((await cli(['check'], environment)).stdout).toContain(
      `reachable  yes, by the server at ${server.dashboard}`,
    );
  });

  test('else on the configured storage, which a command that reads does not make', async () => {
    const run = await cli(['search'], { LOGVITALS_STORAGE: 'file:./nowhere' });
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no storage at file:./nowhere') });
    expect(readdirSync(folder.path)).not.toContain('nowhere');
  });
});

test('P1 a storage is found by every form of its URL, escaped characters too', async () => {
  const place = ['--storage', `${pathToFileURL(join(folder.path, 'a folder'))}`];
  expect(place[1]).toContain('a%20folder');
  await cli(['import', writeLines('escaped.jsonl', [line('escaped', ['here'])]), ...place]);
  expect(readdirSync(folder.path)).toContain('a folder');
  expect((await cli(['search', ...place])).stdout).toContain('here');
});

test('P40 a server that wants a token gets it from LOGVITALS_TOKEN, and without says what to do', async () => {
  const token = 'a-token-only-this-test-knows';
  const reader = 'a-token-that-may-only-read';
  const cwd = join(folder.path, 'locked');
  mkdirSync(cwd);
  const tokens = [{ name: 'reader', token: reader, scopes: ['read'] }];
  writeFileSync(join(cwd, 'logvitals.config.json'), JSON.stringify({ auth: { tokens } }));
  const locked = await startServer({ cwd, environment: { LOGVITALS_TOKEN: token } });
  try {
    const refused = await cli(['search', '--url', locked.dashboard]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('wants a token; put one') });
    const wrong = await cli(['search', '--url', locked.dashboard], { LOGVITALS_TOKEN: 'another-token-entirely' });
    expect(wrong.stderr).toContain("doesn't know the token in LOGVITALS_TOKEN");
    expect(wrong.stderr).not.toContain('another-token');
    expect(await cli(['search', '--url', locked.dashboard], { LOGVITALS_TOKEN: token })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const prune = await cli(['prune', '--url', locked.dashboard], { LOGVITALS_TOKEN: reader });
    expect(prune).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("doesn't let the token in LOGVITALS_TOKEN do this"),
    });
    expect(await cli(['prune', '--url', locked.dashboard], { LOGVITALS_TOKEN: token })).toMatchObject({ code: 0 });
  } finally {
    await locked.stop();
  }
});

test('a reader that goes away ends an export quietly', async () => {
  const { child, ended } = startCli(['export', '--storage', 'file:./alone'], { cwd: folder.path });
  child.stdout!.destroy();
  expect(await ended).toMatchObject({ code: 0, stderr: '' });
});
