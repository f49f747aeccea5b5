/** What is around a request: its trace, other middleware, deliveries of records, connections that leave HTTP. */
import { AsyncLocalStorage, createHook } from 'node:async_hooks';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type ServerResponse } from 'node:http';
import { connect as connectHttp2, createServer as createHttp2Server } from 'node:http2';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import Router from '@koa/router';
import { type Context, context, logs, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { currentActor, setActor } from '../../../exporter/src/context.ts';
import * as forExpress from '../../../exporter/src/express.ts';
import * as forFastify from '../../../exporter/src/fastify.ts';
import * as forFetch from '../../../exporter/src/fetch.ts';
import * as forHono from '../../../exporter/src/hono.ts';
import * as forKoa from '../../../exporter/src/koa.ts';
import * as forNode from '../../../exporter/src/node-http.ts';
import { type Recording, startRecording, warningsDuring } from '../helpers/recording.ts';
import { listen, onlyRecord, recordsOf, type Shown } from './helpers.ts';

let recording: Recording;
const undo: (() => unknown)[] = [];
beforeEach(() => {
  recording = startRecording();
});
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  await recording[Symbol.asyncDispose]();
});

/** What OpenTelemetry's own context manager for Node does. */
function traceContexts(): void {
  const storage = new AsyncLocalStorage<Context>();
  const manager: Parameters<typeof context.setGlobalContextManager>[0] = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: (active, act, thisArg, ...args) => storage.run(active, () => act.call(thisArg as never, ...args)),
    bind: (_active, target) => target,
    enable: () => manager,
    disable: () => manager,
  };
  context.setGlobalContextManager(manager);
  undo.push(() => context.disable());
}

const inTrace = (id: string): Context =>
  trace.setSpanContext(ROOT_CONTEXT, {
    traceId: id.repeat(32),
    spanId: id.repeat(16),
    traceFlags: TraceFlags.SAMPLED,
  });

test('P52 P53 a record carries the trace in which the request is handled or the call is made', async () => {
  traceContexts();
  undo.push(forFetch.recordCalls(), forNode.recordCalls());
  const handle = new Koa();
  handle.use(forKoa.recordRequests());
  handle.use((ctx) => {
    ctx.body = 'hello';
  });
  const callback = handle.callback();
  await using server = await listen(createServer((req, res) => context.with(inTrace('a'), () => callback(req, res))));
  await context.with(inTrace('b'), async () => (await fetch(server.url)).text());
  await context.with(inTrace('c'), () => ask(server.port));
  const records = await recordsOf(recording, 4);
  const traces = records.map(({ attributes, traceId }) => [attributes['logvitals.http.direction'], traceId?.[0]]);
  expect(traces.toSorted()).toEqual([
    ['external', 'b'],
    ['external', 'c'],
    ['internal', 'a'],
    ['internal', 'a'],
  ]);
});

function ask(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    request({ port }, (response) => text(response).then(resolve, reject))
      .on('error', reject)
      .end();
  });
}

test('P52 middleware behind a recorded server adds what it knows to the one record', async () => {
  const app = new Koa();
  const router = new Router({ prefix: '/api' });
  router.get('/orders/:id', (ctx) => {
    setActor({ id: 'ana' });
    ctx.body = 'order';
  });
  app.use(forKoa.recordRequests()).use(router.routes());
  const server = createServer(app.callback());
  forNode.recordRequests(server, { user: () => currentActor() });
  await using listening = await listen(server);
  await (await fetch(`${listening.url}/api/orders/17`)).text();
  await listening.close();
  expect(await onlyRecord(recording)).toMatchObject({
    body: 'GET /api/orders/:id 200',
    attributes: { 'user.id': 'ana' },
  });
});

test('P56 what either of two middlewares excludes is not recorded', async () => {
  const app = new Koa();
  app.use(forKoa.recordRequests({ exclude: ['/inner'] }));
  app.use((ctx) => {
    ctx.body = String(currentActor());
  });
  const server = createServer(app.callback());
  forNode.recordRequests(server, { exclude: ['/outer'] });
  await using listening = await listen(server);
  for (const path of ['/inner', '/outer', '/both']) await (await fetch(listening.url + path)).text();
  await listening.close();
  expect((await onlyRecord(recording)).body).toBe('GET /both 200');
});

test('P52 the options user and route are asked first, and what they throw costs that field', async () => {
  const app = new Koa();
  app.use(
    forKoa.recordRequests({
      user: (ctx: Koa.Context) => ({ id: ctx.state.account }),
      route: () => {
        throw new Error('no idea');
      },
    }),
  );
  app.use((ctx) => {
    ctx.state = { account: 'acme', user: { id: 1 } };
    ctx.body = 'hello';
  });
  await using server = await listen(createServer(app.callback()));
  await (await fetch(`${server.url}/x`)).text();
  expect(await onlyRecord(recording)).toMatchObject({ body: 'GET /x 200', attributes: { 'user.id': 'acme' } });
});

test('P52 an Express router that is mounted, and whose route fails, is recorded with the whole route', async () => {
  const app = express().set('env', 'test');
  app.use(forExpress.recordRequests());
  const orders = express.Router().get('/:id', () => {
    throw new RangeError('no such order');
  });
  app.use('/api/orders', orders);
  app.use(forExpress.recordErrors());
  await using server = await listen(createServer(app));
  expect((await fetch(`${server.url}/api/orders/17`)).status).toBe(500);
  expect(await onlyRecord(recording)).toMatchObject({ body: 'GET /api/orders/:id 500', severityNumber: 17 });
});

test('P52 P55 Fastify keeps the context of a request whose body had to be read, and its injected requests', async () => {
  const app = fastify();
  await app.register(forFastify.recordRequests());
  app.post('/login', async (request) => {
    setActor({ id: (request.body as { name: string }).name });
    return { ok: true };
  });
  await app.inject({ method: 'POST', url: '/login', payload: { name: 'ana' } });
  await app.listen({ port: 0, host: '127.0.0.1' });
  const url = `${app.listeningOrigin}/login`;
  await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"name":"béla"}' });
  await app.close();
  const records = await recordsOf(recording, 2);
  expect(records.map(({ attributes }) => attributes['user.id'])).toEqual(['ana', 'béla']);
});

test('P52 Hono without Node beneath it says once that nothing is recorded, and goes on', async () => {
  const app = new Hono();
  app.use(forHono.recordRequests());
  app.get('/', (hono) => {
    setActor({ id: 'ana' });
    return hono.text(String(currentActor()?.id));
  });
  const warnings = await warningsDuring(async () => {
    expect(await (await app.request('/')).text()).toBe('ana');
    await app.request('/');
  });
  expect(warnings).toEqual(['requests to Hono are recorded only when @hono/node-server serves them']);
});

test('P52 P53 a WebSocket is recorded once on either side, when its handshake is answered', async () => {
  const server = createServer();
  forNode.recordRequests(server);
  undo.push(forNode.recordCalls(), forFetch.recordCalls());
  server.on('upgrade', (asked, socket) => {
    undo.push(() => socket.destroy());
    const accept = createHash('sha1').update(
      `${asked.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`,
    );
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept.digest('base64')}\r\n\r\n`,
    );
    socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
  });
  const listening = await listen(server);
  undo.push(() => listening.close());

  const socket = new WebSocket(`ws://127.0.0.1:${listening.port}/live?token=t0ps3cret`);
  const [message] = (await once(socket, 'message')) as [MessageEvent];
  expect(message.data).toBe('hi');
  const url = `http://127.0.0.1:${listening.port}/live`;
  const both = await recordsOf(recording, 2);
  expect(both.find((record) => !isCall(record))).toMatchObject({
    severityNumber: 11,
    body: 'GET /live 101',
    attributes: { 'http.response.status_code': 101, 'url.query': 'token=[REDACTED]' },
  });
  expect(both.find(isCall)).toMatchObject({
    severityNumber: 11,
    body: `GET ${url} 101`,
    attributes: { 'http.response.status_code': 101, 'url.full': `${url}?token=[REDACTED]` },
  });
  socket.close();

  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-key': 'x' };
  const asking = request({ port: listening.port, path: '/again', headers }).end();
  const [, connection] = await once(asking, 'upgrade');
  connection.destroy();
  const records = await recordsOf(recording, 4);
  expect(records.slice(2).map(({ body }) => body)).toEqual(
    expect.arrayContaining(['GET /again 101', `GET http://localhost:${listening.port}/again 101`]),
  );
});

test('P52 an upgrade that is refused or dropped is recorded as that', async () => {
  const server = createServer();
  forNode.recordRequests(server);
  server.on('upgrade', (asked, socket) => {
    if (asked.url === '/refused') socket.end('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n');
    else socket.destroy();
  });
  await using listening = await listen(server);
  for (const path of ['/refused', '/dropped']) {
    const socket = connect(listening.port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nHost: a.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
    await text(socket).catch(() => '');
  }
  const records = await recordsOf(recording, 2);
  expect(records.map(({ body }) => body)).toEqual(['GET /refused 401', 'GET /dropped aborted']);

  undo.push(forFetch.recordCalls());
  await once(new WebSocket(`ws://127.0.0.1:${listening.port}/dropped`), 'error');
  const call = (await recordsOf(recording, 4)).find(isCall);
  expect(call).toMatchObject({ severityNumber: 17, body: `GET ${listening.url}/dropped failed` });
});

const isCall = ({ attributes }: Shown) => attributes['logvitals.http.direction'] === 'external';

test('P52 HTTP/2 requests are recorded like others', async () => {
  const server = createHttp2Server((asked, response) => {
    response.setHeader('content-type', 'text/plain');
    response.end(`hello ${asked.url}`);
  });
  forNode.recordRequests(server, { bodies: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({ ':path': '/orders?pin=1234' });
  expect(await text(stream)).toBe('hello /orders?pin=1234');
  session.close();
  expect(await onlyRecord(recording)).toMatchObject({
    body: 'GET /orders 200',
    attributes: {
      'network.protocol.version': '2.0',
      'server.address': '127.0.0.1',
      'server.port': port,
      'url.query': 'pin=[REDACTED]',
      'http.response.body.size': 22,
      'logvitals.http.response.body': 'hello /orders?pin=1234',
    },
  });
  await new Promise((resolve) => server.close(resolve));
});

test('P54 all headers of HTTP/2 are recorded without the secrets in its path or in addresses that proxies add', async () => {
  const server = createHttp2Server((_asked, response) => {
    response.writeHead(200, { link: '</next?token=t0ps3cret>; rel=next' }).end();
  });
  forNode.recordRequests(server, { headers: true });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  const stream = session.request({
    ':path': '/orders?token=t0ps3cret',
    'x-original-url': '/shop/orders?token=t0ps3cret&page=2',
    'x-source': 'https://ann:t0ps3cret@shop.example/?sig=t0ps3cret',
  });
  await text(stream);
  session.close();
  const { attributes } = await onlyRecord(recording);
  expect(JSON.stringify(attributes)).not.toContain('t0ps3cret');
  expect(Object.keys(attributes).filter((name) => name.includes('header.:'))).toEqual([]);
  expect(attributes).toMatchObject({
    'http.request.header.x-original-url': ['/shop/orders?token=[REDACTED]&page=2'],
    'http.request.header.x-source': ['https://[REDACTED]@shop.example/?sig=[REDACTED]'],
    'http.response.header.link': ['</next?token=[REDACTED]'],
  });
  await new Promise((resolve) => server.close(resolve));
});

test('P53 P54 a call through a proxy does not tell the password in its address', async () => {
  undo.push(forNode.recordCalls());
  await using proxy = await listen(createServer((_asked, response) => response.end('fine')));
  const sent = request({ host: '127.0.0.1', port: proxy.port, path: 'http://ann:t0ps3cret@shop.example:81/a@b?c=1' });
  const [response] = (await once(sent.end(), 'response')) as [NodeJS.ReadableStream];
  await text(response);
  const record = await onlyRecord(recording);
  expect(JSON.stringify(record)).not.toContain('t0ps3cret');
  expect(record).toMatchObject({
    body: 'GET http://shop.example:81/a@b 200',
    attributes: { 'url.full': 'http://shop.example:81/a@b?c=1', 'server.address': 'shop.example', 'server.port': 81 },
  });
});

test('P52 the options user and route that answer with a promise cost that field, and stop nothing', async () => {
  const answer = async () => {
    throw new Error('no session');
  };
  const app = new Koa().use(forKoa.recordRequests({ user: answer as never, route: answer as never }));
  app.use((ctx) => {
    ctx.state.user = { id: 7 };
    ctx.body = 'fine';
  });
  await using listening = await listen(createServer(app.callback()));
  const warnings = await warningsDuring(async () => {
    await (await fetch(`${listening.url}/a`)).text();
    await recordsOf(recording, 1);
  });
  expect(await onlyRecord(recording)).toMatchObject({ body: 'GET /a 200', attributes: { 'user.id': '7' } });
  expect(warnings).toEqual([expect.stringContaining('must answer at once, not with a promise')]);
});

/** A provider that wants records from `least` on, and the bodies of those that it got. */
function choosyProvider(least: number): string[] {
  const bodies: string[] = [];
  logs.disable();
  logs.setGlobalLoggerProvider({
    getLogger: () => ({
      enabled: ({ severityNumber = 0 } = {}) => severityNumber >= least,
      emit: ({ body }) => bodies.push(String(body)),
    }),
  });
  return bodies;
}

test('P52 when errors alone are wanted, nothing is asked for the records of other requests', async () => {
  const bodies = choosyProvider(17);
  const asked: string[] = [];
  const app = new Koa();
  app.silent = true;
  app.use(
    forKoa.recordRequests({
      route: (ctx: Koa.Context) => {
        asked.push(ctx.path);
        return undefined;
      },
    }),
  );
  app.use((ctx) => {
    if (ctx.path === '/fail') throw new RangeError('card expired');
    ctx.body = 'fine';
  });
  await using server = await listen(createServer(app.callback()));
  for (const path of ['/fine', '/fail', '/fine']) await (await fetch(server.url + path)).text();
  await server.close();
  expect([bodies, asked]).toEqual([['GET /fail 500'], ['/fail']]);
});

test('P52 P55 when no record is wanted, a request has a context of its own all the same', async () => {
  const bodies = choosyProvider(Infinity);
  const app = new Koa().use(forKoa.recordRequests());
  app.use(async (ctx) => {
    setActor({ id: ctx.path });
    await setImmediate();
    ctx.body = currentActor()?.id;
  });
  await using server = await listen(createServer(app.callback()));
  const paths = ['/a', '/b', '/c'];
  expect(await Promise.all(paths.map(async (path) => (await fetch(server.url + path)).text()))).toEqual(paths);
  await server.close();
  expect(bodies).toEqual([]);
});

test.each<[string, (response: ServerResponse) => void]>([
  ['setHeader', (response) => response.setHeader('Location', '/next').writeHead(303)],
  ['writeHead', (response) => response.writeHead(303, { LOCATION: '/next' })],
  ['writeHead, as a list', (response) => response.writeHead(303, ['location', '/next'])],
  ['writeHead after setHeader', (response) => response.setHeader('a', 'b').writeHead(303, { Location: '/next' })],
])('P52 headers are recorded, whether they were sent by %s or are Node’s own', async (_how, send) => {
  const server = createServer((_asked, response) => {
    send(response);
    response.end();
  });
  forNode.recordRequests(server, { headers: { response: ['location', 'Date', 'x-none'] } });
  await using listening = await listen(server);
  const response = await fetch(listening.url, { redirect: 'manual' });
  const { attributes } = await onlyRecord(recording);
  expect(attributes).toMatchObject({
    'http.response.header.location': ['/next'],
    'http.response.header.date': [response.headers.get('date')],
  });
  expect(attributes).not.toHaveProperty('http.response.header.x-none');
});

test('P55 each recording ends as the asynchronous resource that it is', async () => {
  const alive = new Set<number>();
  let begun = 0;
  const hook = createHook({
    init(id, type) {
      if (!type.startsWith('LOGVITALS')) return;
      begun += 1;
      alive.add(id);
    },
    destroy: (id) => alive.delete(id),
  }).enable();
  undo.push(() => hook.disable());
  undo.push(forFetch.recordCalls());
  const app = new Koa().use(forKoa.recordRequests()).use((ctx) => {
    ctx.body = 'fine';
  });
  await using listening = await listen(createServer(app.callback()));
  for (let call = 0; call < 5; call++) await (await fetch(listening.url)).text();
  await recordsOf(recording, 10);
  await expect.poll(() => [begun, alive.size]).toEqual([10, 0]);
});

test('P52 recording ends although somebody else has wrapped the server since', async () => {
  const server = createServer((_asked, response) => response.end('hello'));
  const stop = forNode.recordRequests(server);
  const { emit } = server;
  server.emit = function (this: typeof server, ...args: Parameters<typeof emit>) {
    return emit.apply(this, args);
  } as typeof emit;
  await using listening = await listen(server);
  stop();
  expect(await (await fetch(listening.url)).text()).toBe('hello');
  await listening.close();
  await recordsOf(recording, 0);
});

test('P52 what the application adds behind the recording still works after it has ended', async () => {
  const server = createServer((_asked, response) => response.end('hello'));
  const stop = forNode.recordRequests(server);
  await using listening = await listen(server);
  stop();
  await (await fetch(listening.url)).text();
  await listening.close();
  await recordsOf(recording, 0);
});

test('P52 a body that was read before the recording began has the size that it was announced with', async () => {
  const app = express().use(express.json(), forExpress.recordRequests({ bodies: true }));
  app.post('/', (asked, response) => response.json(asked.body));
  await using server = await listen(createServer(app));
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(server.url, { method: 'POST', headers, body: '{"pin":1}' });
  expect(await response.json()).toEqual({ pin: 1 });
  const { attributes } = await onlyRecord(recording);
  expect(attributes).toMatchObject({
    'http.request.body.size': 9,
    'logvitals.http.response.body': { pin: '[REDACTED]' },
  });
  expect(attributes).not.toHaveProperty('logvitals.http.request.body');
});

test('P52 an unhandled refusal of a body that is too large is one record', async () => {
  const app = express().set('env', 'test');
  app.use(forExpress.recordRequests({ bodies: true }));
  app.use(express.json({ limit: 10 }));
  app.use(forExpress.recordErrors());
  await using server = await listen(createServer(app));
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(server.url, { method: 'POST', headers, body: JSON.stringify('x'.repeat(50_000)) });
  expect(response.status).toBe(413);
  expect(await onlyRecord(recording)).toMatchObject({
    severityNumber: 11,
    body: 'POST / 413',
    attributes: { 'exception.message': 'request entity too large' },
  });
});

test.each([
  [{ include: '/x' }, 'include is "/x"; it must be a list of texts and regular expressions'],
  [{ exclude: [1] }, 'exclude[] is 1; it must be a text or a regular expression'],
  [{ headers: ['a b'] }, 'headers is an array; it must be true, false or a list of names of headers'],
  [{ headers: { request: 1 } }, 'headers.request is 1'],
  [{ headers: { both: true } }, 'there is no option "both"'],
  [{ bodies: 'yes' }, 'bodies is "yes"; it must be true, false or { request, response, maxBytes }'],
  [{ bodies: { maxBytes: 0 } }, 'bodies.maxBytes is 0; it must be a whole number from 1 to 65536'],
  [{ bodies: { answer: true } }, 'there is no option "answer"'],
  [{ user: 'ana' }, 'user is "ana"; it must be a function'],
  [{ colour: 'red' }, 'there is no option "colour"'],
])('an option that makes no sense is refused: %j', (options, message) => {
  expect(() => forKoa.recordRequests(options as never)).toThrow(message);
});
