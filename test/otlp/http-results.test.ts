import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { IngestOutcome } from '../../receiver/ingest/ingest.ts';
import {
  BadRequest,
  decode,
  ExportRequest,
  ExportResponse,
  encode,
  exportRequest,
  RetryInfo,
  Status,
} from './definitions.ts';
import { type CollectingIngest, RECEIVED_AT, startReceivers, type TestReceivers } from './support.ts';

const RECORD = { timeUnixNano: '1700000000000000001', severityNumber: 9, body: { stringValue: 'hello' } };
const REQUEST = exportRequest(RECORD);

type Encoding = 'protobuf' | 'json';
const MEDIA_TYPES = { protobuf: 'application/x-protobuf', json: 'application/json' };
const ENCODINGS: Encoding[] = ['protobuf', 'json'];

function post(receivers: TestReceivers, encoding: Encoding, body: Buffer | string): Promise<Response> {
  const headers = { 'content-type': MEDIA_TYPES[encoding] };
  return fetch(receivers.logsUrl, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : new Uint8Array(body),
  });
}

const bytesOf = (encoding: Encoding, request: object) =>
  encoding === 'json' ? JSON.stringify(request) : encode(ExportRequest, request);

async function messageOf(
  type: typeof Status,
  encoding: Encoding,
  response: Response,
): Promise<Record<string, unknown>> {
  expect(response.headers.get('content-type')).toBe(MEDIA_TYPES[encoding]);
  const bytes = await response.bytes();
  return encoding === 'json' ? JSON.parse(Buffer.from(bytes).toString()) : decode(type, bytes);
}

test('O1 O2 O15 P1 protobuf with gzip and JSON on one port: stored alike, partial_success unset', async () => {
  await using receivers = await startReceivers();
  const protobuf = await fetch(receivers.logsUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
    body: new Uint8Array(gzipSync(encode(ExportRequest, REQUEST))),
  });
  const json = await fetch(receivers.logsUrl, {
    method: 'POST',
    headers: { 'content-type': 'Application/JSON; charset=utf-8' },
    body: JSON.stringify(REQUEST),
  });
  expect([protobuf.status, json.status]).toEqual([200, 200]);
  expect(await messageOf(ExportResponse, 'protobuf', protobuf)).toEqual({});
  expect(await messageOf(ExportResponse, 'json', json)).toEqual({});
  const [first, second] = receivers.ingest.records;
  expect(first).toMatchObject({ service: 'shop', logger: 'shop.cart', body: 'hello', timestamp: RECEIVED_AT + 1n });
  expect(second).toEqual(first);
});

test.each(ENCODINGS)('O16 an empty %s request is a success and stores nothing', async (encoding) => {
  await using receivers = await startReceivers();
  for (const request of [{}, { resourceLogs: [] }, exportRequest()]) {
    const response = await post(receivers, encoding, bytesOf(encoding, request));
    expect(response.status).toBe(200);
    expect(await messageOf(ExportResponse, encoding, response)).toEqual({});
  }
  expect(receivers.ingest.requests).toEqual([]);
});

test('O17 P2 a partly bad request: 200, exact count, a reason, and the good records stored', async () => {
  await using receivers = await startReceivers();
  const bad = { ...RECORD, traceId: 'no hex' };
  const response = await post(receivers, 'json', JSON.stringify(exportRequest(RECORD, bad, 'no record', RECORD)));
  expect(response.status).toBe(200);
  expect(await messageOf(ExportResponse, 'json', response)).toEqual({
    partialSuccess: {
      rejectedLogRecords: '2',
      errorMessage: '2 of 4 log records rejected; the first because: traceId "no hex" is not hex',
    },
  });
  expect(receivers.ingest.records.length).toBe(2);
});

test('O17 O54 P2 the same in protobuf: a record too heavy', async () => {
  await using receivers = await startReceivers();
  const attributes = Array.from({ length: 100_000 }, (_, index) => ({ key: String(index), value: {} }));
  const response = await post(receivers, 'protobuf', encode(ExportRequest, exportRequest(RECORD, { attributes })));
  expect(response.status).toBe(200);
  expect(await messageOf(ExportResponse, 'protobuf', response)).toEqual({
    partialSuccess: { rejectedLogRecords: '1', errorMessage: expect.stringContaining('larger than 4194304 bytes') },
  });
  expect(receivers.ingest.records.length).toBe(1);
});

test('O17 a request of bad records alone is still 200, and nothing is submitted', async () => {
  await using receivers = await startReceivers();
  const response = await post(receivers, 'json', JSON.stringify(exportRequest('a', 'b')));
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ partialSuccess: { rejectedLogRecords: '2' } });
  expect(receivers.ingest.requests).toEqual([]);
});

test.each(ENCODINGS)('O18 O54 a warning in %s: nothing rejected, and a message', async (encoding) => {
  await using receivers = await startReceivers({ limits: { valueBytes: 1024 } });
  const request = exportRequest({ body: { stringValue: 'x'.repeat(2000) } });
  const response = await post(receivers, encoding, bytesOf(encoding, request));
  const { partialSuccess } = await messageOf(ExportResponse, encoding, response);
  expect(partialSuccess).toMatchObject({ errorMessage: '1 value cut to 1024 bytes' });
  expect(Number((partialSuccess as { rejectedLogRecords?: string }).rejectedLogRecords ?? 0)).toBe(0);
  expect(receivers.ingest.records[0]?.body).toBe('x'.repeat(1024));
});

test.each<[Encoding, Buffer | string]>([
  ['protobuf', Buffer.from([0x0a, 0x05, 0x01])],
  ['json', '{"resourceLogs":['],
  ['json', '[]'],
  ['json', '{"resourceLogs":7}'],
  ['json', `{"resourceLogs":[{"x":${'['.repeat(1000)}`],
])('O5 O20 O21 undecodable %s gets 400 with a BadRequest', async (encoding, body) => {
  await using receivers = await startReceivers();
  const response = await post(receivers, encoding, body);
  expect(response.status).toBe(400);
  const status = await messageOf(Status, encoding, response);
  expect(status).toMatchObject({ code: 3, message: expect.any(String) });
  const [detail] = status.details as [Record<string, string>];
  if (encoding === 'json') {
    expect(detail).toEqual({
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ description: status.message }],
    });
  } else {
    expect(detail.type_url).toBe('type.googleapis.com/google.rpc.BadRequest');
    expect(decode(BadRequest, Buffer.from(detail.value ?? '', 'base64'))).toEqual({
      fieldViolations: [{ description: status.message }],
    });
  }
});

test.each<[string, IngestOutcome, number, number, string | null]>([
  ['storage away', { status: 'unavailable', retryAfterSeconds: 5, reason: 'the storage is away' }, 503, 14, '5'],
  ['away for long', { status: 'unavailable', retryAfterSeconds: 60, reason: 'the storage is away' }, 503, 14, '9'],
  ['overloaded', { status: 'overloaded', retryAfterSeconds: 0.2 }, 503, 14, '1'],
  ['failed for good', { status: 'failed', reason: 'the disk is broken' }, 500, 13, null],
])('O5 O19 O21 O22 P3 %s', async (_name, outcome, httpStatus, code, retryAfter) => {
  await using receivers = await startReceivers();
  receivers.ingest.outcome = outcome;
  for (const encoding of ENCODINGS) {
    const response = await post(receivers, encoding, bytesOf(encoding, REQUEST));
    expect(response.status).toBe(httpStatus);
    expect(response.headers.get('retry-after')).toBe(retryAfter);
    const status = await messageOf(Status, encoding, response);
    expect(status).toMatchObject({
      code,
      message: 'reason' in outcome ? outcome.reason : expect.stringContaining('full'),
    });
    if (encoding === 'protobuf' && retryAfter !== null) {
      const [detail] = status.details as [Record<string, string>];
      expect(detail.type_url).toBe('type.googleapis.com/google.rpc.RetryInfo');
      expect(decode(RetryInfo, Buffer.from(detail.value ?? '', 'base64'))).toEqual({
        retryDelay: { seconds: retryAfter },
      });
    }
  }
});

test('O19 a request with bad records is not partly successful when the rest cannot be stored', async () => {
  await using receivers = await startReceivers();
  receivers.ingest.outcome = { status: 'unavailable', retryAfterSeconds: 1, reason: 'the storage is away' };
  const response = await post(receivers, 'json', JSON.stringify(exportRequest(RECORD, 'bad')));
  expect(response.status).toBe(503);
});

test('O22 a fault of our own is 500, says nothing of it to clients, and goes to our log', async () => {
  await using receivers = await startReceivers();
  Object.assign(receivers.ingest, {
    submit: () => Promise.reject(new Error('secret detail')),
  } satisfies Partial<CollectingIngest>);
  const response = await post(receivers, 'json', JSON.stringify(REQUEST));
  expect(response.status).toBe(500);
  expect(await response.text()).not.toContain('secret');
  expect(receivers.log.join()).toContain('secret detail');
});

test('O11 answers stay small, however long the fault', async () => {
  await using receivers = await startReceivers();
  const bad = { ...RECORD, traceId: 'x'.repeat(1_000_000) };
  const response = await post(
    receivers,
    'json',
    JSON.stringify(exportRequest(...Array.from({ length: 20 }, () => bad))),
  );
  expect((await response.bytes()).length).toBeLessThan(2000);
});

test('O12 responses are not compressed', async () => {
  await using receivers = await startReceivers();
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'identity' };
  const response = await fetch(receivers.logsUrl, { method: 'POST', headers, body: JSON.stringify(REQUEST) });
  expect(response.headers.get('content-encoding')).toBe(null);
});

test('P9 O55 a retry has the same key, other bytes or another encoding another; records without a time have none', async () => {
  await using receivers = await startReceivers();
  const gzipped = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  const body = JSON.stringify(REQUEST);
  await post(receivers, 'json', body);
  await fetch(receivers.logsUrl, { method: 'POST', headers: gzipped, body: new Uint8Array(gzipSync(body)) });
  await post(receivers, 'json', `${body} `);
  await post(receivers, 'protobuf', encode(ExportRequest, REQUEST));
  await post(receivers, 'json', JSON.stringify(exportRequest(RECORD, { body: { stringValue: 'tick' } })));
  await post(receivers, 'json', JSON.stringify(exportRequest(RECORD, { observedTimeUnixNano: '5' })));
  const [first, retry, ...others] = receivers.ingest.requests.map((request) => request.batch.key);
  expect(first).toMatch(/^json:/);
  expect(retry).toBe(first);
  expect(others[2]).toBe(null);
  expect(new Set([first, ...others]).size).toBe(5);
});

test('O55 a large body has a key as well', async () => {
  await using receivers = await startReceivers();
  const body = JSON.stringify(exportRequest({ ...RECORD, body: { stringValue: 'x'.repeat(3_000_000) } }));
  await post(receivers, 'json', body);
  await post(receivers, 'json', body);
  const [first, second] = receivers.ingest.requests.map((request) => request.batch.key);
  expect(first).toMatch(/^json:/);
  expect(second).toBe(first);
});
