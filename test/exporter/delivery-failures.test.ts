import { AsyncLocalStorage } from 'node:async_hooks';
import { type Context, type ContextManager, context, createContextKey, logs, ROOT_CONTEXT } from '@opentelemetry/api';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { afterEach, expect, test, vi } from 'vitest';
import {
  FlushOnSeverityProcessor,
  type FlushOnSeverityProcessorOptions,
} from '../../exporter/src/flush-on-severity-processor.ts';
import { LogvitalsExporter } from '../../exporter/src/logvitals-exporter.ts';
import { severities } from '../../exporter/src/severities.ts';
import { freePorts } from '../helpers/ports.ts';
import { type Answer, type SinkRequest, startSink } from './helpers/sink.ts';

const NEVER = 2 ** 31 - 1;
/** Shorter than OpenTelemetry's first pause before a retry, so that its exporter gives up after one try. */
const ONE_TRY = 500;

function logThrough(exporter: LogRecordExporter, options: Omit<FlushOnSeverityProcessorOptions, 'exporter'> = {}) {
  const processor = new FlushOnSeverityProcessor({ exporter, flushInterval: NEVER, ...options });
  const provider = new LoggerProvider({ processors: [processor] });
  const logger = provider.getLogger('payments');
  const info = (body: string) => logger.emit({ ...severities.INFO, body });
  const error = (body: string) => logger.emit({ ...severities.ERROR, body });
  return { processor, provider, logger, info, error };
}

const bodies = (records: readonly { body?: unknown }[]) => records.map(({ body }) => body);
const until = (condition: () => boolean) => vi.waitUntil(condition, { timeout: 15_000 });

/** Node warnings said since the test began, and not shown: the trouble they tell of is meant. */
function heardWarnings(): string[] {
  const heard: string[] = [];
  vi.spyOn(process, 'emitWarning').mockImplementation((warning) => void heard.push(String(warning)));
  return heard;
}

afterEach(() => {
  vi.restoreAllMocks();
});

test('P39 the receiver is away: records wait, and arrive once when it is back', async () => {
  const heard = heardWarnings();
  const [port] = await freePorts(1);
  const exporter = new LogvitalsExporter({ url: `http://127.0.0.1:${port}`, timeout: ONE_TRY });
  const { error, info, processor, provider } = logThrough(exporter, { flushInterval: 50 });
  error('while away');
  await provider.forceFlush();
  info('still away');
  expect(processor.counts()).toEqual({ waiting: 2, sent: 0, dropped: 0 });
  expect(heard).toEqual([expect.stringMatching(/^log records cannot be delivered and wait: .*ECONNREFUSED/)]);

  await using sink = await startSink(undefined, port);
  await until(() => sink.accepted.length === 2);
  await provider.shutdown();
  expect(bodies(sink.accepted)).toEqual(['while away', 'still away']);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 2, dropped: 0 });
});

test('P39 the queue is bounded: the oldest make room, are counted, and it is said once', async () => {
  const heard = heardWarnings();
  let release = (_answer?: Answer) => {};
  await using sink = await startSink((_request, index) =>
    index > 0 ? undefined : new Promise<Answer | undefined>((resolve) => (release = resolve)),
  );
  const { error, info, processor, provider } = logThrough(new LogvitalsExporter({ url: sink.url }), {
    maxQueueSize: 5,
    batchSize: 5,
  });
  error('on its way');
  await until(() => sink.requests.length === 1);
  for (let index = 0; index < 12; index++) info(`record ${index}`);
  expect(processor.counts()).toEqual({ waiting: 6, sent: 0, dropped: 7 });
  release();
  await provider.shutdown();
  expect(bodies(sink.accepted)).toEqual(['on its way', ...[7, 8, 9, 10, 11].map((index) => `record ${index}`)]);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 6, dropped: 7 });
  expect(heard).toEqual(['the queue of 5 log records is full: the oldest are being dropped']);
});

test('P39 503 with Retry-After: the same bytes come again after that time', async () => {
  await using sink = await startSink((_request, index) =>
    index === 0 ? { status: 503, headers: { 'retry-after': '1' } } : undefined,
  );
  const { error, info, provider, processor } = logThrough(new LogvitalsExporter({ url: sink.url }));
  error('busy');
  await until(() => sink.requests.length === 1);
  info('logged meanwhile');
  await provider.forceFlush();
  expect(sink.requests.map(({ records }) => bodies(records))).toEqual([['busy'], ['busy'], ['logged meanwhile']]);
  expect(sink.requests[1]?.text).toBe(sink.requests[0]?.text);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 2, dropped: 0 });
  await provider.shutdown();
});

test('P39 503 for longer than a delivery may take: the batch is kept and sent again unchanged', async () => {
  heardWarnings();
  await using sink = await startSink((_request, index) =>
    index < 2 ? { status: 503, headers: { 'retry-after': '5' } } : undefined,
  );
  const exporter = new LogvitalsExporter({ url: sink.url, timeout: ONE_TRY });
  const { info, provider, processor } = logThrough(exporter, { flushInterval: 20, batchSize: 2 });
  info('one');
  info('two');
  info('three');
  await until(() => sink.accepted.length === 3);
  const attempts = sink.requests.filter(({ records }) => records.length === 2).map(({ text }) => text);
  expect(attempts.length).toBeGreaterThanOrEqual(3);
  expect(new Set(attempts).size).toBe(1);
  // The answer to the last may still be on its way back.
  await until(() => processor.counts().waiting === 0);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 3, dropped: 0 });
  await provider.shutdown();
});

test('P39 a receiver slower than the timeout gets the same bytes again', async () => {
  heardWarnings();
  await using sink = await startSink((_request, index) =>
    index > 0 ? undefined : new Promise<undefined>((resolve) => setTimeout(resolve, 3 * ONE_TRY)),
  );
  const exporter = new LogvitalsExporter({ url: sink.url, timeout: ONE_TRY });
  const { error, provider, processor } = logThrough(exporter, { flushInterval: 20 });
  error('slow');
  await until(() => processor.counts().sent === 1);
  expect(sink.requests).toHaveLength(2);
  expect(sink.requests[1]?.text).toBe(sink.requests[0]?.text);
  await provider.shutdown();
});

test.each([
  400, 401, 403, 500,
])('P39 what a receiver refuses with %d is dropped and counted; the next go on', async (status) => {
  const heard = heardWarnings();
  await using sink = await startSink((_request, index) => (index === 0 ? { status } : undefined));
  const { error, provider, processor } = logThrough(new LogvitalsExporter({ url: sink.url, token: 'sesame' }));
  error('refused');
  await provider.forceFlush();
  error('taken');
  await provider.shutdown();
  expect(bodies(sink.accepted)).toEqual(['taken']);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 1, dropped: 1 });
  expect(heard).toHaveLength(1);
  expect(heard[0]).toMatch(new RegExp(`^the receiver refused log records for good: ${status} `));
  expect(heard[0]).not.toContain('sesame');
});

test('P39 a batch too large for the receiver (413) is halved until it fits', async () => {
  const heard = heardWarnings();
  const isTooLarge = ({ records }: SinkRequest) => records.length > 2 || records.some(({ body }) => body === 'huge');
  await using sink = await startSink((request) => (isTooLarge(request) ? { status: 413 } : undefined));
  const { info, provider, processor } = logThrough(new LogvitalsExporter({ url: sink.url }));
  for (const body of ['one', 'two', 'huge', 'three', 'four']) info(body);
  await provider.forceFlush();
  expect(bodies(sink.accepted)).toEqual(['one', 'two', 'three', 'four']);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 4, dropped: 1 });
  expect(heard).toHaveLength(1);
  await provider.shutdown();
});

test('P39 a record that cannot be serialised takes no other with it', async () => {
  const heard = heardWarnings();
  await using sink = await startSink();
  const { info, logger, provider, processor } = logThrough(new LogvitalsExporter({ url: sink.url }));
  const secretive = {
    get open(): never {
      throw new Error('keep out');
    },
  };
  info('before');
  logger.emit({ ...severities.ERROR, body: secretive });
  info('after');
  await provider.forceFlush();
  expect(bodies(sink.accepted)).toEqual(['before', 'after']);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 2, dropped: 1 });
  expect(heard).toEqual(['a log record could not be serialised: keep out']);
  await provider.shutdown();
});

test('P39 a record whose values lead in circles is sent, cut off, and takes no other with it', async () => {
  await using sink = await startSink();
  const { info, logger, provider, processor } = logThrough(new LogvitalsExporter({ url: sink.url }));
  const circular: Record<string, never> = {};
  Object.assign(circular, { itself: circular, again: circular });
  logger.emit({ body: circular });
  info('after');
  await provider.forceFlush();
  expect(sink.accepted).toHaveLength(2);
  expect(sink.accepted[1]?.body).toBe('after');
  expect(processor.counts()).toEqual({ waiting: 0, sent: 2, dropped: 0 });
  await provider.shutdown();
});

test('P39 shutdown while the receiver is away ends after one attempt and counts what is lost', async () => {
  const heard = heardWarnings();
  const [port] = await freePorts(1);
  const exporter = new LogvitalsExporter({ url: `http://127.0.0.1:${port}`, timeout: ONE_TRY });
  const { info, provider, processor } = logThrough(exporter, { batchSize: 2 });
  for (const body of ['one', 'two', 'three', 'four', 'five']) info(body);
  await provider.shutdown();
  expect(processor.counts()).toEqual({ waiting: 0, sent: 0, dropped: 5 });
  expect(heard).toContain('5 log records could not be delivered before shutdown');
});

const failingExporters: Record<string, Partial<LogRecordExporter>> = {
  'throws on export': {
    export() {
      throw new Error('broken');
    },
  },
  'calls back with a failure': {
    export(_records, done) {
      done({ code: 1, error: new Error('broken') });
    },
  },
  'calls back with a failure and no reason': {
    export(_records, done) {
      done({ code: 1 });
    },
  },
  'rejects on flush and shutdown': {
    forceFlush: () => Promise.reject(new Error('broken')),
    shutdown: () => Promise.reject(new Error('broken')),
  },
  'throws on flush and shutdown': {
    forceFlush() {
      throw new Error('broken');
    },
    shutdown() {
      throw new Error('broken');
    },
  },
};

test.each(Object.keys(failingExporters))('P39 an exporter that %s never throws into the application', async (kind) => {
  heardWarnings();
  const exporter: LogRecordExporter = {
    export: (_records, done) => done({ code: 0 }),
    forceFlush: async () => {},
    shutdown: async () => {},
    ...failingExporters[kind],
  };
  const { error, processor, provider } = logThrough(exporter);
  error('one');
  await expect(provider.forceFlush()).resolves.not.toThrow();
  error('two');
  await expect(provider.shutdown()).resolves.not.toThrow();
  const { waiting, sent, dropped } = processor.counts();
  expect([waiting, sent + dropped]).toEqual([0, 2]);
});

test('P39 records wait until the attributes of their resource are known', async () => {
  await using sink = await startSink();
  const processor = new FlushOnSeverityProcessor({ exporter: new LogvitalsExporter({ url: sink.url }) });
  const host = new Promise<string>((resolve) => setTimeout(resolve, 20, 'web-1'));
  const resource = resourceFromAttributes({ 'host.name': host });
  const provider = new LoggerProvider({ resource, processors: [processor] });
  provider.getLogger('payments').emit({ ...severities.ERROR, body: 'early' });
  await provider.shutdown();
  expect(sink.accepted[0]?.resource).toMatchObject({ 'host.name': 'web-1' });
});

/** What applications register for tracing, made of the same part of Node. */
class AsyncContexts implements ContextManager {
  readonly #storage = new AsyncLocalStorage<Context>();
  active(): Context {
    return this.#storage.getStore() ?? ROOT_CONTEXT;
  }
  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    active: Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(active, () => fn.call(thisArg as ThisParameterType<F>, ...args));
  }
  bind<T>(_active: Context, target: T): T {
    return target;
  }
  enable(): this {
    return this;
  }
  disable(): this {
    return this;
  }
}

test('P39 what the delivery itself logs is not delivered, and makes no spans', async () => {
  context.setGlobalContextManager(new AsyncContexts());
  try {
    const exported: unknown[] = [];
    const suppressed: unknown[] = [];
    const chatty: LogRecordExporter = {
      export(records, done) {
        exported.push(...bodies(records));
        suppressed.push(context.active().getValue(createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')));
        setImmediate(() => {
          logger.emit({ ...severities.ERROR, body: 'sending logs' });
          done({ code: 0 });
        });
      },
      forceFlush: async () => {},
      shutdown: async () => {},
    };
    const { logger, error, provider, processor } = logThrough(chatty);
    error('from the application');
    await provider.forceFlush();
    error('from the application again');
    await provider.shutdown();
    expect(exported).toEqual(['from the application', 'from the application again']);
    expect(processor.counts()).toEqual({ waiting: 0, sent: 2, dropped: 0 });
    expect(suppressed).toEqual([true, true]);
  } finally {
    context.disable();
    logs.disable();
  }
});

test('P39 so it is without tracing, in an application that has no context manager', async () => {
  const exported: unknown[] = [];
  const chatty: LogRecordExporter = {
    export(records, done) {
      exported.push(...bodies(records));
      setImmediate(() => {
        logger.emit({ ...severities.ERROR, body: 'sending logs' });
        done({ code: 0 });
      });
    },
    forceFlush: async () => {},
    shutdown: async () => {},
  };
  const { logger, error, provider, processor } = logThrough(chatty);
  error('from the application');
  await provider.forceFlush();
  error('from the application again');
  await provider.shutdown();
  expect(exported).toEqual(['from the application', 'from the application again']);
  expect(processor.counts()).toEqual({ waiting: 0, sent: 2, dropped: 0 });
});
