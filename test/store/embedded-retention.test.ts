import { readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { batch, DAY, logRecord, NOON } from '../helpers/records.ts';
import { append, searchBodies } from './contract/harness.ts';
import { embeddedFolder } from './embedded-folder.ts';

/** Nothing is timed; this only ends a wait that would be in vain. */
const PATIENTLY = { timeout: 50_000 };

const dayFiles = (directory: string) =>
  readdirSync(directory).filter((name) => /^\d{4}-\d\d-\d\d\.db(-wal)?$/.test(name));

function sizeOf(directory: string): number {
  return dayFiles(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

/** Records of some size, whose texts hardly pack. */
function largeRecords(timestamp: bigint, body: string): LogRecord[] {
  const noise = () => Array.from({ length: 100 }, () => Math.random().toString(36)).join(' ');
  return Array.from({ length: 100 }, (_, index) =>
    logRecord({ timestamp: timestamp + BigInt(index), body, attributes: { noise: noise() } }),
  );
}

test('P36 while a store runs, the oldest days make room for the newest as soon as all take more than they may', async () => {
  await using folder = await embeddedFolder();
  const maxBytes = 1_500_000;
  const store = await folder.open({ maxBytes, sealAfter: 50 });
  // The present day is the test's own.
  const today = (BigInt(Date.now()) * 1_000_000n) / DAY;
  for (let distance = 9n; distance >= 0n; distance--) {
    await append(store, largeRecords((today - distance) * DAY, `${distance} days ago`));
  }
  await expect.poll(() => sizeOf(folder.directory), PATIENTLY).toBeLessThanOrEqual(maxBytes);
  await expect.poll(() => folder.said.join('\n'), PATIENTLY).toContain('to keep to maxBytes');
  const held = new Set(await searchBodies(store));
  expect(held).toContain('0 days ago');
  expect(held).not.toContain('9 days ago');
  // Those that went are the oldest.
  expect([...held]).toEqual(Array.from(held, (_, distance) => `${distance} days ago`));
});

test('P36 records of the future are pruned once as much time has passed since they came; a dry run counts them too', async () => {
  await using folder = await embeddedFolder();
  const store = await folder.open({ now: () => NOON });
  const future = NOON + 1000n * DAY;
  await store.append([batch([logRecord({ body: 'now' }), logRecord({ timestamp: future, body: 'future' })])]);
  await store.close();
  const long = Number((NOON - 8n * DAY) / 1_000_000_000n);
  for (const name of dayFiles(folder.directory)) utimesSync(join(folder.directory, name), long, long);
  const next = await folder.open({ now: () => NOON });
  const request = { olderThan: NOON - 7n * DAY, batchSize: 10 };
  expect(await next.prune({ ...request, olderThan: NOON - 9n * DAY, dryRun: true })).toEqual({ removed: 0 });
  expect(await next.prune({ ...request, dryRun: true })).toEqual({ removed: 1 });
  expect(await searchBodies(next)).toEqual(['future', 'now']);
  expect(await next.prune({ ...request, dryRun: false })).toEqual({ removed: 1 });
  expect(await searchBodies(next)).toEqual(['now']);
});
