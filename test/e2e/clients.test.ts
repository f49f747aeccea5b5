/** Real clients against the real server: what they send is what users see. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SeverityNumber } from '@opentelemetry/api';
import { OTLPLogExporter as GrpcExporter } from '@opentelemetry/exporter-logs-otlp-grpc';
import { OTLPLogExporter as JsonExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPLogExporter as ProtobufExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { LoggerProvider, type LogRecordExporter, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type ApiRecord, getCards, getJson, searchAll } from '../helpers/api-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/ports.ts';
import { findProgram, runProgram } from '../helpers/programs.ts';
import { type RunningServer, startServer } from '../helpers/server.ts';

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

const exporters: Record<string, () => LogRecordExporter> = {
  'otlp-http': () => new JsonExporter({ url: `${server.http}/v1/logs` }),
  'otlp-proto': () => new ProtobufExporter({ url: `${server.http}/v1/logs` }),
  'otlp-proto-gzip': () => new ProtobufExporter({ url: `${server.http}/v1/logs`, compression: 'gzip' as never }),
  'otlp-grpc': () => new GrpcExporter({ url: `http://${server.grpc}` }),
};

const EMITTED_AT = Date.now();

async function send(service: string, exporter: LogRecordExporter): Promise<void> {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': service, 'host.name': 'db-1' }),
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('payments.stripe', '2.1.0');
  logger.emit({
    timestamp: EMITTED_AT,
    severityNumber: SeverityNumber.INFO,
    severityText: 'INFO',
    body: 'charge started',
  });
  logger.emit({
    timestamp: EMITTED_AT + 1,
    severityNumber: SeverityNumber.ERROR,
    severityText: 'ERROR',
    body: 'charge failed',
    attributes: {
      'exception.type': 'CardError',
      'exception.stacktrace': 'CardError: declined\n    at charge (src/pay.ts:10:3)',
      'http.response.status_code': 402,
      ratio: 0.5,
      retried: true,
      tags: ['a', 'b'],
      nested: { deep: { er: 1 } },
    },
  });
  await provider.forceFlush();
  await provider.shutdown();
}

/** A record without what differs by delivery: its id, the service named after the transport, the SDK's own clock. */
function contentOf(record: ApiRecord): unknown {
  const { id, service, observedTimestamp, resource, ...content } = record;
  return { ...content, host: resource['host.name'] };
}

describe("OpenTelemetry's own exporters", () => {
  test('P1 O1 O2 O7 every transport and encoding stores the same records', async () => {
    for (const [service, exporter] of Object.entries(exporters)) await send(service, exporter());
    const seen: Record<string, unknown[]> = {};
    for (const service of Object.keys(exporters)) {
      const records = await eventually(async () => {
        const found = await searchAll(server.dashboard, `service:${service}`);
        expect(found).toHaveLength(2);
        return found;
      });
      seen[service] = records.map(contentOf);
    }
    const [first, ...others] = Object.values(seen);
    for (const other of others) expect(other).toEqual(first);
    expect(first).toMatchObject([
      {
        body: 'charge failed',
        level: 'ERROR',
        logger: 'payments.stripe',
        attributes: { 'http.response.status_code': 402, ratio: 0.5, retried: true, tags: ['a', 'b'] },
      },
      { body: 'charge started', level: 'INFO', timestamp: `${EMITTED_AT}000000` },
    ]);
  });

  test('P10 P7 a card per logger shows the error, and the stack trace is searchable', async () => {
    const card = (await getCards(server.dashboard)).find(({ service }) => service === 'otlp-grpc');
    expect(card).toMatchObject({
      logger: 'payments.stripe',
      errors: 1,
      total: 2,
      recentErrors: 1,
      status: 'failing',
      newestIssue: { level: 'ERROR', body: 'charge failed' },
    });
    expect(await searchAll(server.dashboard, 'service:otlp-grpc "src/pay.ts:10"')).toHaveLength(1);
  });

  test('P21 P28 the error fired an alert that carries the log line', async () => {
    const { results } = await getJson<{ results: Record<string, unknown>[] }>(server.dashboard, 'alerts');
    const alert = results.find(({ service }) => service === 'otlp-http');
    expect(alert).toMatchObject({
      logger: 'payments.stripe',
      thresholdLevel: 'ERROR',
      threshold: 1,
      count: 1,
      message: 'charge failed',
    });
  });
});

const collector = findProgram('otelcol');
describe('an OpenTelemetry Collector', () => {
  test.skipIf(!collector)('passes records on over HTTP (zstd, JSON) and gRPC, each stored once', async () => {
    const [receiverPort] = await freePorts(1);
    const folder = mkdtempSync(join(tmpdir(), 'logvitals-collector-'));
    writeFileSync(
      join(folder, 'collector.yaml'),
      `
receivers: { otlp: { protocols: { http: { endpoint: 127.0.0.1:${receiverPort} } } } }
processors:
  batch: { timeout: 100ms }
extensions: { file_storage: { directory: ./queue, create_directory: true } }
exporters:
  otlp_http/zstd: { endpoint: "${server.http}", compression: zstd, sending_queue: { storage: file_storage } }
  otlp_http/json: { endpoint: "${server.http}", compression: gzip, encoding: json }
  otlp_grpc: { endpoint: "${server.grpc}", tls: { insecure: true } }
service:
  telemetry: { metrics: { level: none } }
  extensions: [file_storage]
  pipelines:
    logs: { receivers: [otlp], processors: [batch], exporters: [otlp_http/zstd, otlp_http/json, otlp_grpc] }
`,
    );
    const program = runProgram(collector!, ['--config', 'collector.yaml'], folder);
    try {
      await eventually(() =>
        send('via-collector', new ProtobufExporter({ url: `http://127.0.0.1:${receiverPort}/v1/logs` })),
      );
      await eventually(async () => {
        // Over HTTP and gRPC the protobuf bytes are the same, which makes one a retry of the other; JSON is a request of its own.
        const found = await searchAll(server.dashboard, 'service:via-collector body:"charge failed"');
        expect(found.length, program.output()).toBe(2);
        expect(new Set(found.map((record) => JSON.stringify(contentOf(record)))).size).toBe(1);
      });
    } finally {
      await program.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

const telemetrygen = findProgram('telemetrygen');
describe("the Collector's load generator", () => {
  test.skipIf(!telemetrygen)('arrives in full over gRPC and HTTP', async () => {
    const common = ['logs', '--otlp-insecure', '--logs', '200', '--workers', '2', '--rate', '0'];
    const run = promisify(execFile);
    await run(telemetrygen!, [...common, '--service', 'gen-grpc', '--otlp-endpoint', server.grpc]);
    await run(telemetrygen!, [
      ...common,
      '--service',
      'gen-http',
      '--otlp-http',
      '--otlp-endpoint',
      new URL(server.http).host,
    ]);
    for (const service of ['gen-grpc', 'gen-http']) {
      const records = await searchAll(server.dashboard, `service:${service}`);
      expect(records).toHaveLength(400);
      // It names no scope, so the logger is the service (CONTRACT, "Record").
      expect(records[0]).toMatchObject({ logger: service, body: 'the message', level: 'INFO' });
    }
  });
});
