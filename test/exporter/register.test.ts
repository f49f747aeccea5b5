import { createRequire } from 'node:module';
import { logs } from '@opentelemetry/api';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  LogvitalsExporter,
  type RegisterOptions,
  type Registration,
  register,
  severities,
} from '../../exporter/src/index.ts';
import { CUSTOM_SEVERITIES } from '../../receiver/record/severity.ts';
import { startSink } from './helpers/sink.ts';

/** The older logs API, which is there because the tests of the older OpenTelemetry line bring it. */
const olderLogs = createRequire(import.meta.url)('@opentelemetry/api-logs').logs as typeof logs;

let registration: Registration | undefined;
const registered = (options: RegisterOptions) => {
  registration = register(options);
  return registration;
};

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(LOGVITALS|OTEL)_/.test(name)) vi.stubEnv(name, undefined);
});

afterEach(async () => {
  await registration?.shutdown();
  registration = undefined;
  vi.unstubAllEnvs();
});

test('one call: loggers obtained before and after it, of the newer API and the older, send to the receiver', async () => {
  await using sink = await startSink();
  const early = logs.getLogger('early');
  const earlyOlder = olderLogs.getLogger('early-older');
  registered({ service: 'shop', url: sink.url, token: 'sesame', resourceAttributes: { 'service.version': '1.2' } });
  early.emit({ body: 'one' });
  earlyOlder.emit({ body: 'two' });
  logs.getLogger('payments').emit({ body: 'three' });
  olderLogs.getLogger('payments').emit({ body: 'four' });
  await registration?.forceFlush();

  const seen = sink.accepted.map(({ service, logger, body }) => [service, logger, body].join(' ')).sort();
  expect(seen).toEqual(['shop early one', 'shop early-older two', 'shop payments four', 'shop payments three']);
  expect(sink.requests[0]?.path).toBe('/v1/logs');
  expect(sink.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer sesame',
    'content-type': 'application/json',
  });
  expect(sink.accepted[0]?.resource).toMatchObject({
    'service.version': '1.2',
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': 'nodejs',
  });
});

test('without a service name it is the one OpenTelemetry gives the nameless', async () => {
  await using sink = await startSink();
  registered({ url: sink.url });
  logs.getLogger('payments').emit({ body: 'whose?' });
  await registration?.forceFlush();
  expect(sink.accepted[0]?.service).toMatch(/^unknown_service/);
});

test('everything can come from the environment', async () => {
  await using sink = await startSink();
  vi.stubEnv('OTEL_EXPORTER_OTLP_ENDPOINT', `${sink.url}/base`);
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Basic%20eA==,x-tenant=7');
  vi.stubEnv('OTEL_EXPORTER_OTLP_LOGS_HEADERS', 'x-tenant=8');
  vi.stubEnv('OTEL_EXPORTER_OTLP_COMPRESSION', 'gzip');
  vi.stubEnv('OTEL_SERVICE_NAME', 'shop');
  vi.stubEnv('LOGVITALS_TOKEN', 'sesame');
  registered({});
  logs.getLogger('payments').emit({ body: 'paid' });
  await registration?.forceFlush();
  expect(sink.requests[0]?.path).toBe('/base/v1/logs');
  expect(sink.requests[0]?.headers).toMatchObject({
    authorization: 'Bearer sesame',
    'x-tenant': '8',
    'content-encoding': 'gzip',
  });
  expect(sink.accepted).toMatchObject([{ service: 'shop', body: 'paid' }]);
});

test('OTEL_EXPORTER_OTLP_TIMEOUT limits a delivery, and the timeout given in code goes before it', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  await using sink = await startSink(() => ({ status: 503, headers: { 'retry-after': '1' } }));
  const attempts = async (options: RegisterOptions) => {
    const before = sink.requests.length;
    registered({ url: sink.url, ...options });
    logs.getLogger('payments').emit({ body: 'paid' });
    await registration?.forceFlush();
    await registration?.shutdown();
    return sink.requests.length - before;
  };
  vi.stubEnv('OTEL_EXPORTER_OTLP_TIMEOUT', '500');
  // A flush and a shutdown try once each; a second of waiting is more than half a second allows.
  expect(await attempts({})).toBe(2);
  expect(await attempts({ timeout: 1_800 })).toBeGreaterThan(2);
  vi.restoreAllMocks();
});

test('compression given in code is used', async () => {
  await using sink = await startSink();
  registered({ url: sink.url, compression: 'gzip' });
  logs.getLogger('payments').emit({ body: 'paid' });
  await registration?.forceFlush();
  expect(sink.requests[0]?.headers['content-encoding']).toBe('gzip');
  expect(sink.accepted).toMatchObject([{ body: 'paid' }]);
});

test('a second registration is refused with what to do, and leaves the first at work', async () => {
  await using sink = await startSink();
  registered({ url: sink.url });
  expect(() => register({ url: sink.url })).toThrow('a LoggerProvider is registered already; call register() once');
  logs.getLogger('payments').emit({ body: 'still here' });
  await registration?.forceFlush();
  expect(sink.accepted).toHaveLength(1);
});

test('a provider in the older API alone is respected too, and the newer one stays free', () => {
  olderLogs.setGlobalLoggerProvider(logs.getLoggerProvider());
  try {
    expect(() => register()).toThrow('a LoggerProvider is registered already');
  } finally {
    olderLogs.disable();
  }
  registered({});
});

test('after shutdown another registration takes over, and the loggers of the first fall silent', async () => {
  await using first = await startSink();
  await using second = await startSink();
  registered({ url: first.url });
  const logger = logs.getLogger('payments');
  await registration?.shutdown();
  registered({ url: second.url });
  logger.emit({ body: 'into the void' });
  logs.getLogger('payments').emit({ body: 'to the second' });
  await registration?.forceFlush();
  expect(first.requests).toHaveLength(0);
  expect(second.accepted).toMatchObject([{ body: 'to the second' }]);
});

test.each<[RegisterOptions, string]>([
  [
    { serviceName: 'shop' } as RegisterOptions,
    'there is no option "serviceName"; the options are service, url, token,',
  ],
  [{ service: '' }, 'service is ""; it must be the name of the service'],
  [{ url: 'shop' }, 'url is "shop"; it must be an address'],
  [{ flushOnExit: 'yes' as never }, 'flushOnExit is "yes"; it must be true or false'],
  [{ flushOnSignals: 1 as never }, 'flushOnSignals is 1; it must be true or false'],
  [{ flushSeverity: 'warn' as never }, 'flushSeverity is "warn"; it must be one of TRACE'],
])('a wrong registration is refused and registers nothing: %o', (options, message) => {
  expect(() => register(options)).toThrow(message);
  registered({});
});

test('a misspelt option of the exporter alone is refused', () => {
  expect(() => new LogvitalsExporter({ uri: 'http://x' } as never)).toThrow(
    'there is no option "uri"; the options are url',
  );
});

test('P50 AUDIT, API and LOGIN are severities to spread into a record', async () => {
  await using sink = await startSink();
  registered({ url: sink.url });
  const logger = logs.getLogger('payments');
  logger.emit({ ...severities.AUDIT, body: 'invoice deleted' });
  logger.emit({ ...severities.API, body: 'GET /invoices' });
  logger.emit({ ...severities.LOGIN, body: 'ann logged in' });
  await registration?.forceFlush();
  expect(sink.accepted.map(({ severityNumber, severityText }) => [severityNumber, severityText])).toEqual([
    [10, 'AUDIT'],
    [11, 'API'],
    [12, 'LOGIN'],
  ]);
});

test('P50 the exporter and the server name the same numbers', () => {
  const { AUDIT, API, LOGIN } = severities;
  const numbers = [AUDIT, API, LOGIN].map(({ severityText, severityNumber }) => [severityText, severityNumber]);
  expect(Object.fromEntries(numbers)).toEqual(CUSTOM_SEVERITIES);
});
