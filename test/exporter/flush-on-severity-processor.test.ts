import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { expect, test, vi } from 'vitest';
import {
  FlushOnSeverityProcessor,
  type FlushOnSeverityProcessorOptions,
} from '../../exporter/src/flush-on-severity-processor.ts';
import { LogvitalsExporter } from '../../exporter/src/logvitals-exporter.ts';
import { severities } from '../../exporter/src/severities.ts';
import { type Sink, startSink } from './helpers/sink.ts';

/** So long that within a test it never comes round. */
const NEVER = 2 ** 31 - 1;

type BufferOptions = Omit<FlushOnSeverityProcessorOptions, 'exporter'>;

function logTo(sink: Sink, options: BufferOptions = {}) {
  const exporter = new LogvitalsExporter({ url: sink.url });
  const processor = new FlushOnSeverityProcessor({ exporter, flushInterval: NEVER, ...options });
  const provider = new LoggerProvider({ processors: [processor] });
  const logger = provider.getLogger('payments');
  const info = (body: string) => logger.emit({ ...severities.INFO, body });
  const warn = (body: string) => logger.emit({ ...severities.WARN, body });
  return { processor, provider, logger, info, warn };
}

const bodies = (records: readonly { body: unknown }[]) => records.map(({ body }) => body);
const bodiesByRequest = (sink: Sink) => sink.requests.map(({ records }) => bodies(records));
const arrival = (sink: Sink, count: number) => vi.waitUntil(() => sink.accepted.length >= count, { timeout: 15_000 });

test('P39 a full batch is sent without waiting for the interval', async () => {
  await using sink = await startSink();
  const { info, provider } = logTo(sink, { batchSize: 3 });
  info('one');
  info('two');
  await new Promise(setImmediate);
  expect(sink.requests).toHaveLength(0);
  info('three');
  await arrival(sink, 3);
  expect(bodiesByRequest(sink)).toEqual([['one', 'two', 'three']]);
  await provider.shutdown();
});

test('P39 no request carries more than a batch', async () => {
  await using sink = await startSink();
  const { info, provider } = logTo(sink, { batchSize: 2 });
  for (const body of ['one', 'two', 'three', 'four', 'five']) info(body);
  await provider.shutdown();
  expect(bodiesByRequest(sink)).toEqual([['one', 'two'], ['three', 'four'], ['five']]);
});

test('P39 a waiting record is sent when the interval is over, and so is the next', async () => {
  await using sink = await startSink();
  const { info, provider } = logTo(sink, { flushInterval: 20 });
  info('first');
  await arrival(sink, 1);
  info('second');
  await arrival(sink, 2);
  expect(bodiesByRequest(sink)).toEqual([['first'], ['second']]);
  await provider.shutdown();
});

test('P39 a warning is sent at once, with what waited before it', async () => {
  await using sink = await startSink();
  const { info, warn, provider } = logTo(sink);
  info('before');
  warn('trouble');
  await arrival(sink, 2);
  expect(bodiesByRequest(sink)).toEqual([['before', 'trouble']]);
  await provider.shutdown();
});

test.each([
  { flushSeverity: 'ERROR', stays: 16, goes: 17 },
  { flushSeverity: 'AUDIT', stays: 9, goes: 10 },
  { flushSeverity: 21, stays: 20, goes: 21 },
] as const)('P39 flushSeverity $flushSeverity sends $goes at once and lets $stays wait', async (row) => {
  await using sink = await startSink();
  const { logger, processor, provider } = logTo(sink, { flushSeverity: row.flushSeverity });
  logger.emit({ severityNumber: row.stays, body: 'stays' });
  await new Promise(setImmediate);
  expect(processor.counts().waiting).toBe(1);
  expect(sink.requests).toHaveLength(0);
  logger.emit({ severityNumber: row.goes, body: 'goes' });
  await arrival(sink, 2);
  await provider.shutdown();
});

test('P39 flushSeverity null lets even a fatal record wait', async () => {
  await using sink = await startSink();
  const { logger, processor, provider } = logTo(sink, { flushSeverity: null });
  logger.emit({ ...severities.FATAL, body: 'waits' });
  await new Promise(setImmediate);
  expect(processor.counts()).toEqual({ waiting: 1, sent: 0, dropped: 0 });
  await provider.shutdown();
  expect(bodies(sink.accepted)).toEqual(['waits']);
});

test('P39 forceFlush resolves when everything logged before it has arrived', async () => {
  await using sink = await startSink();
  const { info, provider, processor } = logTo(sink, { batchSize: 2 });
  for (const body of ['one', 'two', 'three']) info(body);
  await provider.forceFlush();
  expect(bodies(sink.accepted)).toEqual(['one', 'two', 'three']);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 3, dropped: 0 });
  await provider.shutdown();
});

test('P39 shutdown sends what waits; records that come later are ignored', async () => {
  await using sink = await startSink();
  const { info, logger, processor, provider } = logTo(sink);
  info('last words');
  await Promise.all([processor.shutdown(), processor.shutdown()]);
  logger.emit({ ...severities.ERROR, body: 'too late' });
  await provider.shutdown();
  expect(bodies(sink.accepted)).toEqual(['last words']);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 1, dropped: 0 });
});

test('P39 one request at a time, in the order of logging, however many records are urgent', async () => {
  await using sink = await startSink(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    return undefined;
  });
  const { warn, provider } = logTo(sink, { batchSize: 7 });
  const expected = Array.from({ length: 100 }, (_, index) => `record ${index}`);
  for (const body of expected) {
    warn(body);
    await new Promise(setImmediate);
  }
  await provider.shutdown();
  expect(bodies(sink.accepted)).toEqual(expected);
  expect(sink.mostConcurrent()).toBe(1);
});

test('P39 a thousand errors in one breath go in full batches, not one by one', async () => {
  await using sink = await startSink();
  const { warn, provider } = logTo(sink, { batchSize: 500 });
  for (let index = 0; index < 1_000; index++) warn(`error ${index}`);
  await provider.shutdown();
  expect(sink.requests.map(({ records }) => records.length)).toEqual([500, 500]);
});

test.each([
  [{ batchSize: 0 }, 'batchSize is 0; it must be a whole number from 1 to 2048'],
  [{ batchSize: 11, maxQueueSize: 10 }, 'batchSize is 11; it must be a whole number from 1 to 10, the maxQueueSize'],
  [{ maxQueueSize: 1.5 }, 'maxQueueSize is 1.5; it must be a whole number'],
  [{ maxQueueBytes: 32 }, 'maxQueueBytes is 32; it must be a whole number of bytes from 65536'],
  [{ maxQueueBytes: '32MiB' }, 'maxQueueBytes is "32MiB"; it must be a whole number of bytes'],
  [
    { maxQueueBytes: 100_000, maxRequestBytes: 100_001 },
    'maxRequestBytes is 100001; it must be a whole number of bytes from 65536 to 100000, the maxQueueBytes',
  ],
  [{ flushInterval: 2 ** 31 }, 'flushInterval is 2147483648; it must be a whole number from 1 to 2147483647'],
  [{ flushInterval: '1s' }, 'flushInterval is "1s"'],
  [{ flushSeverity: 'LOUD' }, 'flushSeverity is "LOUD"; it must be one of TRACE, DEBUG, INFO, AUDIT'],
  [{ flushSeverity: 25 }, 'flushSeverity is 25; it must be one of'],
  [{ flushLevel: 'WARN' }, 'there is no option "flushLevel"; the options are flushSeverity, batchSize'],
])('P39 wrong settings are refused: %o', (options, message) => {
  const exporter = new LogvitalsExporter();
  expect(() => new FlushOnSeverityProcessor({ exporter, ...(options as BufferOptions) })).toThrow(message);
});

test('P39 a processor without an exporter is refused', () => {
  const options = {} as FlushOnSeverityProcessorOptions;
  expect(() => new FlushOnSeverityProcessor(options)).toThrow('needs an exporter, a LogRecordExporter');
});
