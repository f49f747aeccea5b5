/** Whole servers in this process, over a storage of one's own (P41): what no part can prove alone. */
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { type Alert, createServer, type LogStore, type LogvitalsServer, type UserConfig } from '../receiver/index.ts';
import { getJson, searchAll } from './helpers/api-client.ts';
import { ExportRequest, encode } from './otlp/definitions.ts';
import { createMemoryContents, createMemoryStore } from './store/memory-store.ts';

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';

beforeEach(() => {
  vi.spyOn(process.stderr, 'write').mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Errors of one logger and one time, told apart by their bodies. */
function errorsRequest(...bodies: readonly string[]): object {
  const timeUnixNano = `${Date.now() - 60_000}000000`;
  const logRecords = bodies.map((stringValue) => ({ timeUnixNano, severityNumber: 17, body: { stringValue } }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] };
  return { resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'shop.cart' }, logRecords }] }] };
}

function numbered(count: number, name: string): string[] {
  return Array.from({ length: count }, (_, index) => `${name} ${index}`);
}

async function start(storage: LogStore, config: UserConfig = {}): Promise<LogvitalsServer> {
  const server = await createServer({ storage, grpcPort: 0, httpPort: 0, dashboardPort: 0, ...config });
  onTestFinished(() => server.close());
  return server;
}

function postHttp(server: LogvitalsServer, request: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return fetch(`${server.addresses.http}/v1/logs`, { method: 'POST', headers, body: JSON.stringify(request) });
}

/** Null when the call succeeds. */
async function callGrpc(server: LogvitalsServer, request: object): Promise<ServiceError | null> {
  const asIs = (bytes: Buffer) => bytes;
  const client = new Client(server.addresses.grpc, credentials.createInsecure());
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(EXPORT, asIs, asIs, encode(ExportRequest, request), new Metadata(), {}, resolve);
    });
  } finally {
    client.close();
  }
}

async function alertsOf(server: LogvitalsServer): Promise<Alert[]> {
  return (await getJson<{ results: Alert[] }>(server.addresses.dashboard, 'alerts')).results;
}

test('P3 P9 P34 P41 an outage: nothing is acknowledged or fires on either transport, the pages say so, and a retry makes up for it', async () => {
  let isAway = false;
  const server = await start(createMemoryStore({ fail: () => isAway }));
  const { dashboard } = server.addresses;
  const overHttp = errorsRequest('over http');
  const overGrpc = errorsRequest('over grpc');

  isAway = true;
  const refused = await postHttp(server, overHttp);
  expect(refused.status).toBe(503);
  expect(Number(refused.headers.get('retry-after'))).toBeLessThan(10);
  expect(await callGrpc(server, overGrpc)).toMatchObject({ code: status.UNAVAILABLE });
  const page = await fetch(dashboard);
  expect(page.status).toBe(503);
  expect(await page.text()).toContain('<main');

  isAway = false;
  expect(await searchAll(dashboard, '')).toEqual([]);
  expect(await alertsOf(server)).toEqual([]);
  for (let delivery = 0; delivery < 2; delivery++) {
    expect((await postHttp(server, overHttp)).status).toBe(200);
    expect(await callGrpc(server, overGrpc)).toBeNull();
  }
  expect((await searchAll(dashboard, '')).map(({ body }) => body).sort()).toEqual(['over grpc', 'over http']);
  expect(await alertsOf(server)).toHaveLength(1);
  expect((await fetch(dashboard)).status).toBe(200);
});

test('P24 P26 two servers on one storage fire one alert between them, for a batch each and for many requests at once', async () => {
  const contents = createMemoryContents();
  const heard: string[] = [];
  const thresholds = { ERROR: 60 };
  const [one, other] = await Promise.all(
    ['one', 'other'].map((name) =>
      start(createMemoryStore({ contents }), { thresholds, onThreshold: () => heard.push(name) }),
    ),
  );
  await Promise.all([
    postHttp(one!, errorsRequest(...numbered(50, 'a'))),
    callGrpc(other!, errorsRequest(...numbered(50, 'b'))),
  ]);
  await Promise.all(
    numbered(40, 'c').map((body, index) => postHttp(index % 2 === 0 ? one! : other!, errorsRequest(body))),
  );
  expect(heard).toHaveLength(1);
  expect(await alertsOf(one!)).toMatchObject([{ threshold: 60, count: expect.any(Number), logger: 'shop.cart' }]);
  expect(await alertsOf(other!)).toHaveLength(1);
  expect(await searchAll(one!.addresses.dashboard, '')).toHaveLength(140);
});

test("P27 P28 server.on('threshold'): each listener hears each alert; one that throws costs no record and no other its call", async () => {
  const heard: Alert[] = [];
  const server = await start(createMemoryStore(), {
    onThreshold() {
      throw new Error('broken');
    },
  });
  const listener = (alert: Alert) => heard.push(alert);
  server
    .on('threshold', () => {
      throw new Error('broken too');
    })
    .on('threshold', listener)
    .on('threshold', listener);
  expect((await postHttp(server, errorsRequest('first'))).status).toBe(200);
  expect(heard).toMatchObject([{ service: 'shop', thresholdLevel: 'ERROR', message: 'first', count: 1 }]);
  server.off('threshold', listener);
  const other = JSON.stringify(errorsRequest('second')).replaceAll('shop.cart', 'shop.till');
  expect((await postHttp(server, JSON.parse(other))).status).toBe(200);
  expect(heard).toHaveLength(1);
  expect(await alertsOf(server)).toHaveLength(2);
});
