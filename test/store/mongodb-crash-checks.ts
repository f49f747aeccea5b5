import { expect } from 'vitest';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { DAY, HOUR } from '../helpers/records.ts';
import { cardsOf, countByLevel, searchAll } from './contract/harness.ts';
import { CRASH_DAYS, CRASH_START } from './crash-batches.ts';
import { CRASH_RECORDS } from './mongodb-crash-tasks.ts';

/** All records of `crashAppend` are there once, and counted once. */
export async function expectEachOnce(store: LogStore): Promise<void> {
  const records = await searchAll(store);
  expect(records).toHaveLength(CRASH_RECORDS.length);
  expect(new Set(records.map(({ body }) => body))).toEqual(new Set(CRASH_RECORDS.map(({ body }) => body)));
  await expectAgreement(store, CRASH_RECORDS);
}

/** The cards are those of the records. */
export async function expectAgreement(store: LogStore, records: readonly LogRecord[]): Promise<void> {
  const boundaries = Array.from({ length: CRASH_DAYS * 24 + 1 }, (_, hour) => CRASH_START + BigInt(hour) * HOUR);
  const cards = await cardsOf(store, { boundaries, recentFrom: CRASH_START + BigInt(CRASH_DAYS) * DAY });
  expect(cards.map(({ logger }) => logger).sort()).toEqual([...new Set(records.map(({ logger }) => logger))].sort());
  for (const { logger, counts } of cards) {
    const members = records.filter((record) => record.logger === logger);
    expect(counts).toEqual(countByLevel(members, boundaries));
  }
}
