import { expect, test } from 'vitest';
import { NOTHING_YET } from '../../receiver/alerts/recent.ts';
import { createAlertStates } from '../../receiver/alerts/states.ts';
import { createMemoryStore } from '../store/memory-store.ts';

/** States of a memory store, with what is asked of it written down. */
function openStates(mostBytes?: number) {
  const store = createMemoryStore();
  const asked: (readonly string[])[] = [];
  const states = createAlertStates(
    {
      alertStates: (keys) => {
        asked.push(keys);
        return store.alertStates(keys);
      },
    },
    mostBytes,
  );
  return { states, asked, store };
}

test('P29 states not at hand are read together, those at hand not again', async () => {
  const { states, asked } = openStates();
  await states.get(['a', 'b']);
  await states.get(['b', 'c', 'a', 'd']);
  expect(asked).toEqual([
    ['a', 'b'],
    ['c', 'd'],
  ]);
});

test('states come in the order asked, as saved last', async () => {
  const { states, store } = openStates();
  await store.commitAlerts([{ key: 'a', version: 0, state: 'v1:z,1', alerts: [] }]);
  states.set('b', { version: 7, recent: NOTHING_YET });
  const [b, a, unknown] = await states.get(['b', 'a', 'c']);
  expect(b).toEqual({ version: 7, recent: NOTHING_YET });
  expect(a).toEqual({ version: 1, recent: { times: BigInt64Array.of(35n, 36n), marks: [], text: 'v1:z,1' } });
  expect(unknown).toEqual({ version: 0, recent: NOTHING_YET });
});

test('a forgotten state is read again', async () => {
  const { states, asked } = openStates();
  await states.get(['a', 'b']);
  states.forget('a');
  await states.get(['a', 'b']);
  expect(asked).toEqual([['a', 'b'], ['a']]);
});

test('beyond the bound the states used longest ago are read again', async () => {
  const { states, asked } = openStates(3 * 500);
  await states.get(['a', 'b', 'c']);
  await states.get(['a']);
  await states.get(['d']);
  asked.length = 0;
  await states.get(['a', 'c', 'd']);
  expect(asked).toEqual([]);
  await states.get(['b']);
  expect(asked).toEqual([['b']]);
});

test('more states at once than are kept at hand still come all', async () => {
  const { states } = openStates(1000);
  expect(await states.get(Array.from({ length: 100 }, (_, i) => `${i}`))).toHaveLength(100);
});
