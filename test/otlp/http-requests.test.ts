import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decode, ExportRequest, encode, exportRequest, Status } from './definitions.ts';
import { startReceivers, type TestReceivers } from './support.ts';

const REQUEST = exportRequest({ timeUnixNano: '1', body: { stringValue: 'hello' } });
const PROTOBUF = encode(ExportRequest, REQUEST);
const JSON_TEXT = JSON.stringify(REQUEST);

function post(receivers: TestReceivers, body: Buffer, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(receivers.logsUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', ...headers },
    body: new Uint8Array(body),
  });
}

/** A request with full control over how the body goes out. */
function open(receivers: TestReceivers, options: RequestOptions) {
  return httpRequest(receivers.logsUrl, { method: 'POST', ...options });
}

async function answerOf(request: ReturnType<typeof open>): Promise<{ status: number; body: Buffer }> {
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, body: await buffer(response) };
}

test('O1 the path is configurable', async () => {
  await using receivers = await startReceivers({ logsPath: '/otlp/logs' });
  expect((await post(receivers, PROTOBUF)).status).toBe(200);
  expect((await fetch(`${receivers.http.address}/v1/logs`, { method: 'POST' })).status).toBe(404);
});

test.each([
  undefined,
  'text/plain',
  'application/grpc',
  'application/x-protobuffer',
  'json',
])('O3 Content-Type %s gets 415, in JSON', async (contentType) => {
  await using receivers = await startReceivers();
  const request = open(receivers, { headers: contentType === undefined ? {} : { 'content-type': contentType } });
  request.end(JSON_TEXT);
  const { status, body } = await answerOf(request);
  expect(status).toBe(415);
  expect(JSON.parse(body.toString())).toMatchObject({
    code: 3,
    message: expect.stringContaining('application/x-protobuf'),
  });
  expect(receivers.ingest.requests).toEqual([]);
});

test.each(['GET', 'PUT', 'DELETE', 'HEAD', 'OPTIONS'])('O4 %s gets 405', async (method) => {
  await using receivers = await startReceivers();
  const response = await fetch(receivers.logsUrl, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('POST');
});

test.each([
  ['no encoding', PROTOBUF, {}],
  ['none', PROTOBUF, { 'content-encoding': 'none' }],
  ['identity', PROTOBUF, { 'content-encoding': 'Identity' }],
  ['gzip', gzipSync(PROTOBUF), { 'content-encoding': 'gzip' }],
  [
    'gzip of two members',
    Buffer.concat([gzipSync(PROTOBUF.subarray(0, 5)), gzipSync(PROTOBUF.subarray(5))]),
    { 'content-encoding': 'GZIP' },
  ],
  ['deflate in the zlib format', deflateSync(PROTOBUF), { 'content-encoding': 'deflate' }],
  ['raw deflate', deflateRawSync(PROTOBUF), { 'content-encoding': 'deflate' }],
  ['zstd', zstdCompressSync(PROTOBUF), { 'content-encoding': 'zstd' }],
  [
    'zstd of two frames',
    Buffer.concat([zstdCompressSync(PROTOBUF.subarray(0, 5)), zstdCompressSync(PROTOBUF.subarray(5))]),
    { 'content-encoding': 'zstd' },
  ],
])('O6 %s is understood', async (_name, body, headers) => {
  await using receivers = await startReceivers();
  expect((await post(receivers, body, headers)).status).toBe(200);
  expect(receivers.ingest.records.map((record) => record.body)).toEqual(['hello']);
});

test.each(['br', 'gzip, gzip', 'compress', 'x'])('O6 Content-Encoding %s gets 400', async (encoding) => {
  await using receivers = await startReceivers();
  const response = await post(receivers, brotliCompressSync(PROTOBUF), { 'content-encoding': encoding });
  expect(response.status).toBe(400);
  expect(decode(Status, await response.bytes())).toMatchObject({
    message: expect.stringContaining('Content-Encoding'),
  });
});

test('O6 O9 bodies over a megabyte come through every encoding', async () => {
  await using receivers = await startReceivers();
  const noise = randomBytes(1_500_000).toString('base64');
  const large = encode(
    ExportRequest,
    exportRequest({ body: { stringValue: 'x'.repeat(3_000_000) } }, { body: { stringValue: noise } }),
  );
  for (const [encoding, body] of [
    ['identity', large],
    ['gzip', gzipSync(large)],
    ['deflate', deflateSync(large)],
    ['zstd', zstdCompressSync(large)],
  ] as const) {
    expect((await post(receivers, body, { 'content-encoding': encoding })).status).toBe(200);
  }
  expect(receivers.ingest.records.length).toBe(8);
});

test('O7 chunked bodies without Content-Length', async () => {
  await using receivers = await startReceivers();
  const request = open(receivers, { headers: { 'content-type': 'application/json', 'transfer-encoding': 'chunked' } });
  for (const character of JSON_TEXT) request.write(character);
  request.end();
  expect((await answerOf(request)).status).toBe(200);
  expect(receivers.ingest.records.length).toBe(1);
});

test.each([
  ['no gzip at all', PROTOBUF, 'gzip'],
  ['truncated gzip', gzipSync(PROTOBUF).subarray(0, -5), 'gzip'],
  ['empty gzip', Buffer.alloc(0), 'gzip'],
  ['gzip with a wrong checksum', breakChecksum(gzipSync(PROTOBUF)), 'gzip'],
  ['large truncated gzip', gzipSync(randomBytes(2_000_000)).subarray(0, -5), 'gzip'],
  ['broken deflate', Buffer.from('not deflate'), 'deflate'],
  ['truncated zstd', zstdCompressSync(PROTOBUF).subarray(0, -5), 'zstd'],
  ['large truncated zstd', zstdCompressSync(randomBytes(2_000_000)).subarray(0, -5), 'zstd'],
  ['no zstd at all', PROTOBUF, 'zstd'],
])('O8 %s gets 400', async (_name, body, encoding) => {
  await using receivers = await startReceivers();
  const response = await post(receivers, body, { 'content-encoding': encoding });
  expect(response.status).toBe(400);
  expect(decode(Status, await response.bytes())).toMatchObject({
    code: 3,
    message: `the body is not valid ${encoding} data`,
  });
  expect(receivers.ingest.requests).toEqual([]);
});

function breakChecksum(bytes: Buffer): Buffer {
  const broken = Buffer.from(bytes);
  broken.fill(0xff, broken.length - 8, broken.length - 4);
  return broken;
}

test('O9 a body over the limit gets 413, whether its length is told or not, compressed or not', async () => {
  await using receivers = await startReceivers({ limits: { requestBytes: 10_000 } });
  const announced = await post(receivers, Buffer.alloc(100_000));
  expect(announced.status).toBe(413);
  expect(decode(Status, await announced.bytes())).toMatchObject({
    code: 8,
    message: expect.stringContaining('10000 bytes'),
  });
  const chunked = open(receivers, { headers: { 'content-type': 'application/json' } });
  for (let chunk = 0; chunk < 20; chunk++) chunked.write(Buffer.alloc(1000, ' '));
  chunked.end();
  expect((await answerOf(chunked)).status).toBe(413);
  for (const [encoding, body] of [
    ['gzip', gzipSync(Buffer.alloc(10_001))],
    ['deflate', deflateSync(Buffer.alloc(10_001))],
    ['zstd', zstdCompressSync(Buffer.alloc(10_001))],
  ] as const) {
    expect((await post(receivers, body, { 'content-encoding': encoding })).status).toBe(413);
  }
  expect((await post(receivers, gzipSync(Buffer.alloc(0)), { 'content-encoding': 'gzip' })).status).toBe(200);
});

test('O9 a client that waits for "100 Continue" is refused before it sends', async () => {
  await using receivers = await startReceivers({ limits: { requestBytes: 10_000 } });
  const headers = { 'content-type': 'application/x-protobuf', expect: '100-continue' };
  const large = open(receivers, { headers: { ...headers, 'content-length': 1_000_000 } });
  large.flushHeaders();
  expect((await answerOf(large)).status).toBe(413);
  large.destroy();
  const small = open(receivers, { headers: { ...headers, 'content-length': PROTOBUF.length } });
  small.flushHeaders();
  await once(small, 'continue');
  small.end(PROTOBUF);
  expect((await answerOf(small)).status).toBe(200);
});

test('O10 bombs of every kind are refused with 413, in bounded memory', async () => {
  await using receivers = await startReceivers({ limits: { requestBytes: 4 * 1024 * 1024 } });
  const zeros = Buffer.alloc(200 * 1024 * 1024);
  const bombs = { gzip: gzipSync(zeros), deflate: deflateSync(zeros), zstd: zstdCompressSync(zeros) };
  const before = process.memoryUsage().rss;
  let peak = 0;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().rss - before);
  }, 1);
  for (const [encoding, bomb] of Object.entries(bombs)) {
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => post(receivers, bomb, { 'content-encoding': encoding })),
    );
    // Four at once may also find no room beside each other.
    for (const answer of answers) expect([413, 503]).toContain(answer.status);
    expect((await post(receivers, bomb, { 'content-encoding': encoding })).status).toBe(413);
  }
  clearInterval(watch);
  expect(peak).toBeLessThan(100 * 1024 * 1024);
});

test('O14 a client gone in mid-body stores nothing, and gives its room back', async () => {
  await using receivers = await startReceivers({ limits: { requestBytes: 10_000 } });
  for (let client = 0; client < 5; client++) {
    const request = open(receivers, { headers: { 'content-type': 'application/json', 'content-length': 9000 } });
    request.on('error', () => {});
    request.write(`{"resourceLogs":[${' '.repeat(8000)}`);
    await expect.poll(() => receivers.metrics.render()).toMatch(/bytes_in_flight [1-9]/);
    request.destroy();
    await expect.poll(() => receivers.metrics.render()).toContain('bytes_in_flight 0');
  }
  expect(receivers.ingest.requests).toEqual([]);
  expect((await post(receivers, PROTOBUF)).status).toBe(200);
});

test('O14 O59 a client gone before its answer leaves nothing behind', async () => {
  const receivers = await startReceivers();
  const release = Promise.withResolvers<void>();
  receivers.ingest.gate = release.promise;
  const request = open(receivers, { headers: { 'content-type': 'application/x-protobuf' } });
  request.on('error', () => {});
  request.end(PROTOBUF);
  await expect.poll(() => receivers.ingest.requests.length).toBe(1);
  request.destroy();
  const closing = receivers[Symbol.asyncDispose]();
  // Long enough for our side to see the connection end; the outcome must be the same either way.
  await setTimeout(100);
  release.resolve();
  await closing;
  expect(receivers.metrics.render()).toContain('bytes_in_flight 0');
});

test('O22 bodies beyond what may be in flight get 503 with Retry-After', async () => {
  await using receivers = await startReceivers({ limits: { requestBytes: 10_000, inFlightBytes: 20_000 } });
  const slow = Array.from({ length: 2 }, () => {
    const request = open(receivers, { headers: { 'content-type': 'application/x-protobuf' } });
    request.on('error', () => {});
    request.write(Buffer.alloc(9_990));
    return request;
  });
  await expect.poll(() => receivers.metrics.render()).toContain('bytes_in_flight 19980');
  const refused = await post(receivers, PROTOBUF);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  for (const request of slow) request.destroy();
  await expect.poll(() => receivers.metrics.render()).toContain('bytes_in_flight 0');
  expect((await post(receivers, PROTOBUF)).status).toBe(200);
});
