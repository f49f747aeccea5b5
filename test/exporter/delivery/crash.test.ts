import {
  appendFileSync,
  readdirSync,
  readFileSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { searchAll } from '../../helpers/api-client.ts';
import { freePorts } from '../../helpers/ports.ts';
import { startServer } from '../../helpers/server.ts';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { startSink } from '../helpers/sink.ts';
import { application, bodies, filesIn, heardWarnings, temporaryDirectory, until } from './helpers.ts';

const app = join(import.meta.dirname, 'apps/last-words.mjs');
const after = join(import.meta.dirname, 'apps/after-a-crash.mjs');

beforeAll(requireBuiltExporter);

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(LOGVITALS|OTEL)_/.test(name)) vi.stubEnv(name, undefined);
});

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const unreachable = async () => `http://127.0.0.1:${(await freePorts(1))[0]}`;

test.each([
  { end: 'nothing more to do', code: 0 },
  { end: 'exit', code: 3 },
  { end: 'throw', code: 1 },
])('P39 whatever ends a process ($end), its last words wait for the next', async ({ end, code }) => {
  using directory = temporaryDirectory();
  const environment = { SPOOL: directory.path, LOGVITALS_URL: await unreachable(), END: end };
  expect(await startScript(app, environment).finished).toMatchObject({ code });
  await using sink = await startSink();
  expect(await startScript(after, { SPOOL: directory.path, LOGVITALS_URL: sink.url }).finished).toMatchObject({
    code: 0,
  });
  expect(bodies(sink.accepted)).toEqual(['last words']);
  expect(filesIn(directory.path, '')).toEqual([]);
});

test('P39 SIGTERM: last words wait for the next process, and the signal ends this one', async () => {
  using directory = temporaryDirectory();
  const environment = { SPOOL: directory.path, LOGVITALS_URL: await unreachable(), END: 'wait' };
  const script = startScript(app, environment);
  await until(() => script.stdout().includes('ready'));
  script.kill('SIGTERM');
  expect(await script.finished).toMatchObject({ signal: 'SIGTERM' });
  await using sink = await startSink();
  await startScript(after, { SPOOL: directory.path, LOGVITALS_URL: sink.url }).finished;
  expect(bodies(sink.accepted)).toEqual(['last words']);
});

test('P9 P39 last words sent while dying, and once more by the next process, are stored once', async () => {
  using directory = temporaryDirectory();
  const server = await startServer();
  const environment = { SPOOL: directory.path, LOGVITALS_URL: server.http, END: 'throw' };
  expect(await startScript(app, environment).finished).toMatchObject({ code: 1 });
  expect(await searchAll(server.dashboard, '')).toMatchObject([{ body: 'last words' }]);
  await startScript(after, environment).finished;
  const stored = await searchAll(server.dashboard, '');
  await server.stop();
  expect(stored).toHaveLength(1);
});

test('P39 what a living process holds is left to it, and taken over once it is killed', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  const environment = { SPOOL: directory.path, LOGVITALS_URL: await unreachable(), END: 'wait', URGENT: 'yes' };
  const holder = startScript(app, environment);
  await until(() => holder.stdout().includes('ready'));
  await until(() => filesIn(directory.path, '.segment').length === 1);
  expect((await sentFrom(directory.path)).arrived).toEqual([]);
  holder.kill('SIGKILL');
  await holder.finished;
  expect((await sentFrom(directory.path)).arrived).toEqual(['last words']);
  expect(filesIn(directory.path, '')).toEqual([]);
});

/** A directory with a spool that a process left, of as many requests as bodies. Returns the path of its one segment. */
async function leftBehind(directory: string, contents: readonly string[]): Promise<string> {
  const { registration, error, ...rest } = application({ url: await unreachable(), spool: { dir: directory } });
  for (const [index, body] of contents.entries()) {
    error(body);
    await until(() => registration.counts().spooled === index + 1);
  }
  await rest[Symbol.asyncDispose]();
  const [segment, ...others] = filesIn(directory, '.segment');
  expect(others).toEqual([]);
  return join(directory, segment!);
}

async function sentFrom(directory: string) {
  await using sink = await startSink();
  await using next = application({ url: sink.url, spool: { dir: directory } });
  await next.registration.forceFlush();
  return { arrived: bodies(sink.accepted), counts: next.registration.counts() };
}

test('P39 a request cut short at the end of a file is passed over, and that is said', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  const segment = await leftBehind(directory.path, ['one', 'two', 'three']);
  truncateSync(segment, readFileSync(segment).length - 10);
  expect((await sentFrom(directory.path)).arrived).toEqual(['one', 'two']);
  expect(heard.at(-1)).toBe('1 files of the spool end in the middle of a request, which is passed over');
});

test.each([
  ['nothing but zeros', Buffer.alloc(5_000)],
  ['half a header', Buffer.from('LVS1\0\0')],
  ['noise', Buffer.from('LVS2'.repeat(50))],
  ['a header that promises too much', Buffer.concat([Buffer.from('LVS1\0\0\0\0'), Buffer.alloc(24, 0xff)])],
])('P39 %s at the end of a file harms nothing before it', async (_what, tail) => {
  heardWarnings();
  using directory = temporaryDirectory();
  appendFileSync(await leftBehind(directory.path, ['one', 'two']), tail);
  const { arrived, counts } = await sentFrom(directory.path);
  expect(arrived).toEqual(['one', 'two']);
  expect(counts).toMatchObject({ waiting: 0, dropped: 0 });
});

test('P39 a damaged request is dropped and counted; the others arrive', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  const segment = await leftBehind(directory.path, ['one', 'two', 'three']);
  const bytes = readFileSync(segment);
  bytes.write('TWO', bytes.indexOf('"two"') + 1);
  writeFileSync(segment, bytes);
  const { arrived, counts } = await sentFrom(directory.path);
  expect(arrived).toEqual(['one', 'three']);
  expect(counts).toMatchObject({ waiting: 0, sent: 2, dropped: 1 });
  expect(heard.at(-1)).toBe('the spool is damaged: 1 log records are lost');
});

test.each([
  ['its first letter', 0, 0x00],
  ['its length, now too short', 8, 0x01],
  ['its length, now as long as the next one too', 9, 0x05],
  ['its length, now beyond the end', 11, 0x7f],
])('P39 a request whose header is damaged costs none of the others: %s', async (_what, place, byte) => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  const segment = await leftBehind(directory.path, ['one', 'two', 'three', 'four']);
  const bytes = readFileSync(segment);
  bytes[bytes.indexOf('LVS1', 1) + place] = byte;
  writeFileSync(segment, bytes);
  const { arrived, counts } = await sentFrom(directory.path);
  expect(arrived).toEqual(['one', 'three', 'four']);
  expect(counts).toMatchObject({ waiting: 0, sent: 3, dropped: 1 });
  expect(heard.at(-1)).toBe('the spool is damaged: 1 log records are lost');
});

test('P39 a series of crashes leaves many files, of which few are open at once', async () => {
  heardWarnings();
  using directory = temporaryDirectory();
  const contents = Array.from({ length: 40 }, (_, index) => `crash ${index}`);
  const url = await unreachable();
  for (const body of contents) {
    const { registration, error } = application({ url, spool: { dir: directory.path } });
    error(body);
    await registration.shutdown();
  }
  expect(filesIn(directory.path, '.segment')).toHaveLength(40);
  const openBefore = readdirSync('/proc/self/fd').length;
  await using sink = await startSink();
  await using next = application({ url: sink.url, spool: { dir: directory.path } });
  await until(() => next.registration.counts().sent > 0);
  expect(readdirSync('/proc/self/fd').length - openBefore).toBeLessThan(20);
  await next.registration.forceFlush();
  expect(bodies(sink.accepted)).toEqual(contents);
});

const MINUTES_AGO = new Date(Date.now() - 5 * 60_000);
test.each([
  ['another container, silent for minutes', { pid: 1, place: 'elsewhere', started: '1' }, MINUTES_AGO, true],
  ['another container, alive', { pid: 1, place: 'elsewhere', started: '1' }, new Date(), false],
  ['a process here whose number this one has now', { pid: process.pid, started: '1' }, new Date(), true],
  ['a process here that is no more', { pid: 2 ** 22 + 1, started: '1' }, new Date(), true],
  ['nonsense, minutes old', 'nonsense', MINUTES_AGO, true],
  ['nonsense, fresh', 'nonsense', new Date(), false],
])('P39 a folder whose owner is %s', async (_who, owner, lastSign, isTaken) => {
  heardWarnings();
  using directory = temporaryDirectory();
  const segment = await leftBehind(directory.path, ['left behind']);
  const file = join(dirname(segment), 'owner.json');
  // An owner's place is this one unless said otherwise: as a process of this place writes it.
  await using here = application({ url: await unreachable(), spool: { dir: join(directory.path, 'other') } });
  const { place } = JSON.parse(
    readFileSync(join(directory.path, 'other', filesIn(join(directory.path, 'other'), 'owner.json')[0]!), 'utf8'),
  );
  expect(place).toContain(hostname());
  await here.registration.shutdown();
  writeFileSync(file, typeof owner === 'string' ? owner : JSON.stringify({ place, ...owner }));
  utimesSync(file, lastSign, lastSign);
  const { arrived } = await sentFrom(directory.path);
  expect(arrived).toEqual(isTaken ? ['left behind'] : []);
});

test('P39 a disk that refuses: records wait in memory and are sent from there, and that is said', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  await using sink = await startSink();
  await using app = application({ url: sink.url, spool: { dir: directory.path } });
  const [owner] = filesIn(directory.path, 'owner.json');
  const folder = dirname(join(directory.path, owner!));
  // Not even root can write into a folder that is a file.
  renameSync(folder, `${folder}-away`);
  writeFileSync(folder, '');
  app.error('one');
  app.error('two');
  await app.registration.forceFlush();
  await until(() => app.registration.counts().sent === 2);
  expect(bodies(sink.accepted)).toEqual(['one', 'two']);
  expect(heard).toEqual([
    expect.stringMatching(/^the spool cannot be written, log records are in memory alone: ENOTDIR/),
  ]);
});
