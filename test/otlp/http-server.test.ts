import { once } from 'node:events';
import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { createServer } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { decode, ExportRequest, encode, exportRequest, Status } from './definitions.ts';
import { startReceivers } from './support.ts';

const BODY = JSON.stringify(exportRequest({ timeUnixNano: '1', body: { stringValue: 'hello' } }));
const JSON_HEADERS = { 'content-type': 'application/json' };

test('O13 connections are kept for at least a minute', async () => {
  await using receivers = await startReceivers();
  const response = await fetch(receivers.logsUrl, { method: 'POST', headers: JSON_HEADERS, body: BODY });
  const [, seconds] = /timeout=(\d+)/.exec(response.headers.get('keep-alive') ?? '') ?? [];
  expect(Number(seconds)).toBeGreaterThanOrEqual(60);
});

test('O23 no token or a wrong one gets 401, one without the right 403, both before the body is touched', async () => {
  const authorize = (authorization: string | undefined) =>
    authorization === 'Bearer good' ? 'granted' : authorization === 'Bearer reader' ? 'forbidden' : 'unauthenticated';
  await using receivers = await startReceivers({ authorize });
  const send = (headers: Record<string, string>) =>
    fetch(receivers.logsUrl, { method: 'POST', headers: { ...JSON_HEADERS, ...headers }, body: BODY });
  const broken = { 'content-encoding': 'gzip' };
  for (const headers of [broken, { ...broken, authorization: 'Bearer bad' }]) {
    const response = await send(headers);
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toBe('Bearer');
    expect(await response.json()).toMatchObject({ code: 16 });
  }
  const forbidden = await send({ ...broken, authorization: 'Bearer reader' });
  expect(forbidden.status).toBe(403);
  expect(await forbidden.json()).toMatchObject({ code: 7 });
  expect((await send({ authorization: 'Bearer good' })).status).toBe(200);
  expect(receivers.ingest.requests.length).toBe(1);
});

test('O23 a refused body does not break the connection for the next request', async () => {
  let isOpen = false;
  await using receivers = await startReceivers({ authorize: () => (isOpen ? 'granted' : 'unauthenticated') });
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const send = async (body: string) => {
    const request = httpRequest(receivers.logsUrl, { method: 'POST', headers: JSON_HEADERS, agent });
    request.end(body);
    const [response] = (await once(request, 'response')) as [IncomingMessage];
    await buffer(response);
    return { status: response.statusCode, port: request.socket?.localPort };
  };
  const refused = await send(BODY.padEnd(5_000_000));
  isOpen = true;
  const accepted = await send(BODY);
  agent.destroy();
  expect([refused.status, accepted.status]).toEqual([401, 200]);
  expect(accepted.port).toBe(refused.port);
});

test.each(['/v1/traces', '/v1/metrics'])('O56 %s gets 404 with a Status, said once in the log', async (path) => {
  await using receivers = await startReceivers();
  for (let time = 0; time < 3; time++) {
    const headers = { 'content-type': 'application/x-protobuf' };
    const response = await fetch(receivers.http.address + path, { method: 'POST', headers, body: 'x' });
    expect(response.status).toBe(404);
    expect(decode(Status, await response.bytes())).toMatchObject({
      code: 12,
      message: expect.stringContaining('/v1/logs'),
    });
  }
  expect(receivers.log.filter((line) => line.includes(path)).length).toBe(1);
});

test('O21 any other path gets 404 with a Status', async () => {
  await using receivers = await startReceivers();
  for (const path of ['/', '/v1/logs/', '/v1/log', '/%', '/v1/logs%00']) {
    const response = await fetch(receivers.http.address + path, { method: 'POST', body: BODY });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ code: 12 });
  }
});

test('O57 CORS is off unless origins are configured', async () => {
  await using receivers = await startReceivers();
  const headers = { origin: 'https://shop.example', 'access-control-request-method': 'POST' };
  const preflight = await fetch(receivers.logsUrl, { method: 'OPTIONS', headers });
  expect(preflight.status).toBe(405);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(null);
});

test('O57 preflight is answered 204 without authentication, and the POST carries the headers too, errors included', async () => {
  await using receivers = await startReceivers({
    cors: { origins: ['https://shop.example'] },
    authorize: (authorization) => (authorization === 'Bearer t' ? 'granted' : 'unauthenticated'),
  });
  const origin = 'https://shop.example';
  const preflight = await fetch(receivers.logsUrl, {
    method: 'OPTIONS',
    headers: {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type',
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get('access-control-allow-origin')).toBe(origin);
  expect(preflight.headers.get('access-control-allow-methods')).toBe('POST');
  expect(preflight.headers.get('access-control-allow-headers')).toBe('authorization, content-type');
  expect(preflight.headers.get('vary')).toBe('origin');
  for (const [authorization, status] of [
    ['Bearer t', 200],
    ['', 401],
  ] as const) {
    const headers = { ...JSON_HEADERS, origin, authorization };
    const response = await fetch(receivers.logsUrl, { method: 'POST', headers, body: BODY });
    expect(response.status).toBe(status);
    expect(response.headers.get('access-control-allow-origin')).toBe(origin);
  }
  const stranger = await fetch(receivers.logsUrl, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' },
  });
  expect(stranger.headers.get('access-control-allow-origin')).toBe(null);
});

test('O57 a page that may not send stores nothing, be it on a name that leads to this port', async () => {
  const stranger = { ...JSON_HEADERS, origin: 'http://evil.example:4318' };
  for (const origins of [[], ['https://shop.example']]) {
    await using receivers = await startReceivers({ cors: { origins } });
    const response = await fetch(receivers.logsUrl, { method: 'POST', headers: stranger, body: BODY });
    expect(response.status).toBe(403);
    expect(await response.json()).toMatchObject({ code: 7, message: expect.stringContaining('cors.origins') });
    expect(receivers.ingest.requests).toEqual([]);
  }
  await using open = await startReceivers({ cors: { origins: ['*'] } });
  expect((await fetch(open.logsUrl, { method: 'POST', headers: stranger, body: BODY })).status).toBe(200);
});

test('O58 health on the ingest port, without authentication', async () => {
  await using receivers = await startReceivers({ authorize: () => 'unauthenticated' });
  const response = await fetch(`${receivers.http.address}/healthz`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ status: 'ok' });
});

test('O59 closing answers what was accepted, refuses what comes later, and closes idle connections', async () => {
  const receivers = await startReceivers();
  const release = Promise.withResolvers<void>();
  receivers.ingest.gate = release.promise;
  const agent = new Agent({ keepAlive: true });
  const idle = httpRequest(`${receivers.http.address}/healthz`, { agent });
  idle.end();
  const [health] = (await once(idle, 'response')) as [IncomingMessage];
  await buffer(health);
  const accepted = fetch(receivers.logsUrl, { method: 'POST', headers: JSON_HEADERS, body: BODY });
  await expect.poll(() => receivers.ingest.requests.length).toBe(1);
  let isClosed = false;
  const closing = receivers[Symbol.asyncDispose]().then(() => {
    isClosed = true;
  });
  await expect(fetch(receivers.logsUrl, { method: 'POST', headers: JSON_HEADERS, body: BODY })).rejects.toThrow();
  expect(isClosed).toBe(false);
  release.resolve();
  expect((await accepted).status).toBe(200);
  await closing;
  agent.destroy();
});

test('O59 closing does not wait for a client that never ends its body', async () => {
  const receivers = await startReceivers();
  const request = httpRequest(receivers.logsUrl, { method: 'POST', headers: JSON_HEADERS });
  const failed = once(request, 'error');
  request.write('{');
  await expect.poll(() => receivers.metrics.render()).toContain('bytes_in_flight 1');
  await receivers[Symbol.asyncDispose]();
  await failed;
  expect(receivers.ingest.requests).toEqual([]);
});

test('a port that is taken fails the start, and is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(startReceivers({ httpPort: port })).rejects.toThrow(
    `cannot listen for OTLP/HTTP on 127.0.0.1:${port}: EADDRINUSE`,
  );
  other.close();
});

test('O42 P1 a megabyte of records, decoded in slices, is as exact as a small request', async () => {
  await using receivers = await startReceivers();
  const records = Array.from({ length: 20_000 }, (_, index) => ({
    timeUnixNano: String(1_700_000_000_000_000_000n + BigInt(index)),
    body: { stringValue: `record ${index}` },
  }));
  const headers = { 'content-type': 'application/x-protobuf' };
  const body = new Uint8Array(encode(ExportRequest, exportRequest(...records)));
  const [large, health] = await Promise.all([
    fetch(receivers.logsUrl, { method: 'POST', headers, body }),
    fetch(`${receivers.http.address}/healthz`),
  ]);
  expect([large.status, health.status]).toEqual([200, 200]);
  expect(receivers.ingest.records.map((record) => record.timestamp - 1_700_000_000_000_000_000n)).toEqual(
    records.map((_, index) => BigInt(index)),
  );
});
