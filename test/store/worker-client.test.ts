import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { WorkerClient, workerModule } from '../../receiver/store/embedded/worker-client.ts';
import type { Report } from '../../receiver/store/embedded/worker-protocol.ts';
import type { CountingMethods } from './counting-worker.ts';

function startClient(idleAfter?: number) {
  const reports: Report[] = [];
  const client = new WorkerClient<CountingMethods>({
    module: workerModule('counting-worker', import.meta.url),
    name: 'counter',
    workerData: null,
    onReport: (report) => reports.push(report),
    ...(idleAfter !== undefined && { idleAfter }),
  });
  return { client, reports };
}

test('a worker that nobody calls ends, silently, and the next call starts another', async () => {
  const { client, reports } = startClient(5);
  expect(await client.call('count', undefined)).toBe(1);
  while (client.isStarted) await delay(5);
  expect(await client.call('count', undefined)).toBe(1);
  expect(reports).toEqual([]);
  await client.close();
});

test('a call that takes longer than that keeps its worker', async () => {
  const { client } = startClient(5);
  expect(await client.call('countAfter', 100)).toBe(1);
  await client.close();
});

test('calls right behind one that was let go are answered by the next', async () => {
  const { client, reports } = startClient(0);
  for (let round = 0; round < 20; round++) {
    expect(await client.call('countAfter', round % 3)).toBeGreaterThan(0);
    await delay(round % 2);
  }
  expect(reports).toEqual([]);
  await client.close();
});

test('a worker stays that is told nothing of idleness', async () => {
  const { client } = startClient();
  expect(await client.call('count', undefined)).toBe(1);
  await delay(20);
  expect(await client.call('count', undefined)).toBe(2);
  await client.close();
  await expect(client.call('count', undefined)).rejects.toThrow('closed');
});
