import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { afterEach, expect, test, vi } from 'vitest';
import {
  FlushOnSeverityProcessor,
  type FlushOnSeverityProcessorOptions,
} from '../../exporter/src/flush-on-severity-processor.ts';
import { LogvitalsExporter } from '../../exporter/src/logvitals-exporter.ts';
import { severities } from '../../exporter/src/severities.ts';
import { searchAll } from '../helpers/api-client.ts';
import { freePorts } from '../helpers/ports.ts';
import { startServer } from '../helpers/server.ts';
import { startFaultyLine } from './delivery/faulty-line.ts';
import { application, heardWarnings, temporaryDirectory } from './delivery/helpers.ts';
import { startSink } from './helpers/sink.ts';

const NEVER = 2 ** 31 - 1;
/** Shorter than the first pause before a retry, so that the exporter gives up after one try. */
const ONE_TRY = 500;
const MEBIBYTE = 1024 * 1024;
const MEGABYTE = 1_000_000;

function logTo(url: string, options: Omit<FlushOnSeverityProcessorOptions, 'exporter'> = {}) {
  const exporter = new LogvitalsExporter({ url, timeout: ONE_TRY });
  const processor = new FlushOnSeverityProcessor({ exporter, flushInterval: NEVER, ...options });
  const provider = new LoggerProvider({ processors: [processor] });
  const logger = provider.getLogger('payments');
  return { processor, provider, info: (body: string) => logger.emit({ ...severities.INFO, body }) };
}

/** A body of so many characters that begins with the number. */
const large = (number: number, length = MEGABYTE) => `${number} `.padEnd(length, 'x');
const numbersOf = (records: readonly { body: unknown }[]) =>
  records.map(({ body }) => Number.parseInt(String(body), 10));

afterEach(() => {
  vi.restoreAllMocks();
});

test('P39 the receiver is away and records are large: the queue is bounded in bytes, the newest arrive', async () => {
  const heard = heardWarnings();
  const [port] = await freePorts(1);
  const { info, processor, provider } = logTo(`http://127.0.0.1:${port}`, {
    maxQueueBytes: 6 * MEBIBYTE,
    maxRequestBytes: 2 * MEBIBYTE,
  });
  for (let number = 0; number < 40; number++) info(large(number));
  expect(processor.counts()).toEqual({ waiting: 6, sent: 0, dropped: 34 });
  await provider.forceFlush();
  for (let number = 40; number < 60; number++) info(large(number));
  // One batch is on its way, beside what the queue holds.
  expect(processor.counts()).toEqual({ waiting: 8, sent: 0, dropped: 52 });
  expect(heard.filter((text) => text.includes('queue'))).toEqual([
    'the queue of 6291456 bytes of log records is full: the oldest are being dropped',
  ]);

  await using sink = await startSink(undefined, port);
  await provider.shutdown();
  expect(numbersOf(sink.accepted)).toEqual([34, 35, 54, 55, 56, 57, 58, 59]);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 8, dropped: 52 });
});

test(
  'P9 P39 logvitals is away and records are large: the newest are found when it is back',
  { timeout: 60_000 },
  async () => {
    heardWarnings();
    const server = await startServer();
    await using line = await startFaultyLine(server.http);
    line.set('cut');
    const { info, processor, provider } = logTo(line.url, { maxQueueBytes: 6 * MEBIBYTE, flushInterval: 50 });
    for (let number = 0; number < 40; number++) info(large(number));
    await provider.forceFlush();
    expect(processor.counts()).toEqual({ waiting: 6, sent: 0, dropped: 34 });
    line.set('whole');
    await vi.waitUntil(() => processor.counts().waiting === 0, { timeout: 30_000 });
    await provider.shutdown();
    expect(processor.counts()).toEqual({ waiting: 0, sent: 6, dropped: 34 });
    const found = numbersOf(await searchAll(server.dashboard, 'logger:payments'));
    await server.stop();
    expect(found.toSorted((a, b) => a - b)).toEqual([34, 35, 36, 37, 38, 39]);
  },
);

test('P39 without a setting, records of a megabyte take 32 MiB and a batch of 8 at most', async () => {
  heardWarnings();
  const [port] = await freePorts(1);
  const { info, processor, provider } = logTo(`http://127.0.0.1:${port}`);
  for (let number = 0; number < 20; number++) info(large(number));
  await provider.forceFlush();
  for (let number = 20; number < 120; number++) info(large(number));
  expect(processor.counts()).toEqual({ waiting: 33 + 8, sent: 0, dropped: 120 - 33 - 8 });
  await provider.shutdown();
});

test('P39 what attributes hold counts too, at any depth', async () => {
  heardWarnings();
  const [port] = await freePorts(1);
  const { processor, provider } = logTo(`http://127.0.0.1:${port}`, { maxQueueBytes: 2 * MEBIBYTE });
  const text = 'x'.repeat(400_000);
  for (let number = 0; number < 10; number++) {
    const attributes = { direct: text, deep: { list: [{ text }] } };
    provider.getLogger('payments').emit({ body: 'short', attributes });
  }
  expect(processor.counts()).toEqual({ waiting: 2, sent: 0, dropped: 8 });
  await provider.shutdown();
});

test('P39 a request ends before it has maxRequestBytes, and what fills one is sent at once', async () => {
  await using sink = await startSink();
  const { info, provider } = logTo(sink.url, { maxRequestBytes: MEBIBYTE });
  for (let number = 0; number < 30; number++) info(large(number, 100_000));
  await vi.waitUntil(() => sink.accepted.length >= 10, { timeout: 15_000 });
  await provider.shutdown();
  expect(numbersOf(sink.accepted)).toEqual(Array.from({ length: 30 }, (_, number) => number));
  expect(sink.requests.map(({ records }) => records.length)).toEqual([10, 10, 10]);
  expect(Math.max(...sink.requests.map(({ text }) => text.length))).toBeLessThan(MEBIBYTE);
});

test('P39 a record too large for any request is dropped and said once; the others arrive', async () => {
  const heard = heardWarnings();
  await using sink = await startSink();
  const { info, processor, provider } = logTo(sink.url, { maxRequestBytes: MEBIBYTE });
  for (const number of [1, 2, 3]) {
    info(`${number} short`);
    info(large(number, 2 * MEGABYTE));
  }
  await provider.shutdown();
  expect(numbersOf(sink.accepted)).toEqual([1, 2, 3]);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 3, dropped: 3 });
  expect(heard).toEqual([
    expect.stringMatching(/^a log record of some 2000\d{3} bytes is dropped: maxRequestBytes is 1048576$/),
  ]);
});

test('P39 a text is measured by the bytes it takes on the wire', async () => {
  heardWarnings();
  await using sink = await startSink();
  const { info, processor, provider } = logTo(sink.url, { maxRequestBytes: MEBIBYTE });
  info('ű'.repeat(600_000));
  await provider.shutdown();
  expect(processor.counts()).toEqual({ waiting: 0, sent: 0, dropped: 1 });
});

test('P39 with a spool the memory before it is bounded in the same way', async () => {
  const heard = heardWarnings();
  using directory = temporaryDirectory();
  await using sink = await startSink();
  await using app = application({
    url: sink.url,
    maxQueueBytes: 4 * MEBIBYTE,
    maxRequestBytes: 2 * MEBIBYTE,
    spool: { dir: directory.path },
  });
  app.info(large(0, 3 * MEGABYTE));
  for (let number = 1; number <= 20; number++) app.info(large(number));
  await app.registration.forceFlush();
  expect(numbersOf(sink.accepted)).toEqual([17, 18, 19, 20]);
  expect(app.registration.counts()).toEqual({ waiting: 0, spooled: 0, sent: 4, dropped: 17 });
  expect(heard).toEqual([
    expect.stringMatching(/^a log record of some 3000\d{3} bytes is dropped: maxRequestBytes is 2097152$/),
    'the queue of 4194304 bytes of log records is full: the oldest are being dropped',
  ]);
});
