import { join } from 'node:path';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { freePorts } from '../helpers/ports.ts';
import { requireBuiltExporter, startScript } from './helpers/application.ts';
import { startSink } from './helpers/sink.ts';

const app = (name: string) => join(import.meta.dirname, 'apps', name);
const bodies = (records: readonly { body: unknown }[]) => records.map(({ body }) => body);

beforeAll(requireBuiltExporter);

test('P39 a process that has nothing more to do delivers what waits, and exits as before', async () => {
  await using sink = await startSink();
  const { code, stderr } = await startScript(app('ends.mjs'), { LOGVITALS_URL: sink.url }).finished;
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(bodies(sink.accepted)).toEqual(['last words']);
});

test('P39 flushOnExit: false leaves the end of the process alone', async () => {
  await using sink = await startSink();
  const environment = { LOGVITALS_URL: sink.url, FLUSH_ON_EXIT: 'no' };
  expect(await startScript(app('ends.mjs'), environment).finished).toMatchObject({ code: 0, stderr: '' });
  expect(sink.requests).toHaveLength(0);
});

test('P39 a receiver that is away delays the end by one attempt, and is told of', async () => {
  const [port] = await freePorts(1);
  const environment = { LOGVITALS_URL: `http://127.0.0.1:${port}`, OTEL_EXPORTER_OTLP_TIMEOUT: '500' };
  const { code, stderr } = await startScript(app('ends.mjs'), environment).finished;
  expect(code).toBe(0);
  expect(stderr).toContain('LogvitalsExporterWarning: log records cannot be delivered and wait:');
});

test('P39 what other exit hooks log is delivered as well', async () => {
  await using sink = await startSink();
  expect(await startScript(app('wakes-again.mjs'), { LOGVITALS_URL: sink.url }).finished).toMatchObject({ code: 0 });
  expect(bodies(sink.accepted)).toEqual(['at work', 'tidying 1', 'tidying 2']);
});

test.each(['SIGTERM', 'SIGINT'] as const)('P39 %s delivers what waits, then ends the process', async (signal) => {
  await using sink = await startSink();
  const server = startScript(app('serves.mjs'), { LOGVITALS_URL: sink.url });
  await vi.waitUntil(() => server.stdout().includes('ready'), { timeout: 15_000 });
  server.kill(signal);
  expect(await server.finished).toMatchObject({ code: null, signal });
  expect(bodies(sink.accepted)).toEqual(['last words']);
});

test('P39 a signal leaves the end to an application that listens itself', async () => {
  await using sink = await startSink();
  const server = startScript(app('serves.mjs'), { LOGVITALS_URL: sink.url, OWN_HANDLER: 'yes' });
  await vi.waitUntil(() => server.stdout().includes('ready'), { timeout: 15_000 });
  server.kill('SIGTERM');
  await vi.waitUntil(() => sink.accepted.length === 1, { timeout: 15_000 });
  server.kill('SIGUSR2');
  expect(await server.finished).toMatchObject({ code: 7, signal: null });
  expect(bodies(sink.accepted)).toEqual(['last words']);
});

test.each(['before', 'after'])('P39 so it does to one that listens once, from %s it registers', async (when) => {
  await using sink = await startSink();
  const server = startScript(app('listens-once.mjs'), { LOGVITALS_URL: sink.url, WHEN: when });
  await vi.waitUntil(() => server.stdout().includes('ready'), { timeout: 15_000 });
  server.kill('SIGTERM');
  expect(await server.finished).toMatchObject({ code: 7, signal: null });
  expect(bodies(sink.accepted)).toEqual(['last words']);
});

test('P39 flushOnSignals: false: a signal ends the process as it always did', async () => {
  await using sink = await startSink();
  const server = startScript(app('serves.mjs'), { LOGVITALS_URL: sink.url, FLUSH_ON_SIGNALS: 'no' });
  await vi.waitUntil(() => server.stdout().includes('ready'), { timeout: 15_000 });
  server.kill('SIGTERM');
  expect(await server.finished).toMatchObject({ code: null, signal: 'SIGTERM' });
  expect(sink.requests).toHaveLength(0);
});

describe.each<{ how: string; environment: Record<string, string> }>([
  { how: 'an exception', environment: {} },
  { how: 'a rejection', environment: { REJECT: 'yes' } },
])('P39 a process that dies of $how nobody catches', ({ environment }) => {
  const run = (url: string, further: Record<string, string>) =>
    startScript(app('dies.mjs'), { LOGVITALS_URL: url, ...environment, ...further }).finished;

  test('delivers what waits, and dies as it would have', async () => {
    await using sink = await startSink();
    const plain = await run(sink.url, { REGISTER: 'no' });
    expect(plain).toMatchObject({ code: 1, stderr: expect.stringContaining('RangeError: nobody catches this') });
    expect(await run(sink.url, {})).toEqual(plain);
    expect(bodies(sink.accepted)).toEqual(['last words']);
  });

  test('dies with a receiver away just as well', async () => {
    const [port] = await freePorts(1);
    const url = `http://127.0.0.1:${port}`;
    expect(await run(url, {})).toEqual(await run(url, { REGISTER: 'no' }));
  });

  test('flushOnExceptions: false: delivers nothing', async () => {
    await using sink = await startSink();
    expect(await run(sink.url, { FLUSH_ON_EXCEPTIONS: 'no' })).toMatchObject({ code: 1 });
    expect(sink.requests).toHaveLength(0);
  });
});

test('P39 an application that catches what nobody else did lives on, and what waits is delivered', async () => {
  await using sink = await startSink();
  const script = startScript(app('dies.mjs'), { LOGVITALS_URL: sink.url, CAUGHT: 'yes' });
  await vi.waitUntil(() => sink.accepted.length === 1 && script.stdout().includes('alive'), { timeout: 15_000 });
  script.kill('SIGKILL');
  await script.finished;
  expect(bodies(sink.accepted)).toEqual(['last words']);
});
