import { expect, test } from 'vitest';
import type { RecordJson } from '../../dashboard/api/record-json.ts';
import { MATCH_ALL, type Query } from '../../receiver/query/tree.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { storageRecords } from '../../receiver/transfer/storage-records.ts';
import { batch, logRecord, MINUTE, SECOND } from '../helpers/records.ts';
import { createMemoryStore } from '../store/memory-store.ts';

const request = (query: Query) => ({ text: '', filter: { query } });

test('following a storage gives what others write into it, oldest first, each once, until aborted', async () => {
  const store = createMemoryStore();
  const write = (body: string, age: bigint) =>
    store.append([batch([logRecord({ body, timestamp: systemClock() - age })])]);
  await write('before', SECOND);
  const abort = new AbortController();
  const followed: RecordJson['body'][] = [];
  const following = (async () => {
    for await (const { body } of storageRecords(store).follow(request(MATCH_ALL), abort.signal)) {
      followed.push(body);
      if (body === 'last') abort.abort();
    }
  })();
  // What is written before the first look is not new, so something is written until it shows.
  let serial = 0;
  const writeAndLook = async () => {
    await write(`new ${serial++}`, 0n);
    return followed.length;
  };
  await expect.poll(writeAndLook, { interval: 200, timeout: 15_000 }).toBeGreaterThan(1);
  await write('late', 30n * SECOND);
  await write('too late', 2n * MINUTE);
  await expect.poll(() => followed, { timeout: 15_000 }).toContain('late');
  await write('last', 0n);
  await following;

  expect(new Set(followed).size).toBe(followed.length);
  expect(followed.at(-1)).toBe('last');
  expect(followed).not.toContain('before');
  expect(followed).not.toContain('too late');
  const numbers = followed.flatMap((body) => /^new (\d+)$/.exec(String(body))?.slice(1).map(Number) ?? []);
  expect(numbers).toEqual(Array.from({ length: serial - numbers[0]! }, (_, index) => numbers[0]! + index));
});

test('search and export page through a storage to their end', async () => {
  const store = createMemoryStore();
  const bodies = Array.from({ length: 1234 }, (_, index) => String(index));
  await store.append([batch(bodies.map((body, index) => logRecord({ body, timestamp: BigInt(index + 1) })))]);
  const source = storageRecords(store);
  const found = await Array.fromAsync(source.search(request(MATCH_ALL), 1100));
  expect(found.map(({ body }) => body)).toEqual(bodies.toReversed().slice(0, 1100));
  const exported = await Array.fromAsync(source.export(request(MATCH_ALL), 'ndjson'));
  expect(exported.map((line) => JSON.parse(String(line)).body)).toEqual(bodies.toReversed());
});
