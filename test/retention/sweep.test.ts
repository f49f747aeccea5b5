import { describe, expect, onTestFinished, test } from 'vitest';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { pruneOnce, type RetentionOptions, startRetention } from '../../receiver/retention/sweep.ts';
import type { LogStore, PruneRequest } from '../../receiver/store/store.ts';
import { eventually } from '../helpers/eventually.ts';
import { batch, DAY, logRecord, NOON } from '../helpers/records.ts';
import { createMemoryContents, createMemoryStore, type MemoryStoreOptions } from '../store/memory-store.ts';

/** A memory store with records of the given ages, its prune requests written down. */
async function storeWith(ages: readonly bigint[], options: MemoryStoreOptions = {}) {
  const contents = createMemoryContents();
  const store = createMemoryStore({ ...options, contents });
  await store.append([batch(ages.map((age) => logRecord({ timestamp: NOON - age })))]);
  const requests: PruneRequest[] = [];
  const prune: LogStore['prune'] = (request) => {
    requests.push(request);
    return store.prune(request);
  };
  return { prune, requests, remaining: () => contents.records.map(({ timestamp }) => NOON - timestamp) };
}

/** Sweeps every few milliseconds until the test has finished. */
function sweepOften(options: Pick<RetentionOptions, 'store'>) {
  const lines: string[] = [];
  const retention = startRetention({
    ...options,
    days: 90,
    batchSize: 5000,
    interval: 2,
    now: () => NOON,
    diagnostics: createDiagnostics((line) => lines.push(line)),
  });
  onTestFinished(() => retention.close());
  return { retention, lines };
}

describe('the retention policy', () => {
  test('P36 removes what is strictly older than so many days', async () => {
    const store = await storeWith([90n * DAY + 1n, 90n * DAY, DAY]);
    const policy = { store, days: 90, batchSize: 5000, now: () => NOON };
    expect(await pruneOnce(policy)).toEqual({ removed: 1 });
    expect(store.remaining()).toEqual([90n * DAY, DAY]);
  });

  test('P36 a dry run counts what a run removes and removes nothing', async () => {
    const store = await storeWith([8n * DAY, 7n * DAY + 1n, 7n * DAY]);
    const policy = { store, days: 7, batchSize: 100, now: () => NOON };
    expect(await pruneOnce({ ...policy, dryRun: true })).toEqual({ removed: 2 });
    expect(store.remaining()).toHaveLength(3);
    expect(await pruneOnce(policy)).toEqual({ removed: 2 });
  });

  test('P36 hands the batch size on, so that ingest goes on between batches', async () => {
    const store = await storeWith([]);
    await pruneOnce({ store, days: 1, batchSize: 123, now: () => NOON });
    expect(store.requests).toMatchObject([{ olderThan: NOON - DAY, batchSize: 123, dryRun: false }]);
  });
});

describe('the sweep', () => {
  test('P36 runs again and again, and says what it removed', async () => {
    const store = await storeWith([91n * DAY]);
    const { lines } = sweepOften({ store });
    await eventually(async () => expect(store.requests.length).toBeGreaterThan(3));
    expect(store.remaining()).toEqual([]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/info retention removed 1 records older than 90 days$/);
  });

  test('P36 never runs twice at once', async () => {
    let running = 0;
    let most = 0;
    let sweeps = 0;
    const { promise: slow, resolve: finish } = Promise.withResolvers<void>();
    const prune: LogStore['prune'] = async () => {
      most = Math.max(most, ++running);
      if (sweeps++ === 0) await slow;
      running -= 1;
      return { removed: 0 };
    };
    sweepOften({ store: { prune } });
    await eventually(async () => expect(sweeps).toBe(1));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sweeps).toBe(1);
    finish();
    await eventually(async () => expect(sweeps).toBeGreaterThan(2));
    expect(most).toBe(1);
  });

  test('P36 a sweep that fails is logged, without what unknown errors say, and tried again', async () => {
    let attempts = 0;
    const store = await storeWith([91n * DAY], { fail: () => attempts === 1 });
    const prune: LogStore['prune'] = (request) => {
      attempts += 1;
      if (attempts === 2) throw new Error('connect postgres://app:hunter2@db');
      return store.prune(request);
    };
    const { lines } = sweepOften({ store: { prune } });
    await eventually(async () => expect(store.remaining()).toEqual([]));
    const texts = lines.map((line) => line.replace(/^\S+ /, ''));
    expect(texts.slice(0, 2)).toEqual([
      'error retention failed and will be tried again: the storage does not answer',
      'error retention failed and will be tried again: an unexpected error',
    ]);
  });

  test('O59 closing breaks off a running sweep and ends the sweeping', async () => {
    let sweeps = 0;
    const prune: LogStore['prune'] = ({ signal }) => {
      sweeps += 1;
      return new Promise((_, reject) => signal!.addEventListener('abort', () => reject(signal!.reason)));
    };
    const { retention, lines } = sweepOften({ store: { prune } });
    await eventually(async () => expect(sweeps).toBe(1));
    await retention.close();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(sweeps).toBe(1);
    expect(lines).toEqual([]);
  });
});
