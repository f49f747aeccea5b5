import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { freePorts } from '../../helpers/ports.ts';
import { type SinkRequest, startSink } from '../helpers/sink.ts';
import { application, bodies, filesIn, heardWarnings, temporaryDirectory, until } from './helpers.ts';

const NEVER = 2 ** 31 - 1;

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(LOGVITALS|OTEL)_/.test(name)) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const unreachable = async () => `http://127.0.0.1:${(await freePorts(1))[0]}`;
const texts = (requests: readonly SinkRequest[]) => requests.map(({ text }) => text);

test('P39 with a spool records arrive in order, each with an id of its own, and nothing stays on disk', async () => {
  using directory = temporaryDirectory();
  await using sink = await startSink();
  const app = application({ url: sink.url, token: 'sesame', spool: { dir: directory.path } });
  for (let index = 0; index < 1_200; index++) app.info(`record ${index}`);
  await app.registration.forceFlush();
  expect(app.registration.counts()).toEqual({ waiting: 0, spooled: 0, sent: 1_200, dropped: 0 });
  await app.registration.shutdown();
  expect(bodies(sink.accepted)).toEqual(Array.from({ length: 1_200 }, (_, index) => `record ${index}`));
  expect(sink.mostConcurrent()).toBe(1);
  expect(new Set(sink.accepted.map(({ attributes }) => attributes['log.record.uid'])).size).toBe(1_200);
  expect(sink.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer sesame',
    'content-type': 'application/json',
  });
  expect(filesIn(directory.path, '')).toEqual([]);
});

test('P39 a record is on disk soon after it was logged, and a warning at once, for its owner alone', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  const spool = { dir: join(directory.path, 'made/when/missing') };
  await using app = application({ url: await unreachable(), spool });
  app.info('within the interval');
  await until(() => app.registration.counts().spooled === 1);
  await app.registration.shutdown();

  await using urgent = application({ url: await unreachable(), spool, flushInterval: NEVER });
  await until(() => urgent.registration.counts().spooled === 1);
  urgent.error('at once');
  await until(() => urgent.registration.counts().spooled === 2);
  const files = filesIn(directory.path, '').filter((name) => /\.\w+$/.test(name));
  const modes = files.map((name) => statSync(join(directory.path, name)).mode & 0o777);
  expect(files.length).toBeGreaterThanOrEqual(2);
  expect(new Set(modes)).toEqual(new Set([0o600]));
  expect(statSync(spool.dir).mode & 0o777).toBe(0o700);
});

test('P39 the receiver is away: records wait on disk and arrive once, in order, when it is back', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  const [port] = await freePorts(1);
  await using app = application({ url: `http://127.0.0.1:${port}`, spool: { dir: directory.path } });
  const expected = Array.from({ length: 300 }, (_, index) => `record ${index}`);
  for (const body of expected) {
    app.error(body);
    await new Promise(setImmediate);
  }
  await app.registration.forceFlush();
  expect(app.registration.counts()).toEqual({ waiting: 300, spooled: 300, sent: 0, dropped: 0 });
  await using sink = await startSink(undefined, port);
  await until(() => sink.accepted.length >= 300);
  await app.registration.forceFlush();
  expect(bodies(sink.accepted)).toEqual(expected);
  expect(app.registration.counts()).toEqual({ waiting: 0, spooled: 0, sent: 300, dropped: 0 });
  expect(heard).toEqual([expect.stringMatching(/^log records cannot be delivered and wait: .*ECONNREFUSED/)]);
});

test('P39 what one process leaves the next one sends first, byte for byte', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  const spool = { dir: directory.path };
  await using refusing = await startSink(() => ({ status: 503 }));
  const first = application({ url: refusing.url, spool });
  first.info('from the first');
  await first.registration.shutdown();
  expect(first.registration.counts()).toMatchObject({ waiting: 1, dropped: 0 });

  await using sink = await startSink();
  await using second = application({ url: sink.url, spool });
  second.info('from the second');
  await second.registration.forceFlush();
  expect(bodies(sink.accepted)).toEqual(['from the first', 'from the second']);
  expect(sink.requests[0]?.text).toBe(refusing.requests[0]?.text);
});

test('P39 several at once in one directory each have a folder of their own', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  const spool = { dir: directory.path };
  const first = application({ url: await unreachable(), spool });
  first.info('from the first');
  await until(() => first.registration.counts().spooled === 1);
  expect(() => application({ url: 'http://127.0.0.1:1', spool })).toThrow('a LoggerProvider is registered already');
  await until(() => filesIn(directory.path, 'owner.json').length === 1);
  await first.registration.shutdown();
});

test.each([
  429, 502, 503, 504,
])('P39 after %d the same bytes come again, not before the time that was asked for', async (status) => {
  heardWarnings();
  using directory = temporaryDirectory();
  const times: number[] = [];
  await using sink = await startSink((_request, index) => {
    times.push(performance.now());
    return index === 0 ? { status, headers: { 'retry-after': '1' } } : undefined;
  });
  await using app = application({ url: sink.url, spool: { dir: directory.path } });
  app.error('busy');
  await until(() => app.registration.counts().sent === 1);
  expect(new Set(texts(sink.requests)).size).toBe(1);
  expect(sink.requests).toHaveLength(2);
  expect(times[1]! - times[0]!).toBeGreaterThan(900);
});

test.each([400, 401, 404, 500])('P39 what a receiver refuses with %d is dropped, counted and said', async (status) => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  await using sink = await startSink((_request, index) => (index === 0 ? { status } : undefined));
  await using app = application({ url: sink.url, token: 'sesame', spool: { dir: directory.path } });
  app.error('refused');
  await app.registration.forceFlush();
  app.error('taken');
  await app.registration.forceFlush();
  expect(bodies(sink.accepted)).toEqual(['taken']);
  expect(app.registration.counts()).toEqual({ waiting: 0, spooled: 0, sent: 1, dropped: 1 });
  expect(heard).toEqual([expect.stringMatching(new RegExp(`^the receiver refused log records for good: ${status} `))]);
  expect(heard[0]).not.toContain('sesame');
});

test('P39 a request too large for the receiver (413) is halved until it fits, the same way each time', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  const isTooLarge = ({ records }: SinkRequest) => records.length > 2 || records.some(({ body }) => body === 'huge');
  await using sink = await startSink((request) => (isTooLarge(request) ? { status: 413 } : undefined));
  await using app = application({ url: sink.url, spool: { dir: directory.path } });
  for (const body of ['one', 'two', 'huge', 'three', 'four']) app.info(body);
  await app.registration.forceFlush();
  expect(bodies(sink.accepted)).toEqual(['one', 'two', 'three', 'four']);
  expect(app.registration.counts()).toMatchObject({ waiting: 0, sent: 4, dropped: 1 });
});

test('P39 a receiver slower than the timeout gets the same bytes again', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  await using sink = await startSink((_request, index) =>
    index > 0 ? undefined : new Promise<undefined>((resolve) => setTimeout(resolve, 1_500)),
  );
  await using app = application({ url: sink.url, timeout: 300, compression: 'gzip', spool: { dir: directory.path } });
  app.error('slow');
  await until(() => app.registration.counts().sent === 1);
  expect(new Set(texts(sink.requests)).size).toBe(1);
  expect(sink.requests[0]?.headers['content-encoding']).toBe('gzip');
});

test('P39 a full spool pushes out its oldest records, counts them and says so once', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  const [port] = await freePorts(1);
  const spool = { dir: directory.path, maxBytes: 65_536 };
  await using app = application({ url: `http://127.0.0.1:${port}`, batchSize: 10, spool });
  for (let index = 0; index < 400; index++) {
    app.info(`record ${index} ${'x'.repeat(500)}`);
    if (index % 10 === 9) await app.registration.forceFlush();
  }
  const { waiting, spooled, sent, dropped } = app.registration.counts();
  expect(waiting + dropped).toBe(400);
  expect(spooled).toBe(waiting);
  expect(sent).toBe(0);
  expect(dropped).toBeGreaterThan(250);
  const sizes = filesIn(directory.path, '.segment').map((name) => statSync(join(directory.path, name)).size);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(66_000);
  expect(heard.filter((text) => text.startsWith('the spool is full'))).toHaveLength(1);

  await using sink = await startSink(undefined, port);
  await app.registration.forceFlush();
  // The one that was on its way goes first; the others are the newest, without a gap.
  const numbers = sink.accepted.map(({ body }) => Number(String(body).split(' ')[1]));
  expect(numbers.slice(10)).toEqual(Array.from({ length: waiting - 10 }, (_, index) => 400 - (waiting - 10) + index));
});

test('P39 a record that cannot be serialised takes no other with it', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  await using sink = await startSink();
  await using app = application({ url: sink.url, spool: { dir: directory.path } });
  const circular: Record<string, unknown> = { deep: [] };
  Object.assign(circular, { itself: circular });
  app.info('before');
  app.logger.emit({ body: circular as never });
  app.logger.emit({
    body: new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('keep out');
        },
      },
    ) as never,
  });
  app.info('after');
  await app.registration.forceFlush();
  expect(sink.accepted).toHaveLength(3);
  expect(app.registration.counts()).toMatchObject({ sent: 3, dropped: 1 });
  expect(heard).toEqual([expect.stringContaining('a log record could not be serialised: keep out')]);
});

test('P39 a record too large for the spool costs no other', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  await using sink = await startSink();
  await using app = application({ url: sink.url, batchSize: 1, spool: { dir: directory.path, maxBytes: 65_536 } });
  for (const body of ['before', 'x'.repeat(40_000), 'after']) app.info(body);
  await app.registration.forceFlush();
  expect(bodies(sink.accepted)).toEqual(['before', 'after']);
  expect(app.registration.counts()).toMatchObject({ waiting: 0, sent: 2, dropped: 1 });
  expect(heard).toEqual([
    expect.stringMatching(/^log records of 40\d{3} bytes are too large for the spool, and dropped$/),
  ]);
});

test('P39 records the receiver says it rejected count as dropped', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  await using sink = await startSink(() => ({
    status: 200,
    body: '{"partialSuccess":{"rejectedLogRecords":"1","errorMessage":"no time"}}',
  }));
  await using app = application({ url: sink.url, spool: { dir: directory.path } });
  app.info('one');
  app.info('two');
  await app.registration.forceFlush();
  expect(app.registration.counts()).toMatchObject({ waiting: 0, sent: 1, dropped: 1 });
  expect(heard).toEqual(['the receiver refused log records for good: no time']);
});

test.each<[object, string]>([
  [{ spool: '/var/spool' }, 'spool is "/var/spool"; it must be an object such as'],
  [{ spool: {} }, 'spool.dir is undefined; it must be the path of a directory'],
  [{ spool: { dir: ' ' } }, 'spool.dir is " "'],
  [
    { spool: { dir: '/tmp/x', maxBytes: 1_000 } },
    'spool.maxBytes is 1000; it must be a whole number of bytes from 65536',
  ],
  [{ spool: { dir: '/tmp/x', path: 'y' } }, 'there is no option "path"; the options are dir, maxBytes'],
  [{ spool: { dir: '/dev/null/spool' } }, 'spool.dir "/dev/null/spool" cannot be used: ENOTDIR'],
])('P39 a wrong spool is refused: %j', (options, message) => {
  expect(() => application(options)).toThrow(message);
});
