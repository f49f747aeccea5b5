import { expect } from 'vitest';
import type { Alert, AlertCommit } from '../../../receiver/store/alert.ts';
import { MINUTE, NOON } from '../../helpers/records.ts';
import { type OpenStore, storeTests } from './harness.ts';

/** Alert state, and the history of what fired. */
export function alertContract(open: OpenStore): void {
  const test = storeTests(open);

  test('P21 a key never saved has version 0 and no state; states come in the order asked', async ({ store }) => {
    const unknown = { key: 'b', version: 0, state: '' };
    expect(await store.alertStates([])).toEqual([]);
    expect(await store.alertStates(['b'])).toEqual([unknown]);
    expect(await store.commitAlerts([step('a', 0, 'one'), step('c', 0, 'three')])).toEqual([true, true]);
    expect(await store.alertStates(['c', 'b', 'a', 'c'])).toEqual([
      { key: 'c', version: 1, state: 'three' },
      unknown,
      { key: 'a', version: 1, state: 'one' },
      { key: 'c', version: 1, state: 'three' },
    ]);
  });

  test('P26 of two steps from one version, one is saved, with its alert; the other changes nothing', async ({
    store,
  }) => {
    expect(await store.commitAlerts([step('a', 0, 'first', alert(1))])).toEqual([true]);
    expect(await store.commitAlerts([step('a', 0, 'second', alert(2))])).toEqual([false]);
    expect(await store.alertStates(['a'])).toEqual([{ key: 'a', version: 1, state: 'first' }]);
    expect(await store.alerts({ limit: 10 })).toEqual([alert(1)]);
    expect(await store.commitAlerts([step('a', 7, 'ahead', alert(3))])).toEqual([false]);
    expect(await store.commitAlerts([step('a', 1, 'next', alert(4))])).toEqual([true]);
    expect((await store.alertStates(['a']))[0]).toEqual({ key: 'a', version: 2, state: 'next' });
  });

  test('P26 of many committers at the same time, one wins each version', async ({ store }) => {
    for (let version = 0; version < 5; version += 1) {
      const results = await Promise.all(
        Array.from({ length: 8 }, (_, racer) =>
          store.commitAlerts([step('a', version, `${version}:${racer}`, alert(version * 8 + racer))]),
        ),
      );
      expect(results.flat().filter(Boolean)).toHaveLength(1);
    }
    expect((await store.alertStates(['a']))[0]?.version).toBe(5);
    expect(await store.alerts({ limit: 100 })).toHaveLength(5);
  });

  test('P26 steps of one commit stand for themselves: some saved, some not', async ({ store }) => {
    await store.commitAlerts([step('a', 0, 'a1')]);
    const steps = [step('a', 0, 'stale', alert(1)), step('b', 0, 'b1', alert(2)), step('b', 1, 'b2', alert(3))];
    expect(await store.commitAlerts(steps)).toEqual([false, true, true]);
    expect(await store.alertStates(['a', 'b'])).toEqual([
      { key: 'a', version: 1, state: 'a1' },
      { key: 'b', version: 2, state: 'b2' },
    ]);
    expect(await store.alerts({ limit: 10 })).toEqual([alert(3), alert(2)]);
  });

  test('P21 P28 state and history survive a restart, every field exact', async ({ store, reopen }) => {
    const fired = {
      ...alert(1),
      message: 'quotes " \' \\ <b> 👩‍👩‍👧 \u0000',
      windowStart: 9_007_199_254_740_993n,
      records: [{ id: 'x', timestamp: 2n ** 63n - 1n, level: 'FATAL', body: 'boom' }],
    } satisfies Alert;
    await store.commitAlerts([step('key "\' \u0000 👩', 0, '{"a":"\u0000 \\ é"}', fired)]);
    const reopened = await reopen();
    expect(await reopened.alertStates(['key "\' \u0000 👩'])).toEqual([
      { key: 'key "\' \u0000 👩', version: 1, state: '{"a":"\u0000 \\ é"}' },
    ]);
    expect(await reopened.alerts({ limit: 10 })).toEqual([fired]);
    expect(await reopened.commitAlerts([step('key "\' \u0000 👩', 0, 'again', alert(2))])).toEqual([false]);
  });

  test('P28 history is newest first and pages by id, several alerts of one step included', async ({ store }) => {
    expect(await store.alerts({ limit: 10 })).toEqual([]);
    await store.commitAlerts([step('a', 0, 's', alert(2), alert(1))]);
    await store.commitAlerts([step('b', 0, 's', alert(5), alert(3), alert(4))]);
    const ids = async (limit: number, before?: string) =>
      (await store.alerts({ limit, before })).map((fired) => fired.id);
    expect(await ids(10)).toEqual([5, 4, 3, 2, 1].map((number) => alert(number).id));
    expect(await ids(2)).toEqual([alert(5).id, alert(4).id]);
    expect(await ids(2, alert(4).id)).toEqual([alert(3).id, alert(2).id]);
    expect(await ids(10, alert(1).id)).toEqual([]);
  });
}

function step(key: string, version: number, state: string, ...alerts: readonly Alert[]): AlertCommit {
  return { key, version, state, alerts };
}

/** The nth alert; ids sort by when they fired. */
function alert(number: number): Alert {
  const firedAt = NOON + BigInt(number) * MINUTE;
  return {
    id: `${firedAt.toString(16).padStart(16, '0')}-${number}`,
    service: 'shop',
    logger: 'shop.cart',
    thresholdLevel: 'ERROR',
    recordLevel: 'ERROR',
    threshold: 10,
    count: 10,
    windowStart: firedAt - 60n * MINUTE,
    windowEnd: firedAt,
    timestamp: firedAt,
    message: `alert ${number}`,
    module: 'pay',
    path: 'src/pay.ts',
    lineNumber: 7,
    records: [{ id: 'r1', timestamp: firedAt, level: 'ERROR', body: 'payment refused' }],
    firedAt,
  };
}
