import { readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { freePorts } from '../../helpers/ports.ts';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { startSink } from '../helpers/sink.ts';
import { application, bodies, filesIn, heardWarnings, temporaryDirectory, until } from './helpers.ts';

const app = (name: string) => join(import.meta.dirname, 'apps', name);

beforeAll(requireBuiltExporter);

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(LOGVITALS|OTEL)_/.test(name)) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const unreachable = async () => `http://127.0.0.1:${(await freePorts(1))[0]}`;

test('P39 a spool whose directory is deleted meanwhile is made anew: what is logged from then on survives', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  const dir = join(directory.path, 'spool');
  {
    await using shop = application({ url: await unreachable(), spool: { dir } });
    shop.error('before');
    await until(() => shop.registration.counts().spooled === 1);
    rmSync(dir, { recursive: true });
    shop.error('after');
    await until(() => shop.registration.counts().spooled === 2);
    expect(filesIn(dir, '.segment')).toHaveLength(1);
    rmSync(dir, { recursive: true });
    shop.info('last words');
    await shop.registration.forceFlush();
    expect(readdirSync(dir)).toHaveLength(1);
  }
  await using sink = await startSink();
  await using next = application({ url: sink.url, spool: { dir } });
  await next.registration.forceFlush();
  expect(bodies(sink.accepted)).toEqual(['last words']);
});

test('P39 a process ends well after its spool was deleted: its last words are on disk', async () => {
  using directory = temporaryDirectory();
  const dir = join(directory.path, 'spool');
  const environment = { SPOOL: dir, LOGVITALS_URL: await unreachable(), DELETE: 'yes', END: 'exit' };
  expect(await startScript(app('last-words.mjs'), environment).finished).toMatchObject({ code: 3 });
  expect(filesIn(dir, '.segment')).toHaveLength(1);
});

test('P39 records keep their order when the clock was turned back between two processes', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  const spool = { dir: directory.path };
  const now = Date.now();
  for (const [index, body] of ['first', 'second', 'third'].entries()) {
    vi.useFakeTimers({ toFake: ['Date'], now: now - index * 60 * 60_000 });
    await using shop = application({ url: await unreachable(), spool });
    shop.error(body);
  }
  vi.useRealTimers();
  await using sink = await startSink();
  await using next = application({ url: sink.url, spool });
  await next.registration.forceFlush();
  expect(bodies(sink.accepted)).toEqual(['first', 'second', 'third']);
});

test('P39 a process without a file descriptor to spare takes nothing for damaged', async () => {
  using directory = temporaryDirectory();
  for (let index = 0; index < 3; index++) {
    const environment = { SPOOL: directory.path, LOGVITALS_URL: await unreachable(), END: 'exit' };
    await startScript(app('last-words.mjs'), environment).finished;
  }
  let isAway = true;
  await using sink = await startSink(() => (isAway ? { status: 503 } : undefined));
  const crowded = startScript(app('out-of-descriptors.mjs'), { SPOOL: directory.path, LOGVITALS_URL: sink.url });
  await until(() => crowded.stdout().includes('crowded'));
  isAway = false;
  // The connection is open; what comes after the first request has to be opened.
  await until(() => (crowded.stdout().match(/"sent":[1-9]/g) ?? []).length > 5);
  crowded.kill('SIGUSR2');
  const { stdout } = await crowded.finished;
  expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).toMatchObject({ waiting: 0, sent: 3, dropped: 0 });
});

test('P39 a spool that is full says so while the receiver is away, though nobody asks', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  await using shop = application({ url: await unreachable(), spool: { dir: directory.path, maxBytes: 65_536 } });
  for (let index = 0; index < 200; index++) shop.info('x'.repeat(1_000));
  await until(() => heard.includes('the spool is full: the oldest log records are being dropped'));
});

test('P39 records that are small by themselves are too large for no spool together', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  await using shop = application({ url: await unreachable(), spool: { dir: directory.path, maxBytes: 65_536 } });
  for (let index = 0; index < 40; index++) shop.info('x'.repeat(1_000));
  await until(() => shop.registration.counts().spooled === 40);
  expect(shop.registration.counts()).toMatchObject({ waiting: 40, dropped: 0 });
});

test('P39 what a thread leaves is taken over while its process lives', async () => {
  using directory = temporaryDirectory();
  const environment = { SPOOL: directory.path, LOGVITALS_URL: await unreachable() };
  const script = startScript(app('thread.mjs'), environment);
  await until(() => script.stdout().includes('terminated'));
  const [owner] = filesIn(directory.path, 'owner.json');
  const minutesAgo = new Date(Date.now() - 5 * 60_000);
  utimesSync(join(directory.path, owner!), minutesAgo, minutesAgo);
  await using sink = await startSink();
  await startScript(app('after-a-crash.mjs'), { SPOOL: directory.path, LOGVITALS_URL: sink.url }).finished;
  script.kill('SIGKILL');
  await script.finished;
  expect(bodies(sink.accepted)).toEqual(['last words of a thread']);
});
