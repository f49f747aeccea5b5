import { join } from 'node:path';
import { diag } from '@opentelemetry/api';
import { afterEach, expect, test, vi } from 'vitest';
import { RequestSender } from '../../../exporter/src/delivery/request-sender.ts';
import { sendWithRetries } from '../../../exporter/src/delivery/send-with-retries.ts';
import { resolveSender } from '../../../exporter/src/delivery/sender-settings.ts';
import type { ReceiverOptions } from '../../../exporter/src/receiver.ts';
import { startReceivers } from '../../otlp/support.ts';
import { startSink } from '../helpers/sink.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

const REQUEST = Buffer.from('{"resourceLogs":[]}');

test.each<[string, ReceiverOptions, Record<string, string>, object]>([
  ['nothing given', {}, {}, { headers: {}, timeoutMillis: 10_000, isCompressed: false, certificates: {} }],
  [
    'variables for all signals',
    {},
    {
      OTEL_EXPORTER_OTLP_HEADERS: 'X-Tenant=7, cookie = a%3Db',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
    },
    { headers: { 'x-tenant': '7', cookie: 'a=b' }, timeoutMillis: 2_000, isCompressed: true },
  ],
  [
    'those for logs over them',
    {},
    {
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=7,x-region=eu',
      OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'x-tenant=8',
      OTEL_EXPORTER_OTLP_TIMEOUT: '2000',
      OTEL_EXPORTER_OTLP_LOGS_TIMEOUT: '3000',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_EXPORTER_OTLP_LOGS_COMPRESSION: 'none',
    },
    { headers: { 'x-tenant': '8', 'x-region': 'eu' }, timeoutMillis: 3_000, isCompressed: false },
  ],
  [
    'options over all',
    { token: 'sesame', headers: { 'x-tenant': '9' }, timeout: 500, compression: 'gzip' },
    { OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=7,authorization=Basic%20x', OTEL_EXPORTER_OTLP_TIMEOUT: '2000' },
    { headers: { 'x-tenant': '9', authorization: 'Bearer sesame' }, timeoutMillis: 500, isCompressed: true },
  ],
])('how the spool is sent: %s', (_what, options, environment, expected) => {
  expect(resolveSender(options, environment)).toMatchObject(expected);
});

test('what is wrong in OpenTelemetry’s variables is ignored with a warning that quotes no header', () => {
  const warned: string[] = [];
  vi.spyOn(diag, 'warn').mockImplementation((text) => void warned.push(text));
  const settings = resolveSender(
    {},
    {
      OTEL_EXPORTER_OTLP_HEADERS: 'secret,x y=secret,bad=%zz,line=a%0Ab,good=1',
      OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
      OTEL_EXPORTER_OTLP_CERTIFICATE: '/no/such/file.pem',
    },
  );
  expect(settings).toMatchObject({ headers: { good: '1' }, timeoutMillis: 10_000, certificates: {} });
  expect(warned).toHaveLength(6);
  expect(warned.join()).not.toContain('secret');
  expect(warned.join()).toContain('OTEL_EXPORTER_OTLP_TIMEOUT is ignored: "soon" is no number of milliseconds above 0');
});

test('certificates come from OpenTelemetry’s variables: a receiver that asks for them takes the request', async () => {
  const path = (name: string) => join(import.meta.dirname, `../../otlp/fixtures/${name}.pem`);
  const tls = { certFile: path('server'), keyFile: path('server-key'), clientCaFile: path('ca') };
  await using receivers = await startReceivers({ tls });
  const send = async (environment: Record<string, string>) => {
    const sender = new RequestSender(resolveSender({ url: receivers.http.address }, environment));
    const answer = await sender.send(REQUEST);
    sender.close();
    return answer.outcome;
  };
  const trusted = { OTEL_EXPORTER_OTLP_CERTIFICATE: path('ca') };
  const known = {
    OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE: path('client'),
    OTEL_EXPORTER_OTLP_LOGS_CLIENT_KEY: path('client-key'),
  };
  expect(await send({ ...trusted, ...known })).toBe('sent');
  expect(await send(known)).toBe('failed');
  expect(await send(trusted)).toBe('failed');
});

test('a connection that the receiver closed meanwhile costs nothing', async () => {
  await using sink = await startSink();
  const sender = new RequestSender(resolveSender({ url: sink.url }, {}));
  expect(await sender.send(REQUEST)).toMatchObject({ outcome: 'sent' });
  sink.closeConnections();
  expect(await sender.send(REQUEST)).toMatchObject({ outcome: 'sent' });
  sender.close();
});

test.each([
  [{ status: 503, headers: { 'retry-after': '2' } }, 2_000],
  [{ status: 429, headers: { 'retry-after': '100000' } }, 300_000],
  [{ status: 503, headers: { 'retry-after': 'soon' } }, undefined],
  [{ status: 503, headers: { 'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT' } }, 0],
  [{ status: 503 }, undefined],
])('Retry-After: %o asks for %s milliseconds', async (answer, retryAfter) => {
  await using sink = await startSink(() => answer);
  const sender = new RequestSender(resolveSender({ url: sink.url }, {}));
  expect(await sender.send(REQUEST)).toMatchObject({ outcome: 'failed', retryAfter });
  sender.close();
});

test('a receiver that is busy for good is asked five times more, and no more', async () => {
  await using sink = await startSink(() => ({ status: 503, headers: { 'retry-after': '0' } }));
  const sender = new RequestSender(resolveSender({ url: sink.url }, {}));
  expect(await sendWithRetries(sender, REQUEST, 10_000)).toMatchObject({
    outcome: 'failed',
    reason: '503 Service Unavailable',
  });
  expect(sink.requests).toHaveLength(6);
  sender.close();
});

test('what will not pass by itself is tried once', async () => {
  await using sink = await startSink();
  const sender = new RequestSender(resolveSender({ url: sink.url.replace('http:', 'https:') }, {}));
  expect(await sendWithRetries(sender, REQUEST, 10_000)).toMatchObject({ outcome: 'failed', isPassing: false });
  sender.close();
});
