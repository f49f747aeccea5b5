import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import type { RecordJson } from '../../../dashboard/api/record-json.ts';
import { StoreUnavailableError } from '../../../receiver/store/errors.ts';
import type { LogStore } from '../../../receiver/store/store.ts';
import { eventually } from '../../helpers/eventually.ts';
import { batch, errorRecord, logRecord, MILLISECOND } from '../../helpers/records.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { NOW, startApi } from './api-server.ts';

const line = (index: number) => logRecord({ timestamp: NOW - BigInt(index) * MILLISECOND, body: `line ${index}` });
const lines = (count: number) => Array.from({ length: count }, (_, index) => line(index));

test('an export has everything that matches, page after page, newest first', async () => {
  await using api = await startApi();
  await api.add(...lines(1201), errorRecord());
  const response = await api.get('/api/v1/export?q=line');
  expect(response.headers.get('content-type')).toBe('application/x-ndjson');
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="logvitals-2026-11-21.ndjson"');
  const records = (await response.text()).trimEnd().split('\n');
  const bodies = records.map((text) => (JSON.parse(text) as RecordJson).body);
  expect(bodies).toEqual(Array.from({ length: 1201 }, (_, index) => `line ${index}`));
});

test('an export of nothing is empty but for what the format begins with', async () => {
  await using api = await startApi();
  expect(await (await api.get('/api/v1/export')).text()).toBe('');
  expect(await (await api.get('/api/v1/export?format=otlp')).text()).toBe('');
  const csv = await api.get('/api/v1/export?format=csv');
  expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(await csv.text()).toBe(
    'id,timestamp,level,severityNumber,service,logger,body,traceId,spanId,eventName,attributes,resource\r\n',
  );
});

test('CSV quotes what needs it, and no field can be run as a formula', async () => {
  await using api = await startApi();
  const [id] = await api.add(
    logRecord({
      service: '@shop',
      logger: '+cart',
      body: '=HYPERLINK("http://evil","a, b")\r\nnext',
      severityText: '-AUDIT',
      attributes: { k: 'a,"b"' },
    }),
  );
  const text = await (await api.get('/api/v1/export?format=csv')).text();
  expect(text.slice(text.indexOf('\r\n') + 2)).toBe(
    `${id},2026-11-20T12:00:00.000000000Z,'-AUDIT,9,'@shop,'+cart,"'=HYPERLINK(""http://evil"",""a, b"")\r\nnext",,,,` +
      `"{""k"":""a,\\""b\\""""}","{""service.name"":""@shop""}"\r\n`,
  );
});

test('OTLP lines hold a whole export request each', async () => {
  await using api = await startApi();
  await api.add(logRecord({ body: 7n, timestamp: NOW }));
  const text = await (await api.get('/api/v1/export?format=otlp')).text();
  const { resourceLogs } = JSON.parse(text) as { resourceLogs: { scopeLogs: { logRecords: object[] }[] }[] };
  expect(resourceLogs[0]!.scopeLogs[0]!.logRecords[0]).toMatchObject({
    timeUnixNano: String(NOW),
    body: { intValue: '7' },
  });
});

async function storeOf(count: number): Promise<LogStore> {
  const store = createMemoryStore();
  await store.append([batch(lines(count).map((record) => ({ ...record, body: 'x'.repeat(20_000) })))]);
  return store;
}

async function beginExport(url: string): Promise<IncomingMessage> {
  const request = httpGet(`${url}/api/v1/export`);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

test('an export reads no faster than its client, and stops when the client leaves', async () => {
  const store = await storeOf(3000);
  let searches = 0;
  let aborted = false;
  const counting: LogStore = {
    ...store,
    search(request) {
      searches += 1;
      request.signal?.addEventListener('abort', () => {
        aborted = true;
      });
      return store.search(request);
    },
  };
  await using api = await startApi({ store: counting });
  const response = await beginExport(api.url);
  await once(response, 'readable');
  // Six pages of 10 MB: while nobody reads, buffers hold some, never all.
  response.destroy();
  await eventually(async () => expect(aborted).toBe(true));
  expect(searches).toBeLessThan(6);
  expect(api.errors).toEqual([]);
});

test('an export that the storage fails breaks off, so that it is not taken for whole', async () => {
  const store = await storeOf(1500);
  let searches = 0;
  const failing: LogStore = {
    ...store,
    search(request) {
      searches += 1;
      if (searches > 1) return Promise.reject(new StoreUnavailableError('gone'));
      return store.search(request);
    },
  };
  await using api = await startApi({ store: failing });
  const response = await api.get('/api/v1/export');
  expect(response.status).toBe(200);
  await expect(response.text()).rejects.toThrow();
  expect(api.errors).toEqual(['an export was broken off: gone']);
  expect(api.koaErrors).toEqual([]);
});

test('readers who take nothing hold at most so many exports open; when one leaves, another comes in', async () => {
  await using api = await startApi();
  // More than sockets hold by themselves.
  const large = 'x'.repeat(200_000);
  await api.add(...Array.from({ length: 100 }, (_, index) => ({ ...line(index), body: large })));
  const open = (): Promise<IncomingMessage> =>
    new Promise((resolve, reject) =>
      httpGet(`${api.url}/api/v1/export`, { agent: false }, resolve).on('error', reject),
    );
  const readers = await Promise.all(Array.from({ length: 16 }, open));
  expect(readers.map(({ statusCode }) => statusCode)).toEqual(readers.map(() => 200));
  const refused = await api.get('/api/v1/export');
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('5');
  await refused.body?.cancel();
  readers[0]!.destroy();
  await eventually(async () => {
    const next = await open();
    if (next.statusCode === 200) readers.push(next);
    else next.resume();
    expect(next.statusCode).toBe(200);
  });
  for (const reader of readers) reader.destroy();
});
