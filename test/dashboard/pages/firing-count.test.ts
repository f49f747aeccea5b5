import { afterEach, expect, test, vi } from 'vitest';
import { createFiringCount } from '../../../dashboard/routes/firing-count.ts';
import { buildAlert } from '../../helpers/alerts.ts';
import { batch, errorRecord, MINUTE, NOON } from '../../helpers/records.ts';
import { createMemoryStore } from '../../store/memory-store.ts';

afterEach(() => {
  vi.useRealTimers();
});

test('P32 pages that are asked for at once ask the store once, and again a moment later', async () => {
  vi.useFakeTimers();
  let isAway = false;
  const asked: string[] = [];
  const store = createMemoryStore({
    fail: (operation) => {
      asked.push(operation);
      return isAway;
    },
  });
  const count = createFiringCount({ store, thresholdOf: () => 1, thresholdWindow: 3_600_000, now: () => NOON });
  expect(await Promise.all([count(), count(), count()])).toEqual([0, 0, 0]);

  await store.append([batch([errorRecord({ timestamp: NOON - MINUTE })])]);
  const alert = buildAlert({ logger: 'shop.cart' });
  await store.commitAlerts([{ key: 'k', version: 0, state: '', alerts: [alert] }]);
  expect(await count()).toBe(0);
  expect(asked.filter((operation) => operation === 'cards')).toHaveLength(1);
  vi.advanceTimersByTime(2000);
  expect(await count()).toBe(1);

  isAway = true;
  vi.advanceTimersByTime(2000);
  expect(await count()).toBe(0);
  isAway = false;
  vi.advanceTimersByTime(2000);
  expect(await count()).toBe(1);
});
