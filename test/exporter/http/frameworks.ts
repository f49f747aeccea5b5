/** One small shop, served by each framework the package has middleware for. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { getRequestListener } from '@hono/node-server';
import Router from '@koa/router';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import Koa from 'koa';
import { setActor } from '../../../exporter/src/context.ts';
import * as forExpress from '../../../exporter/src/express.ts';
import * as forFastify from '../../../exporter/src/fastify.ts';
import * as forHono from '../../../exporter/src/hono.ts';
import type { ExchangeOptions } from '../../../exporter/src/http/options.ts';
import * as forKoa from '../../../exporter/src/koa.ts';
import * as forNode from '../../../exporter/src/node-http.ts';
import { type Listening, listen } from './helpers.ts';

const USER = { id: 7, username: 'ana', email: 'ana@example.com' };
const CAKE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 255]);

/** Serves the shop until disposed. */
type Serve = (options?: ExchangeOptions) => Promise<Listening>;

/** The slow answer of the shop: who asks is known only after a while, and others ask meanwhile. */
async function meet(name: string): Promise<string> {
  await sleep(Math.random() * 5);
  setActor({ id: name });
  await sleep(Math.random() * 5);
  return `hello ${name}`;
}

function login(body: unknown): object {
  return { ok: true, for: (body as { name?: unknown }).name, token: 't0ps3cret' };
}

/** Chunk by chunk, so that nobody knows the length beforehand. */
async function* chunks() {
  for (const chunk of ['one ', 'two ', 'three']) yield Buffer.from(chunk);
}

async function* endless() {
  yield Buffer.from('only the beginning');
  await new Promise(() => {});
}

async function* breaking() {
  yield Buffer.from('half of ');
  await sleep(20);
  throw new RangeError('the other half is missing');
}

const STREAMS: Record<string, () => Readable> = {
  '/stream': () => Readable.from(chunks()),
  '/endless': () => Readable.from(endless()),
  '/breaking': () => Readable.from(breaking()),
};

class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status = 403;
  readonly statusCode = 403;
  readonly expose = true;
}

function koa(options?: ExchangeOptions): Promise<Listening> {
  const app = new Koa();
  app.silent = true;
  app.use(forKoa.recordRequests(options));
  const router = new Router();
  router.get('/orders/:id', (ctx) => {
    ctx.state.user = USER;
    ctx.body = `order ${ctx.params.id}`;
  });
  router.get('/meet/:name', async (ctx) => {
    ctx.body = await meet(ctx.params.name!);
  });
  router.get('/fail', () => {
    throw new RangeError('card expired');
  });
  router.get('/refuse', () => {
    throw new Refusal('not yours');
  });
  router.post('/login', async (ctx) => {
    ctx.body = login(await json(ctx.req));
  });
  router.get('/cake', (ctx) => {
    ctx.type = 'image/png';
    ctx.body = CAKE;
  });
  router.get('/cached', (ctx) => {
    ctx.status = 304;
  });
  for (const [path, stream] of Object.entries(STREAMS)) {
    router.get(path, (ctx) => {
      ctx.type = 'text/plain';
      ctx.body = stream();
    });
  }
  app.use(router.routes());
  return listen(createServer(app.callback()));
}

function overExpress(options?: ExchangeOptions): Promise<Listening> {
  const app = express();
  app.set('env', 'test');
  app.use(forExpress.recordRequests(options));
  app.use(express.json());
  app.get('/orders/:id', (request, response) => {
    Object.assign(request, { user: USER });
    response.send(`order ${request.params.id}`);
  });
  app.get('/meet/:name', async (request, response) => {
    response.send(await meet(request.params.name));
  });
  app.get('/fail', () => {
    throw new RangeError('card expired');
  });
  app.get('/refuse', () => {
    throw new Refusal('not yours');
  });
  app.post('/login', (request, response) => {
    response.json(login(request.body));
  });
  app.get('/cake', (_request, response) => {
    response.type('image/png').send(CAKE);
  });
  app.get('/cached', (_request, response) => {
    response.status(304).end();
  });
  for (const [path, stream] of Object.entries(STREAMS)) {
    app.get(path, (_request, response) => {
      const source = stream();
      source.on('error', (error) => response.destroy(error));
      source.pipe(response.type('text/plain'));
    });
  }
  app.use(forExpress.recordErrors());
  return listen(createServer(app));
}

async function overFastify(options?: ExchangeOptions): Promise<Listening> {
  const app = fastify();
  await app.register(forFastify.recordRequests(options));
  app.get('/orders/:id', (request, reply) => {
    Object.assign(request, { user: USER });
    reply.send(`order ${(request.params as { id: string }).id}`);
  });
  app.get('/meet/:name', (request) => meet((request.params as { name: string }).name));
  app.get('/fail', () => {
    throw new RangeError('card expired');
  });
  app.get('/refuse', () => {
    throw new Refusal('not yours');
  });
  app.post('/login', async (request) => login(request.body));
  app.get('/cake', (_request, reply) => reply.type('image/png').send(CAKE));
  app.get('/cached', (_request, reply) => reply.code(304).send());
  for (const [path, stream] of Object.entries(STREAMS)) {
    app.get(path, (_request, reply) => {
      const source = stream();
      source.on('error', (error) => reply.raw.destroy(error));
      return reply.type('text/plain').send(source);
    });
  }
  await app.ready();
  return listen(app.server);
}

function hono(options?: ExchangeOptions): Promise<Listening> {
  const app = new Hono();
  app.use(forHono.recordRequests(options));
  app.get('/orders/:id', (context) => {
    context.set('user' as never, USER as never);
    return context.text(`order ${context.req.param('id')}`);
  });
  app.get('/meet/:name', async (context) => context.text(await meet(context.req.param('name'))));
  app.get('/fail', () => {
    throw new RangeError('card expired');
  });
  app.get('/refuse', () => {
    throw new Refusal('not yours');
  });
  app.onError((error, context) => {
    const isRefusal = error instanceof Refusal;
    return context.text(error.message, isRefusal ? 403 : 500);
  });
  app.post('/login', async (context) => context.json(login(await context.req.json())));
  app.get('/cake', (context) => context.body(new Uint8Array(CAKE), 200, { 'content-type': 'image/png' }));
  app.get('/cached', (context) => context.body(null, 304));
  for (const [path, stream] of Object.entries(STREAMS)) {
    app.get(path, (context) =>
      context.body(Readable.toWeb(stream()) as ReadableStream, 200, { 'content-type': 'text/plain' }),
    );
  }
  return listen(createServer(getRequestListener(app.fetch)));
}

function node(options?: ExchangeOptions): Promise<Listening> {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    try {
      await answer(request, response, pathname);
    } catch (error) {
      response.writeHead(error instanceof Refusal ? 403 : 500).end((error as Error).message);
    }
  });
  forNode.recordRequests(server, options);
  return listen(server);
}

async function answer(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
  const [, first, second = ''] = path.split('/');
  const stream = STREAMS[path];
  if (first === 'orders') {
    Object.assign(request, { user: USER });
    response.end(`order ${second}`);
  } else if (first === 'meet') {
    response.end(await meet(second));
  } else if (first === 'login') {
    response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(login(await json(request))));
  } else if (first === 'fail') {
    throw new RangeError('card expired');
  } else if (first === 'refuse') {
    throw new Refusal('not yours');
  } else if (first === 'cake') {
    response.writeHead(200, { 'Content-Type': 'image/png' }).end(CAKE);
  } else if (first === 'cached') {
    response.writeHead(304).end();
  } else if (stream !== undefined) {
    const source = stream();
    source.on('error', (error) => response.destroy(error));
    source.pipe(response.writeHead(200, { 'Content-Type': 'text/plain' }));
  } else {
    response.writeHead(404).end('Not Found');
  }
}

/** What a framework itself knows of, beyond the bare server. */
export interface Framework {
  readonly name: string;
  readonly serve: Serve;
  readonly knowsRoutes: boolean;
  readonly knowsErrors: boolean;
}

export const FRAMEWORKS: readonly Framework[] = [
  { name: 'koa', serve: koa, knowsRoutes: true, knowsErrors: true },
  { name: 'express', serve: overExpress, knowsRoutes: true, knowsErrors: true },
  { name: 'fastify', serve: overFastify, knowsRoutes: true, knowsErrors: true },
  { name: 'hono', serve: hono, knowsRoutes: true, knowsErrors: true },
  { name: 'node-http', serve: node, knowsRoutes: false, knowsErrors: false },
];
