import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoggerProvider } from '@opentelemetry/sdk-logs';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { FlushOnSeverityProcessor, LogvitalsExporter, severities } from '../../exporter/src/index.ts';
import { requireBuiltExporter } from '../exporter/helpers/application.ts';
import { runExample, runKoaExample } from '../exporter/helpers/examples.ts';
import { eventually } from '../helpers/eventually.ts';
import { freePorts } from '../helpers/ports.ts';
import { type RunningServer, startServer } from '../helpers/server.ts';

interface FoundRecord {
  readonly service: string;
  readonly logger: string;
  readonly body: string;
  readonly severityText: string;
}

async function search(server: RunningServer, query: string): Promise<readonly FoundRecord[]> {
  const response = await fetch(`${server.dashboard}/api/v1/logs?limit=1000&q=${encodeURIComponent(query)}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { results: FoundRecord[] }).results;
}

beforeAll(requireBuiltExporter);
afterEach(() => {
  vi.restoreAllMocks();
});

test('P50 every example ends as cards, and its records are found by level', async () => {
  const server = await startServer();
  try {
    for (const name of ['plain-script', 'pino', 'winston'] as const) {
      expect(await runExample(name, server.http)).toMatchObject({ code: 0, stderr: '' });
    }
    expect(await runKoaExample(server.http, ['/', '/crash'])).toEqual([200, 500]);

    const response = await fetch(`${server.dashboard}/api/v1/cards?range=24h`);
    const { cards } = (await response.json()) as { cards: { service: string; logger: string; errors: number }[] };
    expect(cards.map(({ service, logger, errors }) => [service, logger, errors].join(' ')).sort()).toEqual([
      'nightly-report report 1',
      'web-shop checkout 2',
      'web-shop http 1',
    ]);
    expect(await search(server, 'level:AUDIT')).toMatchObject([{ body: 'report requested again' }]);
    expect(await search(server, 'level:API')).toMatchObject([{ body: 'POST /orders' }]);
    expect(await search(server, '"card expired 11/25" level:error')).toHaveLength(3);
  } finally {
    await server.stop();
  }
});

test('P9 P39 what is logged while the server is killed and restarted arrives, once', async () => {
  vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  const directory = mkdtempSync(join(tmpdir(), 'logvitals-exporter-'));
  const [port] = await freePorts(1);
  const start = () => startServer({ directory, arguments: ['--http-port', String(port)] });
  const exporter = new LogvitalsExporter({ url: `http://127.0.0.1:${port}`, timeout: 500 });
  const processor = new FlushOnSeverityProcessor({ exporter, flushInterval: 50, batchSize: 10 });
  const logger = new LoggerProvider({ processors: [processor] }).getLogger('payments');
  let logged = 0;
  const log = (count: number) => {
    for (const end = logged + count; logged < end; logged++)
      logger.emit({ ...severities.ERROR, body: `record ${logged}` });
  };

  let server = await start();
  try {
    log(25);
    await eventually(async () => expect(processor.counts().sent).toBeGreaterThan(0));
    log(25);
    await server.kill();
    log(50);
    await processor.forceFlush();
    server = await start();
    log(20);
    await eventually(async () => expect(processor.counts()).toEqual({ waiting: 0, sent: 120, dropped: 0 }));
    const bodies = (await search(server, 'logger:payments')).map(({ body }) => body);
    expect(bodies.sort()).toEqual(Array.from({ length: 120 }, (_, index) => `record ${index}`).sort());
  } finally {
    await processor.shutdown();
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  }
});
