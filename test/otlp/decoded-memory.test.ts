import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { exportRequest } from './definitions.ts';
import { startReceivers, type TestReceivers } from './support.ts';

const MEGABYTE = 1_000_000;

function post(receivers: TestReceivers, json: string): Promise<Response> {
  const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
  return fetch(receivers.logsUrl, { method: 'POST', headers, body: new Uint8Array(gzipSync(json)) });
}

/** A request whose records weigh more than so many bytes once decoded, however few bytes it has itself. */
function heavyRequest(bytes: number): string {
  const records = `{}${',{}'.repeat(Math.ceil(bytes / 256))}`;
  return `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${records}]}]}]}`;
}

const LIGHT = JSON.stringify(exportRequest({ timeUnixNano: '1', body: { stringValue: 'hello' } }));

test('O10 a request that decodes to half of what all may take is refused for good', async () => {
  await using receivers = await startReceivers({ limits: { decodedBytes: 2 * MEGABYTE } });
  const refused = await post(receivers, heavyRequest(1.1 * MEGABYTE));
  expect(refused.status).toBe(413);
  expect(await refused.json()).toMatchObject({
    message: expect.stringContaining('more than 1000000 bytes of records'),
  });
  expect((await post(receivers, LIGHT)).status).toBe(200);
});

test('O10 O22 what all requests together decode to is bounded; who finds no room is told to come again', async () => {
  await using receivers = await startReceivers({ limits: { decodedBytes: 2 * MEGABYTE } });
  let open = () => {};
  receivers.ingest.gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const held = [post(receivers, heavyRequest(0.9 * MEGABYTE)), post(receivers, heavyRequest(0.9 * MEGABYTE))];
  await expect.poll(() => receivers.ingest.requests.length).toBe(2);

  const refused = await post(receivers, heavyRequest(0.9 * MEGABYTE));
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('1');
  const light = post(receivers, LIGHT);

  await expect.poll(() => receivers.ingest.requests.length).toBe(3);
  open();
  expect((await Promise.all([...held, light])).map(({ status }) => status)).toEqual([200, 200, 200]);
  expect((await post(receivers, heavyRequest(0.9 * MEGABYTE))).status).toBe(200);
});
