import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { expect, test, vi } from 'vitest';
import { type FileOptions, fileExporter, fileOutput } from '../../../exporter/src/file.ts';
import { pathOfLogger } from '../../../exporter/src/local/file-names.ts';
import { severities } from '../../../exporter/src/severities.ts';
import { searchAll } from '../../helpers/api-client.ts';
import { cleanEnvironment, startServer } from '../../helpers/server.ts';
import { temporaryDirectory } from '../delivery/helpers.ts';
import { startScript } from '../helpers/application.ts';

const CLI = join(import.meta.dirname, '../../../dist/receiver/cli.js');

function logTo(options: FileOptions) {
  const processor = fileOutput(options);
  const provider = new LoggerProvider({ processors: [processor] });
  const info = (body: string, logger = 'payments') => provider.getLogger(logger).emit({ ...severities.INFO, body });
  return { processor, provider, info };
}

/** Bodies in a file, line by line. */
const bodiesIn = (path: string): string[] =>
  readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => JSON.parse(line).resourceLogs)
    .flatMap(({ scopeLogs }) => scopeLogs)
    .flatMap(({ logRecords }) => logRecords)
    .map(({ body }) => body.stringValue);

test('P58 `logvitals import` reads a file back, exactly, and twice as once', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'logs/shop.jsonl');
  const { provider } = logTo({ path });
  const logger = provider.getLogger('payments', '1.2');
  logger.emit({
    ...severities.AUDIT,
    eventName: 'logvitals.audit',
    body: { text: 'ünï ☃', list: [1, 2.5, true, null], bytes: Uint8Array.of(1, 255) },
    attributes: { large: 9_007_199_254_740_991, infinite: Number.POSITIVE_INFINITY, nested: { deep: ['x'] } },
    timestamp: [1_700_000_000, 123_456_789],
  });
  logger.emit({ ...severities.ERROR, body: 'second' });
  await provider.shutdown();
  expect(statSync(path).mode & 0o777).toBe(0o640);

  const server = await startServer();
  const runImport = () =>
    execFileSync(process.execPath, [CLI, 'import', '--url', server.http, path], {
      env: cleanEnvironment(),
      stdio: 'pipe',
    });
  runImport();
  runImport();
  const records = await searchAll(server.dashboard, '');
  await server.stop();
  expect(records).toHaveLength(2);
  expect(records[1]).toMatchObject({
    timestamp: '1700000000123456789',
    logger: 'payments',
    severityText: 'AUDIT',
    severityNumber: 10,
    eventName: 'logvitals.audit',
    attributes: { large: 9_007_199_254_740_991, nested: { deep: ['x'] } },
  });
  expect(JSON.stringify(records[1]?.body)).toContain('ünï ☃');
  expect(records[0]).toMatchObject({ body: 'second', level: 'ERROR' });
});

test('P58 a file that is large enough is put aside, and the oldest beyond maxFiles deleted', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'shop.jsonl');
  const { provider, processor, info } = logTo({ path, maxBytes: 2_000, maxFiles: 3 });
  for (let index = 0; index < 20; index++) {
    info(`record ${index} ${'x'.repeat(1_000)}`);
    await provider.forceFlush();
  }
  await provider.shutdown();
  const files = readdirSync(directory.path).sort();
  expect(files).toHaveLength(4);
  expect(files.slice(0, 3)).toEqual(
    Array(3).fill(expect.stringMatching(/^shop-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}\.jsonl$/)),
  );
  expect(files.flatMap((name) => bodiesIn(join(directory.path, name))).map((body) => body.split(' ')[1])).toEqual([
    '16',
    '17',
    '18',
    '19',
  ]);
  expect(processor.counts()).toEqual({ waiting: 0, written: 20, dropped: 0 });
});

test('P58 a file that is old enough is put aside', async () => {
  using directory = temporaryDirectory();
  const { provider, info } = logTo({ path: join(directory.path, 'shop.jsonl'), maxAge: 1 });
  info('old');
  await provider.forceFlush();
  await new Promise((resolve) => setTimeout(resolve, 20));
  info('new');
  await provider.shutdown();
  expect(
    readdirSync(directory.path)
      .sort()
      .map((name) => bodiesIn(join(directory.path, name))),
  ).toEqual([['old'], ['new']]);
});

test('P58 a file for each logger, whatever a logger is called, and few open at once', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'logs/shop.jsonl');
  const { provider, info } = logTo({ path, byLogger: true });
  const hostile = [
    '../../etc/passwd',
    '..',
    'a/b',
    'a\\b',
    'A',
    'a',
    'nul\0',
    'x'.repeat(500),
    'zażółć',
    'line\nbreak',
  ];
  for (const name of hostile) info(name, name);
  for (let index = 0; index < 300; index++) info(`many ${index}`, `logger-${index}`);
  info('again', 'a');
  await provider.forceFlush();
  const open = readdirSync('/proc/self/fd').length;
  expect(open).toBeLessThan(150);
  await provider.shutdown();

  const files = readdirSync(join(directory.path, 'logs'));
  expect(readdirSync(directory.path)).toEqual(['logs']);
  // 200 loggers have files; the rest share one.
  expect(files).toHaveLength(201);
  expect(new Set(files.map((name) => name.toLowerCase())).size).toBe(201);
  expect(files.every((name) => /^shop(\.[a-z0-9._~-]+)?\.jsonl$/.test(name))).toBe(true);
  for (const name of hostile) expect(bodiesIn(pathOfLogger(path, name))[0]).toBe(name);
  expect(bodiesIn(pathOfLogger(path, 'a'))).toEqual(['a', 'again']);
  expect(bodiesIn(path)).toHaveLength(110);
});

test('P58 a file moved away from under it is let go', async () => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'shop.jsonl');
  const { provider, info } = logTo({ path });
  info('before');
  await provider.forceFlush();
  renameSync(path, `${path}.1`);
  info('after');
  await provider.shutdown();
  expect([bodiesIn(`${path}.1`), bodiesIn(path)]).toEqual([['before'], ['after']]);
});

test('P58 what cannot be written is dropped, counted and said once, and throws nowhere', async () => {
  const heard = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, 'no-folder'), '');
  const { provider, processor, info } = logTo({ path: join(directory.path, 'no-folder/shop.jsonl') });
  info('one');
  await provider.forceFlush();
  info('two');
  await provider.shutdown();
  expect(processor.counts()).toEqual({ waiting: 0, written: 0, dropped: 2 });
  expect(heard.mock.calls.map(([text]) => text)).toEqual([
    expect.stringMatching(/^files: log records could not be written, and are dropped: E\w+: .*no-folder/),
  ]);
  vi.restoreAllMocks();
});

test('P58 more than the queue holds pushes out the oldest', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  using directory = temporaryDirectory();
  const path = join(directory.path, 'shop.jsonl');
  const { provider, processor, info } = logTo({ path });
  for (let index = 0; index < 10_010; index++) info(String(index));
  await provider.shutdown();
  expect(processor.counts()).toEqual({ waiting: 0, written: 10_000, dropped: 10 });
  expect(bodiesIn(path)[0]).toBe('10');
  vi.restoreAllMocks();
});

test.each([
  { end: 'nothing more to do', code: 0 },
  { end: 'exit', code: 3 },
  { end: 'throw', code: 1 },
])('P58 a process that ends has written what it logged: $end', async ({ end, code }) => {
  using directory = temporaryDirectory();
  const path = join(directory.path, 'shop.jsonl');
  const script = join(import.meta.dirname, 'apps/writes.mjs');
  expect(await startScript(script, { END: end, FILE: path }).finished).toMatchObject({ code });
  expect(bodiesIn(path)).toEqual(['one', 'two', 'last words']);
});

test('P58 an exporter writes the same lines, and tells a failure', async () => {
  using directory = temporaryDirectory();
  mkdirSync(join(directory.path, 'taken.jsonl'));
  const exporter = fileExporter({ path: join(directory.path, 'taken.jsonl') });
  const { emittedRecords } = await import('./helpers.ts');
  const result = await new Promise<{ code: number; error?: Error }>((resolve) =>
    exporter.export(emittedRecords([{ body: 'x' }]), resolve),
  );
  expect(result).toMatchObject({
    code: 1,
    error: { message: expect.stringMatching(/^1 log records could not be written: EISDIR/) },
  });
  await exporter.shutdown();
});

test.each<[FileOptions, string]>([
  [{} as FileOptions, 'path is undefined; it must be the path of a file'],
  [{ path: 'logs/' }, 'path is "logs/"; it must be the path of a file'],
  [{ path: 'x', byLogger: 1 as never }, 'byLogger is 1; it must be true or false'],
  [{ path: 'x', maxBytes: 0 }, 'maxBytes is 0; it must be a whole number from 1'],
  [{ path: 'x', maxAge: -1 }, 'maxAge is -1; it must be a whole number from 1'],
  [{ path: 'x', maxFiles: 1.5 }, 'maxFiles is 1.5; it must be a whole number from 1 to 10000'],
  [{ path: 'x', maxSize: 1 } as FileOptions, 'there is no option "maxSize"; the options are path, byLogger'],
])('P58 wrong file options are refused: %o', (options, message) => {
  expect(() => fileOutput(options)).toThrow(message);
});
