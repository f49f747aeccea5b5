/** Whatever comes in, by whatever way: the clear error that the specifications name, and the server goes on. */
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { searchAll } from '../helpers/api-client.ts';
import { type RunningServer, startServer } from '../helpers/server.ts';
import { decode, exportRequest, Status } from '../otlp/definitions.ts';

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const MEBIBYTE = 1024 * 1024;
const JSON_TYPE = { 'content-type': 'application/json' };
const PROTOBUF_TYPE = { 'content-type': 'application/x-protobuf' };
const GZIP = { 'content-encoding': 'gzip' };

let server: RunningServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

type Headers = Readonly<Record<string, string>>;

function post(body: string | Buffer, headers: Headers): Promise<Response> {
  const bytes = typeof body === 'string' ? body : new Uint8Array(body);
  return fetch(`${server.http}/v1/logs`, { method: 'POST', headers, body: bytes });
}

async function callGrpc(message: Buffer): Promise<ServiceError | null> {
  const asIs = (bytes: Buffer) => bytes;
  const client = new Client(server.grpc, credentials.createInsecure(), { 'grpc.max_send_message_length': -1 });
  try {
    return await new Promise((resolve) => {
      client.makeUnaryRequest(EXPORT, asIs, asIs, message, new Metadata(), {}, resolve);
    });
  } finally {
    client.close();
  }
}

function goodRequest(number: number): string {
  const timeUnixNano = `${Date.now()}000000`;
  return JSON.stringify(exportRequest({ timeUnixNano, severityNumber: 9, body: { stringValue: `good ${number}` } }));
}

/** So many bodies as can be asked for are in flight at once; a client that is told to come again does. */
async function postPatiently(body: string | Buffer, headers: Headers): Promise<Response> {
  for (;;) {
    const response = await post(body, headers);
    if (response.status !== 503) return response;
    await response.arrayBuffer();
  }
}

const nested = (depth: number): string =>
  JSON.stringify(exportRequest({})).replace(
    '{}]}]}]',
    `{"body":${'{"arrayValue":{"values":['.repeat(depth)}${']}}'.repeat(depth)}}]}]}]`,
  );

const BAD_REQUESTS: readonly (readonly [string, () => string | Buffer, Headers, number])[] = [
  ['malformed protobuf', () => Buffer.from([0x0a, 0x05, 0x01]), PROTOBUF_TYPE, 400],
  ['malformed JSON', () => '{"resourceLogs":[', JSON_TYPE, 400],
  ['JSON that is no object', () => '[]', JSON_TYPE, 400],
  ['deep nesting', () => nested(65), JSON_TYPE, 400],
  ['endless nesting', () => `{"resourceLogs":${'[{"x":'.repeat(100_000)}`, JSON_TYPE, 400],
  ['a wrong content type', () => 'hello', { 'content-type': 'text/plain' }, 415],
  ['an unknown encoding', () => '{}', { ...JSON_TYPE, 'content-encoding': 'br' }, 400],
  ['no gzip at all', () => '{}', { ...JSON_TYPE, ...GZIP }, 400],
  ['truncated gzip', () => gzipSync(goodRequest(0)).subarray(0, -5), { ...JSON_TYPE, ...GZIP }, 400],
  ['a gzip bomb', () => gzipSync(Buffer.alloc(300 * MEBIBYTE)), { ...PROTOBUF_TYPE, ...GZIP }, 413],
  ['a gzip bomb of records', () => gzipSync(bombOfRecords()), { ...JSON_TYPE, ...GZIP }, 413],
  ['a body of 100 MB', () => Buffer.alloc(100_000_000), PROTOBUF_TYPE, 413],
];

function bombOfRecords(): string {
  return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{}${',{}'.repeat(20_000_000)}]}]}]}`;
}

describe('beside good requests', () => {
  let isOver = false;
  let acknowledged = 0;
  let traffic: Promise<void>;
  beforeAll(() => {
    traffic = (async () => {
      for (; !isOver; acknowledged++) {
        const response = await postPatiently(goodRequest(acknowledged), JSON_TYPE);
        expect(await response.json()).toEqual({});
      }
    })();
  });

  test.each(
    BAD_REQUESTS,
  )('O5 O8 O21 %s gets its error, in the encoding of the request', async (_name, body, headers, code) => {
    const response = await postPatiently(body(), headers);
    expect(response.status).toBe(code);
    const isProtobuf = headers['content-type'] === 'application/x-protobuf';
    expect(response.headers.get('content-type')).toBe(isProtobuf ? 'application/x-protobuf' : 'application/json');
    const bytes = Buffer.from(await response.arrayBuffer());
    const answer = isProtobuf ? decode(Status, bytes) : JSON.parse(bytes.toString());
    expect(answer).toMatchObject({ code: expect.any(Number), message: expect.stringMatching(/^[^\n]{5,200}$/) });
  });

  test('O24 O27 malformed and oversized messages over gRPC get theirs', async () => {
    expect(await callGrpc(Buffer.from([0x0a, 0x05, 0x01]))).toMatchObject({ code: status.INVALID_ARGUMENT });
    expect(await callGrpc(Buffer.alloc(65 * MEBIBYTE))).toMatchObject({ code: status.RESOURCE_EXHAUSTED });
  });

  test('O52 invalid UTF-8 is stored with U+FFFD in its place', async () => {
    const request = JSON.stringify(
      exportRequest({ timeUnixNano: `${Date.now()}000000`, body: { stringValue: 'utf-8: ??' } }),
    );
    const bytes = Buffer.from(request);
    bytes.fill(0xff, bytes.indexOf('??'), bytes.indexOf('??') + 2);
    expect((await postPatiently(bytes, JSON_TYPE)).status).toBe(200);
    expect(await searchAll(server.dashboard, '"utf-8: "')).toMatchObject([{ body: 'utf-8: \ufffd\ufffd' }]);
  });

  test('a query that does not parse, an unknown page and parameters that are none get theirs', async () => {
    const answer = async (path: string) => {
      const response = await fetch(`${server.dashboard}${path}`);
      return [response.status, await response.text()] as const;
    };
    const [code, problem] = await answer(`/api/v1/logs?q=${encodeURIComponent('level:error AND (')}`);
    expect(code).toBe(400);
    expect(JSON.parse(problem)).toMatchObject({
      parameter: 'q',
      position: expect.any(Number),
      detail: expect.any(String),
    });
    for (const path of ['/api/v1/logs?limit=many', '/api/v1/logs?cursor=x', '/api/v1/histogram?buckets=100000']) {
      expect((await answer(path))[0], path).toBe(400);
    }
    expect((await answer('/logs?q=%28'))[0]).toBe(400);
    for (const path of ['/nowhere', '/logs/nowhere', '/api/v1/nowhere', '/logs/%00%ff']) {
      expect((await answer(path))[0], path).toBeOneOf([400, 404]);
    }
  });

  test('a hostile log line is shown as what it is', async () => {
    const hostile = '</td><script>alert(1)</script><img src=x onerror=alert(2)>\u202e\u0000\u001b[31m';
    const attributes = [{ key: '"><script>alert(3)</script>', value: { stringValue: hostile } }];
    const timeUnixNano = `${Date.now()}000000`;
    const request = exportRequest({ timeUnixNano, severityNumber: 17, body: { stringValue: hostile }, attributes });
    const bytes = JSON.stringify(request).replaceAll('shop.cart', '<script>alert(4)</script>');
    expect((await postPatiently(bytes, JSON_TYPE)).status).toBe(200);
    const [record] = await searchAll(server.dashboard, 'alert');
    expect(record?.body).toBe(hostile);
    for (const path of ['/', '/logs', `/logs?record=${record!.id}`, `/logs/${record!.id}`, '/alerts']) {
      const response = await fetch(`${server.dashboard}${path}`);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-security-policy')).not.toContain('unsafe-inline');
      const html = await response.text();
      expect(html, path).not.toMatch(/<script>|<img/);
    }
  });

  test('O10 the good requests are all there, each once, and memory stayed bounded', async () => {
    isOver = true;
    await traffic;
    const bodies = (await searchAll(server.dashboard, 'body:good*')).map(({ body }) => body);
    expect(bodies.sort()).toEqual(Array.from({ length: acknowledged }, (_, index) => `good ${index}`).sort());
    expect(server.stderr()).not.toMatch(/ error /);
    if (process.platform !== 'linux') return;
    const [, peakKilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${server.process.pid}/status`, 'utf8'))!;
    expect(Number(peakKilobytes)).toBeLessThan(2_000_000);
  });
});
