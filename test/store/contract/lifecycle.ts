import { expect } from 'vitest';
import { MATCH_ALL } from '../../../receiver/query/tree.ts';
import { batch, logRecord, NOON } from '../../helpers/records.ts';
import { append, type OpenStore, searchAll, storeTests } from './harness.ts';

/** Opening, being asked for health, closing. */
export function lifecycleContract(open: OpenStore): void {
  const test = storeTests(open);

  test('P41 a store that can be read and written says so', async ({ store, reopen }) => {
    await expect(store.ping()).resolves.toBeUndefined();
    await append(store, [logRecord()]);
    await expect((await reopen()).ping()).resolves.toBeUndefined();
  });

  test('a closed store refuses every call', async ({ store }) => {
    await append(store, [logRecord()]);
    await store.close();
    const boundaries = [NOON, NOON + 1n];
    const calls = [
      () => store.append([batch([logRecord()])]),
      () => store.cards({ boundaries, recentFrom: NOON }),
      () => store.search({ query: MATCH_ALL, limit: 1 }),
      () => store.get('x'),
      () => store.context('x', 1, 1),
      () => store.histogram({ query: MATCH_ALL, boundaries }),
      () => store.facets({ query: MATCH_ALL, fields: [{ kind: 'attribute', key: 'k' }], limit: 1 }),
      () => store.group('g', 1),
      () => store.trace('t', 1),
      () => store.loggers(),
      () => store.prune({ olderThan: NOON, batchSize: 1, dryRun: false }),
      () => store.alertStates(['a']),
      () => store.commitAlerts([{ key: 'a', version: 0, state: '', alerts: [] }]),
      () => store.alerts({ limit: 1 }),
      () => store.ping(),
    ];
    for (const call of calls) await expect(call()).rejects.toBeInstanceOf(Error);
  });

  test('what was being appended when the store closed is there, or was refused', async ({ store, reopen }) => {
    const appends = Array.from({ length: 10 }, (_, index) =>
      store.append([batch([logRecord({ body: index.toString() })])]),
    );
    await store.close();
    const outcomes = await Promise.allSettled(appends);
    const kept = outcomes.filter(({ status }) => status === 'fulfilled').length;
    expect(await searchAll(await reopen())).toHaveLength(kept);
  });
}
