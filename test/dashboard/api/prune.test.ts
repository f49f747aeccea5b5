import { expect, test } from 'vitest';
import { DAY, logRecord } from '../../helpers/records.ts';
import { type ApiServer, NOW, startApi } from './api-server.ts';

function prune(api: ApiServer, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return api.get('/api/v1/prune', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

async function withRecords(): Promise<ApiServer> {
  const api = await startApi();
  const aged = (nanos: bigint) => logRecord({ timestamp: NOW - nanos });
  await api.add(aged(8n * DAY), aged(7n * DAY + 1n), aged(7n * DAY), aged(1n));
  return api;
}

test('P36 prune removes what is strictly older, and a dry run counts the same', async () => {
  await using api = await withRecords();
  const dry = await prune(api, { days: 7, dryRun: true });
  expect(await dry.json()).toEqual({ removed: 2, olderThan: '2026-11-14T10:19:15.500000000Z', dryRun: true });
  expect(await api.json('logs')).toMatchObject({ results: { length: 4 } });
  const real = await prune(api, { days: 7, batchSize: 1 });
  expect(await real.json()).toMatchObject({ removed: 2, dryRun: false });
  expect(await api.json('logs')).toMatchObject({ results: { length: 2 } });
});

test.each([
  [{}, 'days'],
  [{ days: '7' }, 'days'],
  [{ days: -1 }, 'days'],
  [{ days: 1.5 }, 'days'],
  [{ days: 7, batchSize: 0 }, 'batchSize'],
  [{ days: 7, dryRun: 'no' }, 'dryRun'],
  [{ days: 7, dryrun: true }, 'dryrun'],
])('P36 prune with %j is refused, and removes nothing', async (body, parameter) => {
  await using api = await withRecords();
  const response = await prune(api, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ parameter });
  expect(await api.json('logs')).toMatchObject({ results: { length: 4 } });
});

test('P40 no page of another site can prune through a visitor’s browser', async () => {
  await using api = await withRecords();
  const refusals = [
    await prune(api, { days: 0 }, { 'Sec-Fetch-Site': 'cross-site' }),
    await prune(api, { days: 0 }, { 'Sec-Fetch-Site': 'same-site' }),
    await prune(api, { days: 0 }, { Origin: 'https://evil.example' }),
    await prune(api, { days: 0 }, { Origin: 'null' }),
  ];
  expect(refusals.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
  expect((await prune(api, '{"days":0}', { 'Content-Type': 'text/plain' })).status).toBe(415);
  expect(await api.json('logs')).toMatchObject({ results: { length: 4 } });
  expect((await prune(api, { days: 7 }, { Origin: api.url, 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
});

test('a body that is no JSON object, or a huge one, is refused', async () => {
  await using api = await withRecords();
  expect((await prune(api, '{"days":')).status).toBe(400);
  expect((await prune(api, '[7]')).status).toBe(400);
  expect((await prune(api, `{"days":7,"x":"${'x'.repeat(1_000_000)}"}`)).status).toBe(413);
});
