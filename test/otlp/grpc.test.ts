import { once } from 'node:events';
import { connect, constants } from 'node:http2';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { expect, test } from 'vitest';
import {
  BadRequest,
  decode,
  ExportRequest,
  ExportResponse,
  encode,
  exportRequest,
  HealthCheckRequest,
  HealthCheckResponse,
  RetryInfo,
  Status,
} from './definitions.ts';
import { RECEIVED_AT, startReceivers, type TestReceivers } from './support.ts';

const EXPORT = '/opentelemetry.proto.collector.logs.v1.LogsService/Export';
const RECORD = { timeUnixNano: '1700000000000000001', severityNumber: 9, body: { stringValue: 'hello' } };
const REQUEST = encode(ExportRequest, exportRequest(RECORD));

interface Call {
  readonly path?: string;
  readonly metadata?: Record<string, string>;
  readonly deadline?: number;
  readonly compression?: 0 | 1 | 2;
}

/** One unary call with the bytes as they are; gives the answer's bytes or the error. */
async function call(receivers: TestReceivers, message: Buffer, options: Call = {}): Promise<Buffer | ServiceError> {
  const asIs = (bytes: Buffer) => bytes;
  const metadata = new Metadata();
  for (const [key, value] of Object.entries(options.metadata ?? {})) metadata.set(key, value);
  const client = new Client(receivers.grpc.address, credentials.createInsecure(), {
    'grpc.default_compression_algorithm': options.compression ?? 0,
    'grpc.max_send_message_length': -1,
  });
  const callOptions = options.deadline === undefined ? {} : { deadline: Date.now() + options.deadline };
  try {
    return await new Promise<Buffer | ServiceError>((resolve) => {
      client.makeUnaryRequest(options.path ?? EXPORT, asIs, asIs, message, metadata, callOptions, (error, answer) =>
        resolve(error ?? answer ?? Buffer.alloc(0)),
      );
    });
  } finally {
    client.close();
  }
}

async function errorOf(...parameters: Parameters<typeof call>): Promise<ServiceError> {
  const answer = await call(...parameters);
  expect(answer).toBeInstanceOf(Error);
  return answer as ServiceError;
}

function statusDetails(error: ServiceError): Record<string, unknown> {
  return decode(Status, error.metadata.get('grpc-status-details-bin')[0] as Buffer);
}

test('O1 O15 O31 P1 an export is stored as over HTTP, and partial_success stays unset', async () => {
  await using receivers = await startReceivers();
  expect(decode(ExportResponse, (await call(receivers, REQUEST)) as Buffer)).toEqual({});
  const headers = { 'content-type': 'application/x-protobuf' };
  await fetch(receivers.logsUrl, { method: 'POST', headers, body: new Uint8Array(REQUEST) });
  const [grpc, http] = receivers.ingest.requests;
  expect(grpc?.batch.records[0]).toMatchObject({ service: 'shop', logger: 'shop.cart', timestamp: RECEIVED_AT + 1n });
  expect(http).toEqual(grpc);
});

test('O16 an empty request is a success', async () => {
  await using receivers = await startReceivers();
  expect(decode(ExportResponse, (await call(receivers, Buffer.alloc(0))) as Buffer)).toEqual({});
  expect(receivers.ingest.requests).toEqual([]);
});

test('O17 P2 a partly bad request has its exact count', async () => {
  await using receivers = await startReceivers();
  const attributes = Array.from({ length: 100_000 }, (_, index) => ({ key: String(index), value: {} }));
  const answer = await call(receivers, encode(ExportRequest, exportRequest(RECORD, { attributes })));
  expect(decode(ExportResponse, answer as Buffer)).toMatchObject({ partialSuccess: { rejectedLogRecords: '1' } });
  expect(receivers.ingest.records.length).toBe(1);
});

test('O20 O24 a malformed message gets INVALID_ARGUMENT with a BadRequest', async () => {
  await using receivers = await startReceivers();
  const error = await errorOf(receivers, Buffer.from([0x0a, 0x05, 0x01]));
  expect(error.code).toBe(status.INVALID_ARGUMENT);
  const details = statusDetails(error);
  expect(details).toMatchObject({ code: 3, message: error.details });
  const [detail] = details.details as [{ type_url: string; value: string }];
  expect(detail.type_url).toBe('type.googleapis.com/google.rpc.BadRequest');
  expect(decode(BadRequest, Buffer.from(detail.value, 'base64'))).toEqual({
    fieldViolations: [{ description: error.details }],
  });
});

test('O19 O25 P3 storage away or a full queue get UNAVAILABLE with RetryInfo', async () => {
  await using receivers = await startReceivers();
  for (const outcome of [
    { status: 'unavailable', retryAfterSeconds: 3, reason: 'the storage is away' },
    { status: 'overloaded', retryAfterSeconds: 3 },
  ] as const) {
    receivers.ingest.outcome = outcome;
    const error = await errorOf(receivers, REQUEST);
    expect(error.code).toBe(status.UNAVAILABLE);
    const [detail] = statusDetails(error).details as [{ type_url: string; value: string }];
    expect(detail.type_url).toBe('type.googleapis.com/google.rpc.RetryInfo');
    expect(decode(RetryInfo, Buffer.from(detail.value, 'base64'))).toEqual({ retryDelay: { seconds: '3' } });
  }
});

test('O25 messages beyond what may be in flight get UNAVAILABLE with RetryInfo', async () => {
  await using receivers = await startReceivers({ limits: { inFlightBytes: 10 } });
  const error = await errorOf(receivers, REQUEST);
  expect(error.code).toBe(status.UNAVAILABLE);
  expect(statusDetails(error)).toHaveProperty('details');
  expect(receivers.ingest.requests).toEqual([]);
});

test('O22 a storage that refuses for good gets INTERNAL, without RetryInfo', async () => {
  await using receivers = await startReceivers();
  receivers.ingest.outcome = { status: 'failed', reason: 'the disk is broken' };
  const error = await errorOf(receivers, REQUEST);
  expect(error).toMatchObject({ code: status.INTERNAL, details: 'the disk is broken' });
  expect(statusDetails(error)).not.toHaveProperty('details');
});

test('O9 O26 O27 a message over the limit, compressed or not, gets RESOURCE_EXHAUSTED without RetryInfo', async () => {
  await using receivers = await startReceivers({ limits: { requestBytes: 100_000 } });
  for (const compression of [0, 2] as const) {
    const error = await errorOf(receivers, Buffer.alloc(100_001), { compression });
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(error.metadata.get('grpc-status-details-bin')).toEqual([]);
  }
});

test('O26 a request that would decode to too much gets RESOURCE_EXHAUSTED without RetryInfo', async () => {
  await using receivers = await startReceivers({ limits: { requestBytes: 100_000 } });
  const error = await errorOf(
    receivers,
    encode(ExportRequest, exportRequest(...Array.from({ length: 10_000 }, () => ({})))),
  );
  expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
  expect(statusDetails(error)).not.toHaveProperty('details');
});

test('O27 messages of tens of megabytes arrive', async () => {
  await using receivers = await startReceivers();
  const records = Array.from({ length: 20 }, () => ({ ...RECORD, body: { stringValue: 'x'.repeat(1_000_000) } }));
  for (const compression of [0, 2] as const) {
    expect(await call(receivers, encode(ExportRequest, exportRequest(...records)), { compression })).toBeInstanceOf(
      Buffer,
    );
  }
  expect(receivers.ingest.records.length).toBe(40);
});

test('O28 deflate and gzip are understood', async () => {
  await using receivers = await startReceivers();
  for (const compression of [1, 2] as const)
    expect(await call(receivers, REQUEST, { compression })).toBeInstanceOf(Buffer);
  expect(receivers.ingest.records.length).toBe(2);
});

test('O28 zstd is understood, small or large; broken or bombs of it are refused', async () => {
  await using receivers = await startReceivers({ limits: { requestBytes: 4_000_000 } });
  const large = encode(ExportRequest, exportRequest({ body: { stringValue: 'x'.repeat(3_000_000) } }));
  for (const message of [REQUEST, large]) {
    const { headers, trailers } = await rawCall(receivers, 'zstd', zstdCompressSync(message));
    expect(headers['grpc-accept-encoding']).toBe('identity,deflate,gzip,zstd');
    expect(trailers['grpc-status']).toBe(String(status.OK));
  }
  expect(receivers.ingest.records.length).toBe(2);
  const broken = await rawCall(receivers, 'zstd', zstdCompressSync(REQUEST).subarray(0, -5));
  expect(broken.trailers['grpc-status']).toBe(String(status.INVALID_ARGUMENT));
  const bomb = await rawCall(receivers, 'zstd', zstdCompressSync(Buffer.alloc(4_000_001)));
  expect(bomb.trailers['grpc-status']).toBe(String(status.RESOURCE_EXHAUSTED));
});

test('O28 other encodings get UNIMPLEMENTED with grpc-accept-encoding', async () => {
  await using receivers = await startReceivers();
  const { headers, trailers } = await rawCall(receivers, 'snappy', REQUEST);
  expect(headers['grpc-accept-encoding']).toBe('identity,deflate,gzip,zstd');
  expect(trailers['grpc-status']).toBe(String(status.UNIMPLEMENTED));
});

test('O28 broken gzip is refused, and not retried', async () => {
  await using receivers = await startReceivers();
  const { trailers } = await rawCall(receivers, 'gzip', gzipSync(REQUEST).subarray(0, -5));
  expect(trailers['grpc-status']).toBe(String(status.INTERNAL));
  expect(receivers.ingest.requests).toEqual([]);
});

/** A gRPC call on bare HTTP/2, for encodings that no client here has. */
async function rawCall(receivers: TestReceivers, encoding: string, compressed: Buffer) {
  const session = connect(`http://${receivers.grpc.address}`);
  const stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: EXPORT,
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-encoding': encoding,
  });
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(1, 0);
  prefix.writeUInt32BE(compressed.length, 1);
  stream.end(Buffer.concat([prefix, compressed]));
  const [[headers], [trailers]] = await Promise.all([
    once(stream, 'response'),
    once(stream, 'trailers'),
    stream.resume(),
  ]);
  session.close();
  return { headers, trailers };
}

test('O23 O29 no token gets UNAUTHENTICATED, one without the right PERMISSION_DENIED', async () => {
  const authorize = (authorization: string | undefined) =>
    authorization === 'Bearer good' ? 'granted' : authorization === 'Bearer reader' ? 'forbidden' : 'unauthenticated';
  await using receivers = await startReceivers({ authorize });
  const send = (authorization?: string) =>
    call(receivers, REQUEST, authorization ? { metadata: { authorization } } : {});
  expect(await send()).toMatchObject({ code: status.UNAUTHENTICATED });
  expect(await send('Bearer bad')).toMatchObject({ code: status.UNAUTHENTICATED });
  expect(await send('Bearer reader')).toMatchObject({ code: status.PERMISSION_DENIED });
  expect(await send('Bearer good')).toBeInstanceOf(Buffer);
  expect(receivers.ingest.requests.length).toBe(1);
});

test("O30 P9 a write that outlives the client's deadline is stored, and its retry has the same key", async () => {
  await using receivers = await startReceivers();
  const release = Promise.withResolvers<void>();
  receivers.ingest.gate = release.promise;
  const timedOut = await errorOf(receivers, REQUEST, { deadline: 300 });
  expect(timedOut.code).toBe(status.DEADLINE_EXCEEDED);
  release.resolve();
  expect(await call(receivers, REQUEST)).toBeInstanceOf(Buffer);
  const keys = receivers.ingest.requests.map((request) => request.batch.key);
  expect(keys.length).toBe(2);
  expect(keys[1]).toBe(keys[0]);
});

test('O31 many calls at once', async () => {
  await using receivers = await startReceivers();
  const answers = await Promise.all(Array.from({ length: 100 }, () => call(receivers, REQUEST)));
  expect(answers.every(Buffer.isBuffer)).toBe(true);
  expect(receivers.ingest.records.length).toBe(100);
});

test('O31 O58 the health service answers without a token, and knows what it serves', async () => {
  await using receivers = await startReceivers({ authorize: () => 'unauthenticated' });
  const check = (service: string) =>
    call(receivers, encode(HealthCheckRequest, { service }), { path: '/grpc.health.v1.Health/Check' });
  for (const service of ['', 'opentelemetry.proto.collector.logs.v1.LogsService']) {
    expect(decode(HealthCheckResponse, (await check(service)) as Buffer)).toEqual({ status: 1 });
  }
  expect(await check('other')).toMatchObject({ code: status.NOT_FOUND });
  const malformed = await call(receivers, Buffer.from([0x0a, 9]), { path: '/grpc.health.v1.Health/Check' });
  expect(malformed).toMatchObject({ code: status.INVALID_ARGUMENT });
});

test('O31 O59 watchers of health are told when the server closes, and do not hold it open', async () => {
  const receivers = await startReceivers();
  const asIs = (bytes: Buffer) => bytes;
  const client = new Client(receivers.grpc.address, credentials.createInsecure());
  const message = encode(HealthCheckRequest, { service: '' });
  const watch = client.makeServerStreamRequest('/grpc.health.v1.Health/Watch', asIs, asIs, message);
  const seen: unknown[] = [];
  watch.on('data', (bytes: Buffer) => seen.push(decode(HealthCheckResponse, bytes)));
  const ended = once(watch, 'end');
  await expect.poll(() => seen.length).toBe(1);
  await receivers[Symbol.asyncDispose]();
  await ended;
  client.close();
  expect(seen).toEqual([{ status: 1 }, { status: 2 }]);
});

test('O56 traces, metrics and unknown services get UNIMPLEMENTED; the first two are said once in the log', async () => {
  await using receivers = await startReceivers();
  for (const signal of ['trace', 'metrics']) {
    const name = signal === 'trace' ? 'TraceService' : 'MetricsService';
    const path = `/opentelemetry.proto.collector.${signal}.v1.${name}/Export`;
    for (let time = 0; time < 2; time++) {
      expect(await call(receivers, REQUEST, { path })).toMatchObject({ code: status.UNIMPLEMENTED });
    }
    expect(receivers.log.filter((line) => line.includes(path)).length).toBe(1);
  }
  expect(await call(receivers, REQUEST, { path: '/a.B/C' })).toMatchObject({ code: status.UNIMPLEMENTED });
  expect(receivers.ingest.requests).toEqual([]);
});

test('O59 closing answers what was accepted', async () => {
  const receivers = await startReceivers();
  const release = Promise.withResolvers<void>();
  receivers.ingest.gate = release.promise;
  const accepted = call(receivers, REQUEST);
  await expect.poll(() => receivers.ingest.requests.length).toBe(1);
  const closing = receivers[Symbol.asyncDispose]();
  release.resolve();
  expect(await accepted).toBeInstanceOf(Buffer);
  await closing;
});

test('O59 closing does not wait for a client that never ends its message', async () => {
  const receivers = await startReceivers();
  const session = connect(`http://${receivers.grpc.address}`);
  session.on('error', () => {});
  const headers = { ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc', te: 'trailers' };
  const stream = session.request(headers);
  stream.on('error', () => {});
  stream.write(Buffer.from([0, 0, 0, 0, 9, 1]));
  await once(stream, 'response');
  const closed = new Promise((resolve) => stream.on('close', resolve));
  await receivers[Symbol.asyncDispose]();
  await closed;
  expect(receivers.ingest.requests).toEqual([]);
});

test('O25 O30 a message counts as in flight while it arrives; what has no room is refused before it is whole', async () => {
  await using receivers = await startReceivers({ limits: { inFlightBytes: 100_000 } });
  const session = connect(`http://${receivers.grpc.address}`);
  const headers = { ':method': 'POST', ':path': EXPORT, 'content-type': 'application/grpc', te: 'trailers' };
  const open = () => {
    const stream = session.request(headers);
    stream.on('error', () => {});
    // The framing of a message of a megabyte, and a part of it.
    stream.write(Buffer.concat([Buffer.from([0, 0, 0x10, 0, 0]), Buffer.alloc(60_000)]));
    return stream;
  };
  const first = open();
  await once(first, 'response');
  const inFlight = () => Number(/^logvitals_otlp_bytes_in_flight (\d+)/m.exec(receivers.metrics.render())![1]);
  while (inFlight() < 60_000) await delay(5);
  const second = open();
  const [trailers] = await once(second, 'trailers');
  expect(trailers).toMatchObject({ 'grpc-status': '14' });
  expect(inFlight()).toBe(60_005);
  first.close();
  while (inFlight() > 0) await delay(5);
  session.destroy();
});

test('a port that is taken fails the start, and is named', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  await expect(startReceivers({ grpcPort: port })).rejects.toThrow(`cannot listen for OTLP/gRPC on 127.0.0.1:${port}`);
  other.close();
});
