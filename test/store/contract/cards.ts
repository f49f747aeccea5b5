import { expect } from 'vitest';
import type { LogRecord } from '../../../receiver/record/log-record.ts';
import { LEVELS } from '../../../receiver/record/severity.ts';
import { ISSUE_BODY_LENGTH, type LoggerCounts, type LogStore } from '../../../receiver/store/store.ts';
import {
  at,
  DAY,
  errorRecord,
  HOUR,
  logRecord,
  MILLISECOND,
  MINUTE,
  NOON,
  SECOND,
  warningRecord,
} from '../../helpers/records.ts';
import { append, cardsOf, countByLevel, countRecent, type OpenStore, storeTests } from './harness.ts';

const LAST_DAY = [NOON - DAY, NOON];
const NONE = { WARN: 0, ERROR: 0, FATAL: 0 };

const fatalRecord = (overrides: Partial<LogRecord>) => errorRecord({ severityNumber: 21, ...overrides });

/** The counts behind the health cards. */
export function cardContract(open: OpenStore): void {
  const test = storeTests(open);

  test('P10 one card per service and logger, with counts, last hour, last seen and newest issue', async ({ store }) => {
    const ids = await append(store, [
      errorRecord({ timestamp: NOON - 2n * HOUR, body: 'old error' }),
      warningRecord({ timestamp: NOON - 10n * MINUTE, body: 'new warning' }),
      logRecord({ timestamp: NOON - MINUTE }),
      logRecord({ timestamp: NOON - 3n * HOUR, service: 'billing', logger: 'shop.cart' }),
      errorRecord({ timestamp: NOON - 3n * MINUTE, logger: 'shop.pay' }),
    ]);
    const cards = await cardsByName(store, LAST_DAY, NOON - HOUR);
    expect(Object.keys(cards).sort()).toEqual(['billing/shop.cart', 'shop/shop.cart', 'shop/shop.pay']);
    expect(cards['shop/shop.cart']).toMatchObject({
      counts: [0, 0, 1, 1, 1, 0, 0],
      recent: { WARN: 1, ERROR: 0, FATAL: 0 },
      lastSeen: NOON - MINUTE,
      newestIssue: {
        id: ids[1],
        timestamp: NOON - 10n * MINUTE,
        severityNumber: 13,
        severityText: 'WARN',
        body: 'new warning',
      },
      newestError: { id: ids[0], body: 'old error' },
    });
    expect(cards['shop/shop.pay']).toMatchObject({
      recent: { WARN: 0, ERROR: 1, FATAL: 0 },
      newestIssue: { id: ids[4] },
    });
    expect(cards['billing/shop.cart']).toMatchObject({ recent: NONE, newestIssue: null, newestError: null });
  });

  test('P11 the card of one logger alone is the one among all, and none of a logger without records', async ({
    store,
  }) => {
    await append(store, [
      errorRecord({ timestamp: NOON - 2n * HOUR }),
      logRecord({ timestamp: NOON - MINUTE }),
      logRecord({ timestamp: NOON - MINUTE, service: 'billing' }),
      warningRecord({ timestamp: NOON - MINUTE, logger: 'shop.pay' }),
    ]);
    const request = { boundaries: LAST_DAY, recentFrom: NOON - HOUR };
    const all = await cardsOf(store, request);
    for (const card of all) {
      const { service, logger } = card;
      expect(await cardsOf(store, { ...request, only: { service, logger } })).toEqual([card]);
    }
    expect(await cardsOf(store, { ...request, only: { service: 'billing', logger: 'shop.pay' } })).toEqual([]);
  });

  test('P10 names that look alike are loggers of their own', async ({ store }) => {
    const names = [
      ['a/b', 'c'],
      ['a', 'b/c'],
      ['A', 'b/c'],
      ['a ', 'b/c'],
      ['', ''],
      ['__proto__', 'constructor'],
      ["'; --", '<b>'],
    ] as const;
    await append(
      store,
      names.map(([service, logger]) => errorRecord({ service, logger })),
    );
    const cards = await cardsOf(store, { boundaries: [NOON, NOON + 1n], recentFrom: NOON });
    expect(cards.map(({ service, logger }) => JSON.stringify([service, logger])).sort()).toEqual(
      names.map((name) => JSON.stringify(name)).sort(),
    );
    expect(cards.every(({ recent }) => recent.ERROR === 1)).toBe(true);
  });

  test('P10 a logger with nothing in the range has its card, with the time it was last seen', async ({ store }) => {
    await append(store, [errorRecord({ timestamp: NOON - 40n * DAY })]);
    const [card] = await cardsOf(store, { boundaries: LAST_DAY, recentFrom: NOON - HOUR });
    expect(card).toEqual({
      service: 'shop',
      logger: 'shop.cart',
      counts: [0, 0, 0, 0, 0, 0, 0],
      recent: NONE,
      lastSeen: NOON - 40n * DAY,
      newestIssue: null,
      newestError: null,
    });
  });

  test('P10 a store without records has no cards', async ({ store }) => {
    expect(await cardsOf(store, { boundaries: LAST_DAY, recentFrom: NOON - HOUR })).toEqual([]);
  });

  test('P4 P11 FATAL and beyond count as errors; a record without severity is none', async ({ store }) => {
    await append(
      store,
      [0, 12, 13, 16, 17, 21, 24, 99].map((severityNumber) => logRecord({ severityNumber })),
    );
    const [card] = await cardsOf(store, { boundaries: [NOON, NOON + 1n], recentFrom: NOON });
    expect(card).toMatchObject({ counts: [0, 0, 1, 2, 1, 3, 1], recent: { WARN: 2, ERROR: 1, FATAL: 3 } });
    expect(card?.newestIssue?.severityNumber).toBe(99);
  });

  test('P12 a record exactly one hour old is recent; one millisecond, or nanosecond, older is not', async ({
    store,
  }) => {
    const edge = NOON - HOUR;
    await append(store, [
      errorRecord({ timestamp: edge }),
      errorRecord({ timestamp: edge - 1n }),
      errorRecord({ timestamp: edge - MILLISECOND }),
      warningRecord({ timestamp: edge }),
      warningRecord({ timestamp: edge - MILLISECOND }),
      errorRecord({ timestamp: NOON + 5n * MINUTE }),
      fatalRecord({ timestamp: edge }),
      fatalRecord({ timestamp: edge - 1n }),
      fatalRecord({ timestamp: NOON, severityNumber: 99 }),
      logRecord({ timestamp: NOON }),
      logRecord({ timestamp: NOON, severityNumber: 0 }),
    ]);
    const recent = async (recentFrom: bigint) => {
      const [card] = await cardsOf(store, { boundaries: LAST_DAY, recentFrom });
      return card?.recent;
    };
    expect(await recent(edge)).toEqual({ WARN: 1, ERROR: 2, FATAL: 2 });
    expect(await recent(edge + 1n)).toEqual({ WARN: 0, ERROR: 1, FATAL: 1 });
    expect(await recent(edge - 1n)).toEqual({ WARN: 1, ERROR: 3, FATAL: 3 });
    expect(await recent(edge - MILLISECOND)).toEqual({ WARN: 2, ERROR: 4, FATAL: 3 });
    expect(await recent(NOON + 5n * MINUTE + 1n)).toEqual(NONE);
  });

  test('P12 without slots the recent are counted, and nothing is looked for', async ({ store }) => {
    await append(store, [errorRecord(), warningRecord({ timestamp: NOON - 2n * DAY })]);
    const [card] = await cardsOf(store, { boundaries: [], recentFrom: NOON - HOUR });
    expect(card).toEqual({
      service: 'shop',
      logger: 'shop.cart',
      counts: [],
      recent: { WARN: 0, ERROR: 1, FATAL: 0 },
      lastSeen: NOON,
      newestIssue: null,
      newestError: null,
    });
  });

  test('P17 a slot is [from, to), to the nanosecond', async ({ store }) => {
    const boundaries = [NOON, NOON + HOUR, NOON + 2n * HOUR];
    const times = boundaries.flatMap((boundary) => [boundary - 1n, boundary, boundary + 1n]);
    const records = times.map((timestamp) => errorRecord({ timestamp }));
    await append(store, records);
    const [card] = await cardsOf(store, { boundaries, recentFrom: NOON });
    expect(card?.counts).toEqual([0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 3, 0, 0]);
    expect(card?.newestError?.timestamp).toBe(NOON + 2n * HOUR - 1n);
  });

  test('P18 day slots of half-hour and quarter-hour zones are right', async ({ store }) => {
    const records = spread(at('2026-11-15T00:00:00Z'), 4n * DAY);
    await append(store, records);
    for (const offset of [0n, 30n, 45n, -3n * 60n, 5n * 60n + 30n, 5n * 60n + 45n, 14n * 60n]) {
      const midnight = at('2026-11-16T00:00:00Z') - offset * MINUTE;
      await expectCounts(store, records, [midnight, midnight + DAY, midnight + 2n * DAY]);
    }
  });

  test('P19 DST days have 23 and 25 hours, none lost and none counted twice', async ({ store }) => {
    const spring = spread(at('2026-03-28T20:00:00Z'), 2n * DAY);
    const autumn = spread(at('2026-10-24T20:00:00Z'), 2n * DAY);
    await append(store, [...spring, ...autumn]);
    const budapestSpring = ['2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z', '2026-03-30T22:00:00Z'].map(at);
    const budapestAutumn = ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', '2026-10-26T23:00:00Z'].map(at);
    await expectCounts(store, [...spring, ...autumn], budapestSpring);
    await expectCounts(store, [...spring, ...autumn], budapestAutumn);
    const hours = Array.from({ length: 26 }, (_, hour) => budapestAutumn[0]! + BigInt(hour) * HOUR);
    await expectCounts(store, autumn, hours);
  });

  test('P20 slots of any size and at any instant are right', async ({ store }) => {
    const records = spread(NOON - 6n * HOUR, 12n * HOUR);
    await append(store, records);
    const slots = (from: bigint, size: bigint, count: number) =>
      Array.from({ length: count + 1 }, (_, index) => from + BigInt(index) * size);
    await expectCounts(store, records, slots(NOON - HOUR, 5n * MINUTE, 12));
    await expectCounts(store, records, slots(NOON - HOUR + 7n * SECOND + 1n, 5n * MINUTE, 12));
    await expectCounts(store, records, slots(NOON - 3n * HOUR - 7n * MINUTE, HOUR, 3));
    await expectCounts(store, records, slots(NOON + 13n, 333_333_333_333n, 20));
    await expectCounts(store, records, [
      NOON - 5n * HOUR,
      NOON - 5n * HOUR + 1n,
      NOON + 17n * MINUTE,
      NOON + 20n * DAY,
    ]);
    await expectCounts(store, records, [1n, NOON + 1n, 2n ** 63n - 1n]);
  });

  test('P10 late and older records change counts, not the newest issue or the last seen', async ({ store }) => {
    const [newest] = await append(store, [errorRecord({ timestamp: NOON - MINUTE, body: 'newest' })]);
    await append(store, [errorRecord({ timestamp: NOON - 2n * HOUR, body: 'late' })]);
    const [card] = await cardsOf(store, { boundaries: LAST_DAY, recentFrom: NOON - HOUR });
    expect(card).toMatchObject({
      counts: [0, 0, 0, 0, 2, 0, 0],
      lastSeen: NOON - MINUTE,
      newestIssue: { id: newest, body: 'newest' },
    });
  });

  test('P10 the newest issue is the last that arrived among those of one time, its body cut', async ({ store }) => {
    const ids = await append(store, [
      errorRecord({ body: 'first' }),
      errorRecord({ body: new Map([['long', 'x'.repeat(ISSUE_BODY_LENGTH)]]) }),
    ]);
    const [card] = await cardsOf(store, { boundaries: [NOON, NOON + 1n], recentFrom: NOON });
    expect(card?.newestIssue?.id).toBe(ids[1]);
    const start = '{"kvlistValue":{"values":[{"key":"long","value":{"stringValue":"';
    expect(card?.newestIssue?.body).toBe(start.padEnd(ISSUE_BODY_LENGTH, 'x'));
  });

  test('P10 cards are the same after a restart', async ({ store, reopen }) => {
    await append(store, spread(NOON - 2n * DAY, 3n * DAY));
    const boundaries = [NOON - DAY, NOON - HOUR, NOON];
    const before = await cardsByName(store, boundaries, NOON - HOUR);
    expect(await cardsByName(await reopen(), boundaries, NOON - HOUR)).toEqual(before);
  });
}

/** Records of two loggers and all severities, one every few odd minutes, at odd nanoseconds and on quarter hours. */
function spread(from: bigint, duration: bigint): LogRecord[] {
  const times: bigint[] = [];
  for (let time = from; time < from + duration; time += 7n * MINUTE + 123_456_789n) times.push(time);
  for (let time = from; time < from + duration; time += 15n * MINUTE) times.push(time - 1n, time);
  return times.map((timestamp, index) =>
    logRecord({ timestamp, severityNumber: index % 25, logger: index % 3 ? 'shop.cart' : 'shop.pay' }),
  );
}

async function cardsByName(store: LogStore, boundaries: readonly bigint[], recentFrom: bigint) {
  const cards = await cardsOf(store, { boundaries, recentFrom });
  const byName: Record<string, LoggerCounts> = {};
  for (const card of cards) byName[`${card.service}/${card.logger}`] = card;
  expect(Object.keys(byName)).toHaveLength(cards.length);
  return byName;
}

async function expectCounts(store: LogStore, records: readonly LogRecord[], boundaries: readonly bigint[]) {
  const cards = await cardsByName(store, boundaries, boundaries[0]!);
  for (const [name, members] of Map.groupBy(records, ({ service, logger }) => `${service}/${logger}`)) {
    expect(cards[name]?.counts).toHaveLength((boundaries.length - 1) * LEVELS.length);
    expect(cards[name]?.counts).toEqual(countByLevel(members, boundaries));
    expect(cards[name]?.recent).toEqual(countRecent(members, boundaries[0]!));
  }
}
