import { expect } from 'vitest';
import type { LogStore } from '../../../receiver/store/store.ts';
import { batch, DAY, errorRecord, HOUR, logRecord, MINUTE, NOON } from '../../helpers/records.ts';
import {
  append,
  cardsOf,
  countByLevel,
  countRecent,
  type OpenStore,
  searchAll,
  searchBodies,
  storeTests,
} from './harness.ts';

const prune = (store: LogStore, olderThan: bigint, batchSize = 1000, dryRun = false) =>
  store.prune({ olderThan, batchSize, dryRun });

/** Retention. */
export function pruneContract(open: OpenStore): void {
  const test = storeTests(open);

  test('P36 what is strictly older goes, to the nanosecond; the rest stays', async ({ store, reopen }) => {
    await append(
      store,
      [-10n * DAY, -1n, 0n, 1n, DAY].map((offset) => logRecord({ timestamp: NOON + offset, body: String(offset) })),
    );
    expect(await prune(store, NOON)).toEqual({ removed: 2 });
    const left = [String(DAY), '1', '0'];
    expect(await searchBodies(store)).toEqual(left);
    expect(await searchBodies(await reopen())).toEqual(left);
  });

  test('P36 a dry run counts what the run removes, and removes nothing', async ({ store }) => {
    await append(
      store,
      Array.from({ length: 100 }, (_, index) => logRecord({ timestamp: NOON - BigInt(index) * 3n * HOUR })),
    );
    const dry = await prune(store, NOON - 4n * DAY, 7, true);
    expect(dry).toEqual({ removed: 67 });
    expect(await searchAll(store)).toHaveLength(100);
    expect(await prune(store, NOON - 4n * DAY, 7)).toEqual(dry);
    expect(await searchAll(store)).toHaveLength(33);
    expect(await prune(store, NOON - 4n * DAY, 7, true)).toEqual({ removed: 0 });
    expect(await prune(store, NOON - 4n * DAY, 7)).toEqual({ removed: 0 });
  });

  test('P36 batches of any size remove the same, while records go on arriving', async ({ store }) => {
    const day = Array.from({ length: 250 }, (_, index) => logRecord({ timestamp: NOON - DAY + BigInt(index) }));
    await append(store, day);
    const [removed] = await Promise.all([
      prune(store, NOON - HOUR, 1),
      ...Array.from({ length: 5 }, () => append(store, [logRecord({ body: 'arrived meanwhile' })])),
    ]);
    expect(removed).toEqual({ removed: 250 });
    expect(await searchAll(store)).toHaveLength(5);
  });

  test('P37 cards, loggers and histograms agree with the rows after retention', async ({ store, reopen }) => {
    const records = Array.from({ length: 300 }, (_, index) =>
      logRecord({
        timestamp: NOON - BigInt(index) * 17n * MINUTE,
        severityNumber: index % 25,
        logger: index < 200 ? 'shop.cart' : 'shop.gone',
      }),
    );
    await append(store, records);
    const olderThan = NOON - 40n * HOUR - 7n * MINUTE;
    await prune(store, olderThan, 10);
    const kept = records.filter(({ timestamp }) => timestamp >= olderThan);
    const recentFrom = NOON - 40n * HOUR;
    const boundaries = [NOON - 5n * DAY, NOON - 41n * HOUR, NOON - 40n * HOUR, NOON - DAY, NOON + 1n];
    const expectAgreement = async (agreeing: LogStore) => {
      expect(await searchAll(agreeing)).toHaveLength(kept.length);
      const cards = await cardsOf(agreeing, { boundaries, recentFrom });
      expect(cards).toHaveLength(1);
      expect(cards[0]).toMatchObject({ logger: 'shop.cart', lastSeen: NOON, counts: countByLevel(kept, boundaries) });
      expect(cards[0]?.recent).toEqual(countRecent(kept, recentFrom));
      const { counts } = await agreeing.histogram({ query: { type: 'all' }, boundaries });
      expect(counts).toEqual(cards[0]?.counts);
    };
    await expectAgreement(store);
    await expectAgreement(await reopen());
  });

  test('P37 the newest issue of a card is none that was pruned', async ({ store }) => {
    const [old] = await append(store, [
      errorRecord({ timestamp: NOON - 3n * DAY }),
      logRecord({ timestamp: NOON, body: 'still here' }),
    ]);
    await prune(store, NOON - 2n * DAY);
    const [card] = await cardsOf(store, { boundaries: [NOON - 9n * DAY, NOON + 1n], recentFrom: NOON - 9n * DAY });
    expect(card).toMatchObject({ newestIssue: null, newestError: null, recent: { WARN: 0, ERROR: 0, FATAL: 0 } });
    expect(await store.get(old!)).toBeNull();
    expect(await store.context(old!, 5, 5)).toBeNull();
  });

  test('P36 P37 everything can go, and the store goes on', async ({ store, reopen }) => {
    await append(store, [errorRecord({ timestamp: 1n }), errorRecord({ timestamp: NOON })]);
    expect(await prune(store, 2n ** 63n - 1n)).toEqual({ removed: 2 });
    expect(await cardsOf(store, { boundaries: [1n, NOON + 1n], recentFrom: 1n })).toEqual([]);
    const reopened = await reopen();
    expect(await searchAll(reopened)).toEqual([]);
    await append(reopened, [logRecord({ timestamp: NOON - 100n * DAY })]);
    expect(await searchAll(reopened)).toHaveLength(1);
    expect(await prune(reopened, NOON)).toEqual({ removed: 1 });
  });

  test('P9 P36 a retry of a batch that was pruned meanwhile is still a retry', async ({ store }) => {
    const request = batch([logRecord({ timestamp: NOON - 100n * DAY })], 'request-1');
    await store.append([request]);
    await prune(store, NOON);
    expect(await store.append([request])).toMatchObject([{ duplicate: true, stored: 0 }]);
  });

  test('P9 P36 a uid is still known when older records were pruned', async ({ store }) => {
    const record = logRecord({ attributes: { 'log.record.uid': '01JD' } });
    await append(store, [record, logRecord({ timestamp: NOON - 1n })]);
    expect(await prune(store, NOON)).toEqual({ removed: 1 });
    expect(await store.append([batch([record])])).toMatchObject([{ duplicate: false, stored: 0 }]);
  });

  test('P36 a cursor goes on after the records behind it were pruned', async ({ store }) => {
    await append(
      store,
      [0n, 1n, 2n, 3n].map((day) => logRecord({ timestamp: NOON + day * DAY, body: String(day) })),
    );
    const page = await store.search({ query: { type: 'all' }, limit: 1, order: 'oldest' });
    await prune(store, NOON + 2n * DAY);
    expect(await searchBodies(store, { order: 'oldest', cursor: page.next! })).toEqual(['2', '3']);
  });

  test('P36 a run whose signal has aborted rejects with its reason', async ({ store }) => {
    await append(store, [logRecord()]);
    const reason = new Error('shutting down');
    const signal = AbortSignal.abort(reason);
    await expect(store.prune({ olderThan: NOON + DAY, batchSize: 1, dryRun: false, signal })).rejects.toBe(reason);
    expect(await searchAll(store)).toHaveLength(1);
  });
}
