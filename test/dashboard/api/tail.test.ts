import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import type { RecordJson } from '../../../dashboard/api/record-json.ts';
import { TailBuffer } from '../../../dashboard/api/tail-buffer.ts';
import { eventually } from '../../helpers/eventually.ts';
import { errorRecord, logRecord } from '../../helpers/records.ts';
import { type ApiServer, SETTINGS, startApi } from './api-server.ts';

/** One reader of a tail; it reads nothing it is not asked for. */
async function follow(api: ApiServer, parameters = ''): Promise<IncomingMessage> {
  const request = httpGet(`${api.url}/api/v1/tail${parameters}`);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response.setEncoding('utf8').on('error', () => {});
}

/** Reads on until what was read has so many complete records. */
async function readRecords(response: IncomingMessage, count: number): Promise<{ text: string; records: RecordJson[] }> {
  let text = '';
  for (;;) {
    const complete = text.slice(0, text.lastIndexOf('\n\n') + 1);
    const lines = complete.split('\n').filter((line) => line.startsWith('data: {"id"'));
    if (lines.length >= count) return { text, records: lines.map((line) => JSON.parse(line.slice(6)) as RecordJson) };
    const chunk: string | null = response.read();
    if (chunk === null) await once(response, 'readable');
    else text += chunk;
  }
}

test('a tail sends new records that match, one event each, with their ids', async () => {
  await using api = await startApi();
  await api.add(errorRecord({ body: 'was there before' }));
  const reader = await follow(api, '?q=level:error&service=shop');
  expect(reader.statusCode).toBe(200);
  expect(reader.headers['content-type']).toBe('text/event-stream');
  expect(reader.headers['cache-control']).toBe('no-store');
  const ids = await api.add(
    errorRecord({ body: 'one\n\ndata: forged' }),
    logRecord({ body: 'no match' }),
    errorRecord({ body: 'elsewhere', service: 'other' }),
    errorRecord({ body: 'two' }),
  );
  const { text, records } = await readRecords(reader, 2);
  expect(records.map(({ body }) => body)).toEqual(['one\n\ndata: forged', 'two']);
  expect(text).toContain(`id: ${ids[0]}\ndata: {`);
  expect(text).toMatch(/^: following\n\n/);
  expect(text).not.toMatch(/^data: forged/m);
  reader.destroy();
});

test('a tail too many is refused with 503, and one that ends makes room', async () => {
  await using api = await startApi();
  const readers = [await follow(api), await follow(api)];
  const refused = await api.get('/api/v1/tail');
  expect(refused.status).toBe(503);
  expect((await refused.json()) as object).toMatchObject({ detail: expect.stringContaining('limits.tails') });
  readers[0]!.destroy();
  await eventually(async () => {
    const next = await follow(api);
    readers.push(next);
    if (next.statusCode !== 200) throw new Error(`answered ${next.statusCode}`);
  });
  for (const reader of readers) reader.destroy();
});

test('a reader who leaves is no longer served', async () => {
  const listeners = new Set<unknown>();
  const live = {
    subscribe(listener: unknown) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  await using api = await startApi({ live, settings: { ...SETTINGS, limits: { tails: 1 } } });
  const reader = await follow(api);
  expect(listeners.size).toBe(1);
  reader.destroy();
  await eventually(async () => expect(listeners.size).toBe(0));
  expect(api.errors).toEqual([]);
});

test('a reader too slow loses records, is told how many, and others lose none', async () => {
  await using api = await startApi();
  const slow = await follow(api);
  const quick = await follow(api, '?q=-logger:filler');
  const total = 400;
  const filler = 'x'.repeat(100_000);
  for (let index = 0; index < total; index++) await api.add(logRecord({ logger: 'filler', body: filler }));
  await api.add(logRecord({ body: 'the last' }));
  expect((await readRecords(quick, 1)).records[0]!.body).toBe('the last');

  let text = '';
  slow.on('data', (chunk) => {
    text += chunk;
  });
  const dropped = await eventually(async () => {
    const event = /^event: dropped\ndata: (.*)$/m.exec(text);
    if (event === null) throw new Error('nothing said of dropped records');
    return (JSON.parse(event[1]!) as { count: number }).count;
  });
  const received = text.split('\n').filter((line) => line.startsWith('data: {"id"')).length;
  expect(dropped).toBeGreaterThan(0);
  expect(received + dropped).toBe(total + 1);
  slow.destroy();
  quick.destroy();
});

test('what waits for a reader is bounded, whatever comes', () => {
  const buffer = new TailBuffer();
  const record = { ...logRecord({ body: 'y'.repeat(1_000_000) }), id: '1' };
  for (let index = 0; index < 100; index++) buffer.offer(record);
  const text = String(buffer.read());
  expect(text.length).toBeLessThan(2_500_000);
  expect(text).toMatch(/event: dropped\ndata: \{"count":9\d\}\n\n$/);
  buffer.destroy();
  buffer.offer(record);
  expect(buffer.read()).toBeNull();
});
