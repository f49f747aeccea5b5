import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Recording, startRecording } from '../helpers/recording.ts';
import { FRAMEWORKS } from './frameworks.ts';
import { askAndLeave, onlyRecord, recordsOf } from './helpers.ts';

let recording: Recording;
beforeEach(() => {
  recording = startRecording();
});
afterEach(() => recording[Symbol.asyncDispose]());

const JSON_TYPE = { 'content-type': 'application/json' };

describe.each(FRAMEWORKS)('$name', ({ serve, knowsRoutes, knowsErrors }) => {
  const routeOf = (template: string, path: string) => (knowsRoutes ? template : path);

  test('P52 P54 a request is recorded with route, user, status, duration and sizes, its secrets redacted', async () => {
    await using server = await serve();
    const headers = { 'user-agent': 'test/1', authorization: 'Bearer t0ps3cret', referer: 'http://a.example/?token=x' };
    const response = await fetch(`${server.url}/orders/17?page=2&token=t0ps3cret`, { headers });
    expect(await response.text()).toBe('order 17');
    const record = await onlyRecord(recording);
    expect(record).toMatchObject({
      eventName: 'logvitals.http',
      severityNumber: 11,
      severityText: 'API',
      body: `GET ${routeOf('/orders/:id', '/orders/17')} 200`,
    });
    const { 'logvitals.duration': duration, ...rest } = record.attributes;
    expect(duration).toBeGreaterThan(0);
    expect(duration).toBeLessThan(20);
    expect(rest).toEqual({
      'logvitals.http.direction': 'internal',
      'http.request.method': 'GET',
      ...(knowsRoutes && { 'http.route': '/orders/:id' }),
      'url.path': '/orders/17',
      'url.query': 'page=2&token=[REDACTED]',
      'url.scheme': 'http',
      'server.address': '127.0.0.1',
      'server.port': server.port,
      'client.address': '127.0.0.1',
      'user_agent.original': 'test/1',
      'network.protocol.version': '1.1',
      'http.request.header.referer': ['http://a.example/?token=[REDACTED]'],
      'http.response.status_code': 200,
      'http.response.body.size': 8,
      'user.id': '7',
      'user.name': 'ana',
      'user.email': 'ana@example.com',
    });
  });

  test('P52 an error is recorded, and answered as without the recording', async () => {
    await using server = await serve();
    const response = await fetch(`${server.url}/fail`);
    expect(response.status).toBe(500);
    const record = await onlyRecord(recording);
    expect(record).toMatchObject({ severityNumber: 17, severityText: 'API', body: 'GET /fail 500' });
    expect(record.attributes).toMatchObject(
      knowsErrors
        ? {
            'error.type': 'RangeError',
            'exception.type': 'RangeError',
            'exception.message': 'card expired',
            'exception.stacktrace': expect.stringContaining('frameworks.ts'),
          }
        : { 'error.type': '500' },
    );
  });

  test('P52 an error that refuses the asker is no failure of the application', async () => {
    await using server = await serve();
    expect((await fetch(`${server.url}/refuse`)).status).toBe(403);
    const record = await onlyRecord(recording);
    expect(record).toMatchObject({ severityNumber: 11, body: 'GET /refuse 403' });
    if (knowsErrors) expect(record.attributes['exception.message']).toBe('not yours');
  });

  test('P52 what no route answers to is recorded by its path', async () => {
    await using server = await serve();
    expect((await fetch(`${server.url}/nowhere/at/all`)).status).toBe(404);
    const record = await onlyRecord(recording);
    expect(record).toMatchObject({ severityNumber: 11, body: 'GET /nowhere/at/all 404' });
    expect(record.attributes).not.toHaveProperty('http.route');
  });

  test('P52 P54 bodies are recorded when asked for, without their secrets, and arrive as they were sent', async () => {
    await using server = await serve({ bodies: true });
    const body = JSON.stringify({ name: 'ana', password: 't0ps3cret', cards: [{ cardNumber: '4111', city: 'Vác' }] });
    const response = await fetch(`${server.url}/login`, { method: 'POST', headers: JSON_TYPE, body });
    expect(await response.json()).toEqual({ ok: true, for: 'ana', token: 't0ps3cret' });
    const { attributes } = await onlyRecord(recording);
    expect(attributes).toMatchObject({
      'http.request.body.size': Buffer.byteLength(body),
      'logvitals.http.request.body': {
        name: 'ana',
        password: '[REDACTED]',
        cards: [{ cardNumber: '[REDACTED]', city: 'Vác' }],
      },
      'logvitals.http.response.body': { ok: true, for: 'ana', token: '[REDACTED]' },
    });
  });

  test('P52 without asking, no body is recorded', async () => {
    await using server = await serve();
    await fetch(`${server.url}/login`, { method: 'POST', headers: JSON_TYPE, body: '{"name":"ana"}' });
    const { attributes } = await onlyRecord(recording);
    expect(Object.keys(attributes).filter((name) => name.endsWith('.body'))).toEqual([]);
    expect(attributes['http.request.body.size']).toBe(14);
  });

  test('P52 a body over the limit and a binary one are named, not copied; text is cut', async () => {
    await using server = await serve({ bodies: { maxBytes: 10 } });
    const body = '{"name":"ana","password":"t0ps3cret"}';
    await fetch(`${server.url}/login`, { method: 'POST', headers: JSON_TYPE, body });
    await fetch(`${server.url}/cake`);
    expect(await (await fetch(`${server.url}/stream`)).text()).toBe('one two three');
    const [login, cake, stream] = await recordsOf(recording, 3);
    expect(login!.attributes['logvitals.http.request.body']).toBe('[application/json, 37 bytes, more than 10]');
    expect(cake!.attributes['logvitals.http.response.body']).toBe('[image/png, 6 bytes]');
    expect(stream!.attributes['logvitals.http.response.body']).toBe('one two th… (13 bytes)');
    expect(stream!.attributes['http.response.body.size']).toBe(13);
  });

  test('P52 a stream is recorded at its end; one that breaks off by itself is an error', async () => {
    await using server = await serve();
    expect(await (await fetch(`${server.url}/stream`)).text()).toBe('one two three');
    expect(await onlyRecord(recording)).toMatchObject({ severityNumber: 11, body: 'GET /stream 200' });
    await expect(fetch(`${server.url}/breaking`).then((response) => response.text())).rejects.toThrow();
    const [, broken] = await recordsOf(recording, 2);
    expect(broken).toMatchObject({ severityNumber: 17, attributes: { 'http.response.status_code': 200 } });
    expect(broken!.attributes['exception.message']).toBe('the other half is missing');
  });

  test('P52 an asker that goes away is recorded once, as that', async () => {
    await using server = await serve();
    await askAndLeave({ port: server.port, path: '/endless' });
    const record = await onlyRecord(recording);
    expect(record).toMatchObject({
      severityNumber: 11,
      body: 'GET /endless aborted',
      attributes: { 'http.response.status_code': 200, 'error.type': 'aborted', 'client.address': '127.0.0.1' },
    });
    await server.close();
    await recordsOf(recording, 1);
  });

  test('P52 HEAD and 304 have no body, and every request on one connection is recorded once', async () => {
    await using server = await serve({ bodies: true });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = (method: string, path: string) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        request({ port: server.port, method, path, agent }, resolve).on('error', reject).end();
      });
    for (const [method, path] of [
      ['HEAD', '/orders/1'],
      ['GET', '/cached'],
      ['GET', '/orders/2'],
    ] as const) {
      await text(await ask(method, path));
    }
    agent.destroy();
    await server.close();
    const records = await recordsOf(recording, 3);
    expect(records.map(({ body }) => body)).toEqual([
      `HEAD ${routeOf('/orders/:id', '/orders/1')} 200`,
      'GET /cached 304',
      `GET ${routeOf('/orders/:id', '/orders/2')} 200`,
    ]);
    expect(records.map(({ attributes }) => attributes['http.response.body.size'])).toEqual([0, 0, 7]);
    expect(records[0]!.attributes).not.toHaveProperty('logvitals.http.response.body');
  });

  test('P55 200 requests at once: each record has its own user, path and answer', async () => {
    await using server = await serve({ bodies: true });
    const names = Array.from({ length: 200 }, (_, index) => `guest-${index}`);
    await Promise.all(
      names.map(async (name) => {
        const response = await fetch(`${server.url}/meet/${name}?n=${name}`, { headers: { 'x-request-id': name } });
        expect(await response.text()).toBe(`hello ${name}`);
      }),
    );
    const records = await recordsOf(recording, 200);
    expect(new Set(records.map(({ attributes }) => attributes['user.id']))).toEqual(new Set(names));
    for (const { attributes } of records) {
      const name = attributes['user.id'];
      expect(attributes).toMatchObject({
        'url.path': `/meet/${name}`,
        'url.query': `n=${name}`,
        'http.request.header.x-request-id': [name],
      });
    }
  });

  test('P56 only what is included and not excluded is recorded', async () => {
    await using server = await serve({ include: ['/orders/*', '/cake', '/fail'], exclude: ['/orders/13', /^\/c/] });
    for (const path of ['/orders/12', '/orders/13', '/cake', '/stream', '/fail']) {
      await (await fetch(server.url + path)).arrayBuffer();
    }
    await server.close();
    const records = await recordsOf(recording, 2);
    expect(records.map(({ attributes }) => attributes['url.path'])).toEqual(['/orders/12', '/fail']);
  });

  test('P56 a route is excluded by its template', async () => {
    await using server = await serve({ exclude: ['/orders/:id', '/orders/0'] });
    for (const path of ['/orders/0', '/orders/1', '/cake']) await (await fetch(server.url + path)).arrayBuffer();
    await server.close();
    const records = await recordsOf(recording, knowsRoutes ? 1 : 2);
    expect(records.at(-1)!.attributes['url.path']).toBe('/cake');
  });
});
