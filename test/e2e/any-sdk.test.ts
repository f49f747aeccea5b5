/** docs/sending/any-sdk.md: the variables it names, exported by a shell, read by an SDK that is told nothing else. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from '../helpers/eventually.ts';
import { cleanEnvironment, type RunningServer, startServer } from '../helpers/server.ts';

const ROOT = join(import.meta.dirname, '../..');
const PAGE = readFileSync(join(ROOT, 'docs/sending/any-sdk.md'), 'utf8');
const TOKEN = 'a-token-for-this-test';

/** An application that has an SDK; which transport stands for OTEL_EXPORTER_OTLP_PROTOCOL, which JavaScript leaves to the caller. */
const application = (transport: 'proto' | 'grpc') => `
  import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-${transport}';
  import { detectResources, envDetector } from '@opentelemetry/resources';
  import { LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs';
  const provider = new LoggerProvider({
    resource: detectResources({ detectors: [envDetector] }),
    processors: [new SimpleLogRecordProcessor({ exporter: new OTLPLogExporter() })],
  });
  provider.getLogger('payments').emit({ severityNumber: 17, body: 'sent by variables alone' });
  await provider.shutdown();`;

/** The settings in back quotes that begin so, as the page has them. */
function inline(start: string): string {
  const found = [...PAGE.matchAll(/`(OTEL_[A-Z_]+=[^`]+)`/g)]
    .map(([, text]) => text!)
    .filter((text) => text.startsWith(start));
  expect(found, start).toHaveLength(1);
  return found[0]!;
}

/** Runs the application after the page's exports and those of the test, its addresses made this server's. */
async function run(server: RunningServer, settings: readonly string[], transport: 'proto' | 'grpc'): Promise<void> {
  const [, block] = /^ *```sh\n( *export OTEL_SERVICE_NAME[\s\S]*?)^ *```/m.exec(PAGE)!;
  const exports = `${block}\n${settings.map((setting) => `export ${setting}`).join('\n')}\n`
    .replaceAll('http://127.0.0.1:4318', server.http)
    .replaceAll('http://127.0.0.1:4317', `http://${server.grpc}`)
    .replaceAll('TOKEN', TOKEN);
  const script = `${exports}exec "$0" --input-type=module -e "$1"`;
  const options = { cwd: ROOT, env: cleanEnvironment() };
  await promisify(execFile)('sh', ['-e', '-c', script, process.execPath, application(transport)], options);
}

test.each([
  { name: 'as they stand', settings: () => [], transport: 'proto' },
  {
    name: 'for logs alone',
    settings: () => ['OTEL_EXPORTER_OTLP_ENDPOINT=', inline('OTEL_EXPORTER_OTLP_LOGS_ENDPOINT')],
    transport: 'proto',
  },
  {
    name: 'for gRPC, compressed',
    settings: () => [
      inline('OTEL_EXPORTER_OTLP_ENDPOINT'),
      inline('OTEL_EXPORTER_OTLP_PROTOCOL'),
      inline('OTEL_EXPORTER_OTLP_COMPRESSION'),
    ],
    transport: 'grpc',
  },
] as const)('P1 P10 the variables $name make a card, with a token too', async ({ settings, transport }) => {
  const server = await startServer({ environment: { LOGVITALS_TOKEN: TOKEN } });
  onTestFinished(async () => void (await server.stop()));
  await run(server, [...settings(), inline('OTEL_EXPORTER_OTLP_HEADERS')], transport);
  await eventually(async () => {
    const response = await fetch(`${server.dashboard}/api/v1/cards`, { headers: { authorization: `Bearer ${TOKEN}` } });
    expect((await response.json()).cards).toMatchObject([
      { service: 'web-shop', logger: 'payments', newestIssue: { body: 'sent by variables alone' } },
    ]);
  });
});
