import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import Koa from 'koa';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { recordCalls as recordFetchCalls } from '../../../exporter/src/fetch.ts';
import { type Registration, register } from '../../../exporter/src/index.ts';
import { recordRequests } from '../../../exporter/src/koa.ts';
import { recordCalls as recordNodeCalls } from '../../../exporter/src/node-http.ts';
import { searchAll } from '../../helpers/api-client.ts';
import { eventually } from '../../helpers/eventually.ts';
import { startServer } from '../../helpers/server.ts';
import { startSink } from '../helpers/sink.ts';
import { listen } from './helpers.ts';

let registration: Registration | undefined;
let stops: (() => void)[] = [];

beforeEach(() => {
  for (const name of Object.keys(process.env)) if (/^(LOGVITALS|OTEL)_/.test(name)) vi.stubEnv(name, undefined);
  stops = [recordFetchCalls(), recordNodeCalls()];
});
afterEach(async () => {
  for (const stop of stops) stop();
  await registration?.shutdown();
  vi.unstubAllEnvs();
});

function start(url: string): Registration {
  registration = register({ service: 'web-shop', url });
  return registration;
}

test('P53 the deliveries of records are never recorded, however often they are delivered', async () => {
  await using sink = await startSink();
  const { forceFlush } = start(sink.url);
  await using shop = await listen(shopServer());
  await (await fetch(`${shop.url}/by-fetch`)).text();
  await askNode(shop.port);
  await eventually(async () => {
    await forceFlush();
    if (sink.accepted.length < 4) throw new Error(`${sink.accepted.length} records have come`);
  });
  for (let delivery = 0; delivery < 3; delivery++) await forceFlush();
  expect(sink.accepted.map(({ body }) => body).toSorted()).toEqual(
    [
      `GET ${shop.url}/by-fetch 200`,
      `GET http://localhost:${shop.port}/by-node 200`,
      'GET /by-fetch 200',
      'GET /by-node 200',
    ].toSorted(),
  );
});

test('P52 P53 P54 requests and calls arrive at a server, where they are found by what they were', async () => {
  const server = await startServer();
  try {
    const { forceFlush } = start(server.http);
    await using shop = await listen(shopServer());
    const headers = { 'content-type': 'application/json' };
    const body = '{"name":"ana","password":"t0ps3cret"}';
    await (await fetch(`${shop.url}/orders?token=t0ps3cret`, { method: 'POST', headers, body })).text();
    await (await fetch(`${shop.url}/fail`)).text();
    // What follows are the test's own questions.
    for (const stop of stops) stop();
    const found = await eventually(async () => {
      await forceFlush();
      const records = await searchAll(server.dashboard, 'logger:logvitals.http logvitals.http.direction:internal');
      if (records.length !== 2) throw new Error(`${records.length} records are there`);
      return records;
    });
    const [failed, order] = found;
    expect(order).toMatchObject({
      service: 'web-shop',
      level: 'INFO',
      severityText: 'API',
      eventName: 'logvitals.http',
      body: 'POST /orders 200',
      attributes: {
        'http.request.method': 'POST',
        'url.query': 'token=[REDACTED]',
        'http.response.status_code': 200,
        'logvitals.http.request.body': { name: 'ana', password: '[REDACTED]' },
      },
    });
    expect(failed).toMatchObject({ level: 'ERROR', attributes: { 'exception.message': 'card expired' } });
    const calls = await searchAll(
      server.dashboard,
      'logvitals.http.direction:external http.response.status_code:>=500',
    );
    expect(calls.map(({ body: said }) => said)).toEqual([`GET ${shop.url}/fail 500`]);
    expect(JSON.stringify([found, calls])).not.toContain('t0ps3cret');
  } finally {
    await registration?.shutdown();
    await server.stop();
  }
});

function shopServer() {
  const app = new Koa();
  app.silent = true;
  app.use(recordRequests({ bodies: { response: false } }));
  app.use(async (ctx) => {
    if (ctx.path === '/fail') throw new RangeError('card expired');
    ctx.body = `got ${(await text(ctx.req)).length} bytes`;
  });
  return createServer(app.callback());
}

function askNode(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ port, path: '/by-node' }, (response) => text(response).then(resolve, reject))
      .on('error', reject)
      .end();
  });
}
