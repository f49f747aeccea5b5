import { expect, test } from 'vitest';
import { createRate } from '../../../dashboard/routes/rate.ts';
import type { StoredRecord } from '../../../receiver/record/log-record.ts';
import { logRecord } from '../../helpers/records.ts';

test('the rate is that of the last ten seconds, and of less while there was less', () => {
  let now = 0;
  let listener: (records: readonly StoredRecord[]) => void = () => {};
  const live = {
    subscribe(listen: typeof listener) {
      listener = listen;
      return () => {};
    },
  };
  const rate = createRate(live, () => now);
  const arrive = (count: number) => listener(Array.from({ length: count }, () => ({ ...logRecord(), id: 'x' })));
  expect(rate()).toBe(0);
  arrive(30);
  expect(rate()).toBe(30);
  now = 4_999;
  arrive(20);
  expect(rate()).toBe(10);
  now = 9_999;
  expect(rate()).toBe(5);
  now = 10_000;
  expect(rate()).toBe(2);
  now = 15_000;
  expect(rate()).toBe(0);
});
