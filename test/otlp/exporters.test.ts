import { SeverityNumber } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as HttpExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtoExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchLogRecordProcessor, LoggerProvider, type LogRecordExporter } from '@opentelemetry/sdk-logs';
import { expect, test } from 'vitest';
import { startReceivers, type TestReceivers } from './support.ts';

// The enum is not exported by the exporter packages.
const compression = 'gzip' as never;

const EXPORTERS: Record<string, (receivers: TestReceivers) => LogRecordExporter> = {
  'exporter-logs-otlp-http (JSON)': (receivers) => new HttpExporter({ url: receivers.logsUrl, compression }),
  'exporter-logs-otlp-proto': (receivers) => new ProtoExporter({ url: receivers.logsUrl, compression }),
  'exporter-logs-otlp-grpc': (receivers) => new GrpcExporter({ url: `http://${receivers.grpc.address}`, compression }),
};

async function send(exporter: LogRecordExporter): Promise<void> {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop', 'host.cpus': 8 }),
    processors: [new BatchLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('shop.cart', '1.2.3');
  logger.emit({
    timestamp: new Date('2026-11-21T10:00:00.123Z'),
    severityNumber: SeverityNumber.ERROR,
    severityText: 'ERROR',
    eventName: 'cart.failed',
    body: { reason: 'é', codes: [1, -2, 2.5], none: null },
    attributes: {
      text: 'x',
      integer: 9_007_199_254_740_991,
      negative: -5,
      double: 0.1,
      yes: true,
      bytes: new Uint8Array([1, 2, 255]),
      nested: { list: ['a', { b: 1 }] },
    },
  });
  await provider.forceFlush();
  await provider.shutdown();
}

test.each(Object.entries(EXPORTERS))('O1 O2 O7 O28 O47 P1 what %s sends is stored, whole', async (_name, create) => {
  await using receivers = await startReceivers();
  await send(create(receivers));
  expect(receivers.ingest.records.length).toBe(1);
  const record = receivers.ingest.records[0]!;
  expect(record).toMatchObject({
    timestamp: 1_795_255_200_123_000_000n,
    severityNumber: 17,
    severityText: 'ERROR',
    service: 'shop',
    logger: 'shop.cart',
    eventName: 'cart.failed',
    body: new Map<string, unknown>([
      ['reason', 'é'],
      ['codes', [1n, -2n, 2.5]],
      ['none', null],
    ]),
    scope: { name: 'shop.cart', version: '1.2.3' },
  });
  expect(Object.fromEntries(record.attributes)).toEqual({
    text: 'x',
    integer: 9_007_199_254_740_991n,
    negative: -5n,
    double: 0.1,
    yes: true,
    bytes: new Uint8Array([1, 2, 255]),
    nested: new Map([['list', ['a', new Map([['b', 1n]])]]]),
  });
  expect(record.resource.attributes.get('host.cpus')).toBe(8n);
});

test.each(Object.entries(EXPORTERS))('O35 odd numbers from %s do not fail its batch', async (_name, create) => {
  await using receivers = await startReceivers();
  const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter: create(receivers) })] });
  const attributes = { nan: Number.NaN, huge: 1e300, beyond: 2 ** 63, lone: '\ud800' };
  provider.getLogger('odd').emit({ body: 'odd', severityNumber: 99 as SeverityNumber, attributes });
  await provider.forceFlush();
  await provider.shutdown();
  const record = receivers.ingest.records[0]!;
  expect(record).toMatchObject({ body: 'odd', severityNumber: 99, logger: 'odd' });
  expect(record.attributes.get('huge')).toBe(1e300);
  expect(record.attributes.get('lone')).toBe('\ufffd');
});

/** The gRPC exporter of OpenTelemetry JS (0.301) never tries again; the Collector's does, and is tested end to end. */
const RETRYING = Object.entries(EXPORTERS).filter(([name]) => !name.includes('grpc'));

test.each(RETRYING)('O22 P3 %s tries again when told to, and loses nothing', async (_name, create) => {
  await using receivers = await startReceivers();
  receivers.ingest.outcome = { status: 'unavailable', retryAfterSeconds: 1, reason: 'the storage is away' };
  const sent = send(create(receivers));
  await expect.poll(() => receivers.ingest.requests.length, { timeout: 10_000 }).toBeGreaterThan(0);
  receivers.ingest.outcome = { status: 'stored' };
  await sent;
  const [first, ...retries] = receivers.ingest.requests;
  expect(retries.length).toBeGreaterThan(0);
  for (const retry of retries) expect(retry.batch.key).toBe(first?.batch.key);
});
