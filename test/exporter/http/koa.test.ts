import { createServer } from 'node:http';
import { Readable } from 'node:stream';
import Router from '@koa/router';
import Koa from 'koa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { setActor } from '../../../exporter/src/context.ts';
import { recordRequests } from '../../../exporter/src/koa.ts';
import { type Recording, startRecording } from '../helpers/recording.ts';
import { askAndLeave, type Listening, listen, onlyRecord, recordsOf } from './helpers.ts';

let recording: Recording;
beforeEach(() => {
  recording = startRecording();
});
afterEach(() => recording[Symbol.asyncDispose]());

function start(prepare: (app: Koa, router: Router) => void): Promise<Listening> {
  const app = new Koa();
  app.silent = true;
  const router = new Router();
  prepare(app, router);
  app.use(router.routes());
  return listen(createServer(app.callback()));
}

test('P52 a request to Koa is recorded with its route, user, status, duration and sizes', async () => {
  await using server = await start((app, router) => {
    app.use(recordRequests());
    router.get('/orders/:id', (ctx) => {
      ctx.state.user = { id: 7, username: 'ana', email: 'ana@example.com' };
      ctx.body = 'hello';
    });
  });
  const response = await fetch(`${server.url}/orders/17?page=2&token=s3cret`, { headers: { 'user-agent': 'test/1' } });
  expect(await response.text()).toBe('hello');
  const record = await onlyRecord(recording);
  expect(record).toMatchObject({
    eventName: 'logvitals.http',
    severityNumber: 11,
    severityText: 'API',
    body: 'GET /orders/:id 200',
  });
  expect(record.attributes).toEqual({
    'logvitals.http.direction': 'internal',
    'http.request.method': 'GET',
    'http.route': '/orders/:id',
    'url.path': '/orders/17',
    'url.query': 'page=2&token=[REDACTED]',
    'url.scheme': 'http',
    'server.address': '127.0.0.1',
    'server.port': server.port,
    'client.address': '127.0.0.1',
    'user_agent.original': 'test/1',
    'network.protocol.version': '1.1',
    'http.response.status_code': 200,
    'http.response.body.size': 5,
    'http.response.header.content-type': ['text/plain; charset=utf-8'],
    'logvitals.duration': expect.any(Number),
    'user.id': '7',
    'user.name': 'ana',
    'user.email': 'ana@example.com',
  });
  expect(record.attributes['logvitals.duration']).toBeGreaterThan(0);
});
