import { readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { thresholdFor } from '../../receiver/alerts/threshold.ts';
import { configFrom } from '../../receiver/config/load.ts';
import { createServer, defineConfig, type LogvitalsServer, type UserConfig } from '../../receiver/index.ts';
import type { Alert } from '../../receiver/store/alert.ts';
import { batch, errorRecord, NOON, SECOND } from '../helpers/records.ts';
import { createMemoryStore } from '../store/memory-store.ts';

const DOCUMENT = readFileSync(new URL('../../docs/alerts.md', import.meta.url), 'utf8');
const [configExample, serverExample, webhookExample] = [...DOCUMENT.matchAll(/```ts\n(.*?)```/gs)].map(
  ([, code]) => code!,
);

/** Runs an example's text, its import of the package and its console replaced; returns what it exports, or `server`. */
function run(code: string, scope: Record<string, unknown>): Promise<unknown> {
  const body = code
    .replace(/^import .*$/m, '')
    .replace('export default', 'return')
    // What only types say.
    .replace('process.env.WEBHOOK_URL!', 'process.env.WEBHOOK_URL');
  const AsyncFunction = (async () => {}).constructor as FunctionConstructor;
  return AsyncFunction(...Object.keys(scope), `${body}; return server;`)(...Object.values(scope));
}

function recordingConsole() {
  const lines: string[] = [];
  return { lines, console: { log: (...values: unknown[]) => lines.push(values.join(' ')) } };
}

describe('the examples of docs/alerts.md', () => {
  test('P42 the configuration means what the text says', async () => {
    const { lines, console } = recordingConsole();
    const { thresholds, onThreshold } = configFrom(
      (await run(configExample!, { defineConfig, console })) as Parameters<typeof configFrom>[0],
    );
    const of = (service: string, logger: string, level: 'WARN' | 'ERROR' | 'FATAL') =>
      thresholdFor(thresholds, service, logger, level);
    expect([of('shop', 'payments.card', 'ERROR'), of('bank', 'payments.card', 'ERROR')]).toEqual([1, 3]);
    expect([of('shop', 'payments.card', 'WARN'), of('bank', 'payments.card', 'WARN')]).toEqual([null, null]);
    expect([of('shop', 'payments.card', 'FATAL'), of('bank', 'payments.card', 'FATAL')]).toEqual([1, 1]);
    expect([of('shop', 'web.healthcheck', 'ERROR'), of('shop', 'cart', 'ERROR')]).toEqual([null, 10]);
    const alert = { service: 'shop', logger: 'cart', count: 10, thresholdLevel: 'ERROR', message: 'refused' };
    (onThreshold as (alert: Partial<Alert>) => void)(alert as Partial<Alert>);
    expect(lines).toEqual(['shop cart: 10 × ERROR, refused']);
  });

  test('P42 without settings the thresholds are as the text says', () => {
    const { levels, window } = configFrom({}).thresholds;
    expect(levels).toEqual({ TRACE: null, DEBUG: null, INFO: null, WARN: 1, ERROR: 1, FATAL: 1 });
    expect(window).toBe(3_600_000);
  });

  test("P28 server.on('threshold') hears of the alert with its lines", async () => {
    const { lines, console } = recordingConsole();
    const onFreePorts = (config: UserConfig) =>
      createServer({ ...config, storage: createMemoryStore(), grpcPort: 0, httpPort: 0, dashboardPort: 0 });
    const server = (await run(serverExample!, { createServer: onFreePorts, console })) as LogvitalsServer;
    onTestFinished(() => server.close());
    const records = [1n, 2n, 3n].map((n) => errorRecord({ timestamp: NOON + n * SECOND, body: `refused ${n}` }));
    expect(await server.ingest.submit({ batch: batch(records), bytes: 1000 })).toEqual({ status: 'stored' });
    expect(lines).toEqual([
      'shop.cart reached 3: refused 3',
      '2026-11-20T12:00:03.000Z ERROR refused 3',
      '2026-11-20T12:00:02.000Z ERROR refused 2',
      '2026-11-20T12:00:01.000Z ERROR refused 1',
    ]);
  });

  test('P28 the webhook gets one line about the alert', async () => {
    const posted: unknown[] = [];
    const scope = {
      defineConfig,
      process: { env: { WEBHOOK_URL: 'https://chat.example/hook' } },
      fetch: async (url: string, init: RequestInit) => posted.push([url, init.method, JSON.parse(init.body as string)]),
    };
    const { onThreshold } = configFrom((await run(webhookExample!, scope)) as Parameters<typeof configFrom>[0]);
    const alert = { service: 'shop', logger: 'cart', count: 10, thresholdLevel: 'ERROR', message: 'refused' };
    await (onThreshold as (alert: Partial<Alert>) => unknown)(alert as Partial<Alert>);
    expect(posted).toEqual([['https://chat.example/hook', 'POST', { text: 'shop / cart: 10 × ERROR: refused' }]]);
  });

  test('P38 P42 what lessens noise is accepted as it is written', () => {
    const [, table] = /^## Less noise\n(.*)/ms.exec(DOCUMENT)!;
    const settings = [...table!.matchAll(/^\|[^|]+\| `([^`]+)`/gm)].map(([, written]) => written!);
    expect(settings).toHaveLength(4);
    for (const written of settings) expect(configFrom(new Function(`return { ${written} }`)())).toBeDefined();
  });

  test('P28 every field of an alert is in the table', () => {
    const source = readFileSync(new URL('../../receiver/store/alert.ts', import.meta.url), 'utf8');
    const body = /export interface Alert \{(.*?)\n\}/s.exec(source)![1]!;
    const fields = [...body.matchAll(/readonly (\w+):/g)].map(([, name]) => name);
    expect(fields.length).toBeGreaterThan(15);
    for (const field of fields) expect(DOCUMENT).toContain(`\`${field}\``);
  });
});
