import { describe, expect, test } from 'vitest';
import { StoreUnavailableError } from '../../receiver/store/errors.ts';
import { DEDUPLICATION_WINDOW } from '../../receiver/store/store.ts';
import { batch, logRecord, NOON } from '../helpers/records.ts';
import { type OpenStore, searchAll } from './contract/harness.ts';
import { describeStore } from './contract.ts';
import { createMemoryContents, createMemoryStore } from './memory-store.ts';
import { describeQueryAgreement } from './query-agreement.ts';

const openMemoryStore: OpenStore = async () => {
  const contents = createMemoryContents();
  let store = createMemoryStore({ contents });
  return {
    store,
    async reopen() {
      await store.close();
      store = createMemoryStore({ contents });
      return store;
    },
    cleanup: () => store.close(),
  };
};

describeStore('P41 memory store', openMemoryStore);
describeQueryAgreement('memory store and queries', openMemoryStore);

describe('memory store', () => {
  test('P9 O55 a key is remembered for the whole deduplication window, and not beyond', async () => {
    let now = NOON;
    const store = createMemoryStore({ now: () => now });
    const request = batch([logRecord()], 'request-1');
    await store.append([request]);
    now += BigInt(DEDUPLICATION_WINDOW) * 1_000_000n;
    expect((await store.append([request]))[0]?.duplicate).toBe(true);
    now += 1n;
    expect((await store.append([request]))[0]?.duplicate).toBe(false);
  });

  test('P3 P34 during an outage every operation says that the storage is away, and nothing is kept', async () => {
    let away = true;
    const store = createMemoryStore({ fail: (operation) => away && operation !== 'ping' });
    await expect(store.append([batch([logRecord()])])).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.loggers()).rejects.toBeInstanceOf(StoreUnavailableError);
    await expect(store.ping()).resolves.toBeUndefined();
    away = false;
    expect(await searchAll(store)).toEqual([]);
  });
});
