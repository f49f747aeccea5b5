import { expect, test } from 'vitest';
import { createAlertRunner } from '../../receiver/alerts/runner.ts';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { createLiveFeed } from '../../receiver/ingest/live.ts';
import { createIngest } from '../../receiver/ingest/pipeline.ts';
import { MetricsRegistry } from '../../receiver/metrics/registry.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { batch, errorRecord, NOON, SECOND } from '../helpers/records.ts';
import { createMemoryContents, createMemoryStore, type MemoryContents } from '../store/memory-store.ts';

/** A receiver without its transports, on contents that outlive it. */
function startReceiver(contents: MemoryContents, fail: (operation: keyof LogStore) => boolean = () => false) {
  const now = () => NOON;
  const store = createMemoryStore({ contents, now, fail });
  const diagnostics = createDiagnostics(() => {});
  const alerts = createAlertRunner({
    store,
    settings: {
      levels: { TRACE: null, DEBUG: null, INFO: null, WARN: null, ERROR: 10, FATAL: null },
      window: 3_600_000,
      overrides: [],
    },
    now,
    diagnostics,
  });
  const ingest = createIngest({
    store,
    alerts,
    live: createLiveFeed(diagnostics),
    metrics: new MetricsRegistry(),
    diagnostics,
    now,
    ignore: { loggerPrefixes: [], loggers: [], messages: ['ignore me'] },
    limits: { queueBytes: 1_000_000 },
  });
  const submit = (key: string, ...seconds: readonly number[]) => {
    const records = seconds.map((second) => errorRecord({ timestamp: NOON + BigInt(second) * SECOND }));
    return ingest.submit({ batch: batch(records, key), bytes: 100 });
  };
  return { ingest, submit, history: () => store.alerts({ limit: 100 }) };
}

const STORED = { status: 'stored' };

test('P21 P24 requests stored together or apart fire one alert', async () => {
  const { submit, history } = startReceiver(createMemoryContents());
  const outcomes = await Promise.all(Array.from({ length: 50 }, (_, i) => submit(`k${i}`, 0)));
  expect(outcomes).toEqual(Array(50).fill(STORED));
  expect(await history()).toHaveLength(1);
});

test('P3 P9 while the storage is away nothing fires; the retry fires once', async () => {
  let isAway = true;
  const contents = createMemoryContents();
  const { submit, history } = startReceiver(contents, (operation) => isAway && operation === 'append');
  const tenErrors = Array.from({ length: 10 }, (_, i) => i);
  expect(await submit('k', ...tenErrors)).toMatchObject({ status: 'unavailable' });
  isAway = false;
  expect(await history()).toEqual([]);
  expect(await submit('k', ...tenErrors)).toEqual(STORED);
  expect(await submit('k', ...tenErrors)).toEqual(STORED);
  expect(await history()).toHaveLength(1);
});

test('P9 P21 killed between storing and counting: the retry after the restart is counted', async () => {
  const contents = createMemoryContents();
  const killed = startReceiver(contents, (operation) => operation === 'commitAlerts');
  expect(await killed.submit('first', 0, 1, 2, 3, 4)).toMatchObject({ status: 'unavailable' });
  expect(contents.records).toHaveLength(5);
  const restarted = startReceiver(contents);
  await restarted.submit('first', 0, 1, 2, 3, 4);
  await restarted.submit('first', 0, 1, 2, 3, 4);
  expect(await restarted.history()).toEqual([]);
  await restarted.submit('second', 5, 6, 7, 8, 9);
  expect(await restarted.history()).toMatchObject([{ count: 10, timestamp: NOON + 9n * SECOND }]);
  expect(contents.records).toHaveLength(10);
});

test('P38 ignored records advance no threshold', async () => {
  const { ingest, history } = startReceiver(createMemoryContents());
  const noise = Array.from({ length: 20 }, () => errorRecord({ body: 'ignore me, please' }));
  expect(await ingest.submit({ batch: batch(noise), bytes: 100 })).toEqual(STORED);
  expect(await history()).toEqual([]);
});
