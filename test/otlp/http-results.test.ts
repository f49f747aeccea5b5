import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { decode, ExportRequest, ExportResponse, encode, exportRequest } from './definitions.ts';
import { RECEIVED_AT, startReceivers } from './support.ts';

const REQUEST = exportRequest({
  timeUnixNano: '1700000000000000001',
  severityNumber: 9,
  body: { stringValue: 'hello' },
});

test('O1 O2 O15 P1 protobuf and JSON on one port: stored, and partial_success unset', async () => {
  await using receivers = await startReceivers();
  const protobuf = await fetch(receivers.logsUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
    body: gzipSync(encode(ExportRequest, REQUEST)),
  });
  const json = await fetch(receivers.logsUrl, {
    method: 'POST',
    headers: { 'content-type': 'Application/JSON; charset=utf-8' },
    body: JSON.stringify(REQUEST),
  });
  expect([protobuf.status, json.status]).toEqual([200, 200]);
  expect(decode(ExportResponse, await protobuf.bytes())).toEqual({});
  expect(await json.json()).toEqual({});
  const [first, second] = receivers.ingest.records;
  expect(first).toMatchObject({ service: 'shop', logger: 'shop.cart', body: 'hello', timestamp: RECEIVED_AT + 1n });
  expect(second).toEqual(first);
});
