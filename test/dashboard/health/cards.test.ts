import { expect, test } from 'vitest';
import { type HealthCard, totalsOf } from '../../../dashboard/health/cards.ts';
import { loadCards } from '../../../dashboard/health/load.ts';
import { layRange } from '../../../dashboard/health/ranges.ts';
import { timeZoneNamed } from '../../../dashboard/health/time-zone.ts';
import { headline } from '../../../dashboard/views/health.tsx';
import type { RangeSettings } from '../../../receiver/config/config.ts';
import type { LogRecord } from '../../../receiver/record/log-record.ts';
import type { NamedLevel } from '../../../receiver/record/severity.ts';
import {
  at,
  batch,
  errorRecord,
  HOUR,
  logRecord,
  MILLISECOND,
  MINUTE,
  SECOND,
  warningRecord,
} from '../../helpers/records.ts';
import { createMemoryStore } from '../../store/memory-store.ts';

const NOW = at('2026-11-21T10:19:15.5Z');
const HOURS: RangeSettings = {
  name: '24h',
  label: '24 hours',
  slots: 24,
  slot: { unit: 'minutes', minutes: 60 },
  timeFormat: 'time',
};
const FIVE_MINUTES: RangeSettings = { ...HOURS, name: '1h', slots: 12, slot: { unit: 'minutes', minutes: 5 } };
const DAYS: RangeSettings = { ...HOURS, name: '30d', slots: 30, slot: { unit: 'day' }, timeFormat: 'date' };

type Thresholds = Partial<Record<NamedLevel, number | null>>;

async function cardsOf(
  records: readonly LogRecord[],
  thresholds: Thresholds = {},
  settings: RangeSettings = HOURS,
): Promise<HealthCard[]> {
  const store = createMemoryStore();
  await store.append([batch(records)]);
  const levels: Thresholds = { WARN: 1, ERROR: 1, FATAL: 1, ...thresholds };
  return loadCards(
    { store, thresholdOf: (_service, _logger, level) => levels[level] ?? null },
    { range: layRange(settings, NOW, timeZoneNamed('UTC')!), now: NOW },
  );
}

async function cardOf(
  records: readonly LogRecord[],
  thresholds: Thresholds = {},
  settings: RangeSettings = HOURS,
): Promise<HealthCard> {
  const [card] = await cardsOf(records, thresholds, settings);
  return card!;
}

const ago = (nanos: bigint) => ({ timestamp: NOW - nanos });
const fatalRecord = (overrides: { timestamp: bigint }) => errorRecord({ severityNumber: 21, ...overrides });

test('P10 one card per logger: totals, the last hour, last seen, newest issue and error, a strip', async () => {
  const cards = await cardsOf([
    logRecord({ logger: 'shop.cart', ...ago(10n * SECOND) }),
    warningRecord({ logger: 'shop.cart', ...ago(5n * MINUTE) }),
    warningRecord({ logger: 'shop.cart', ...ago(3n * HOUR) }),
    errorRecord({ logger: 'shop.cart', body: 'older', ...ago(5n * HOUR) }),
    errorRecord({ logger: 'shop.cart', body: 'newer', ...ago(4n * HOUR) }),
    logRecord({ logger: 'shop.mail', ...ago(2n * HOUR) }),
    logRecord({ service: 'other', logger: 'shop.cart', ...ago(30n * HOUR) }),
  ]);
  expect(cards.map(({ service, logger }) => `${service}/${logger}`)).toEqual([
    'shop/shop.cart',
    'shop/shop.mail',
    'other/shop.cart',
  ]);
  expect(cards[0]).toMatchObject({
    errors: 2,
    warnings: 2,
    total: 5,
    recentErrors: 0,
    recentWarnings: 1,
    lastSeen: NOW - 10n * SECOND,
    newestIssue: { body: 'stock is low' },
    newestError: { body: 'newer' },
  });
  expect(cards[0]!.slots).toHaveLength(24);
  expect(cards[0]!.slots.map((slot) => slot.total).reduce((sum, total) => sum + total)).toBe(5);
  expect(cards[2]).toMatchObject({ total: 0, status: 'clean', newestIssue: null, lastSeen: NOW - 30n * HOUR });
});

test('P10 the unhealthy and the recent come first, then by name', async () => {
  const of = (logger: string, record: (overrides: { logger: string; timestamp: bigint }) => LogRecord, age: bigint) =>
    record({ logger, ...ago(age) });
  const cards = await cardsOf([
    of('clean-b', logRecord, MINUTE),
    of('clean-a', logRecord, MINUTE),
    of('clean-recent', logRecord, SECOND),
    of('healthy', errorRecord, 4n * HOUR),
    of('warning', warningRecord, MINUTE),
    of('failing-once', errorRecord, MINUTE),
    of('failing-twice', errorRecord, MINUTE),
    of('failing-twice', errorRecord, MINUTE),
  ]);
  expect(cards.map(({ logger, status }) => `${logger}: ${status}`)).toEqual([
    'failing-twice: failing',
    'failing-once: failing',
    'warning: warning',
    'healthy: healthy',
    'clean-recent: clean',
    'clean-a: clean',
    'clean-b: clean',
  ]);
});

test('P11 FATAL counts among a card’s errors and colours its slot', async () => {
  const card = await cardOf([fatalRecord(ago(MINUTE)), errorRecord(ago(MINUTE))]);
  expect(card).toMatchObject({ errors: 2, recentErrors: 2, status: 'failing' });
  expect(card.slots.at(-1)).toMatchObject({ errors: 2, status: 'error' });
});

test('P12 a record exactly one hour old is recent, one millisecond older is not', async () => {
  expect(await cardOf([errorRecord(ago(HOUR))])).toMatchObject({ recentErrors: 1, status: 'failing' });
  expect(await cardOf([errorRecord(ago(HOUR + MILLISECOND))])).toMatchObject({ recentErrors: 0, status: 'healthy' });
  expect(await cardOf([warningRecord(ago(HOUR))])).toMatchObject({ recentWarnings: 1, status: 'warning' });
  expect(await cardOf([warningRecord(ago(HOUR + MILLISECOND))])).toMatchObject({ recentWarnings: 0 });
});

test('P13 healthy is nothing in the last hour, clean is nothing in the range', async () => {
  expect((await cardOf([errorRecord(ago(2n * HOUR))])).status).toBe('healthy');
  expect((await cardOf([warningRecord(ago(2n * HOUR))])).status).toBe('healthy');
  expect((await cardOf([errorRecord(ago(48n * HOUR))])).status).toBe('clean');
  expect((await cardOf([logRecord(ago(MINUTE))])).status).toBe('clean');
});

test('P13 the headline pluralises', () => {
  const totals = { ...totalsOf([]), loggers: 38 };
  expect(headline({ ...totals, failing: 2, warning: 1 })).toBe('3 of 38 loggers need attention');
  expect(headline({ ...totals, warning: 1 })).toBe('1 of 38 loggers needs attention');
  expect(headline({ ...totals, healthy: 30, clean: 8 })).toBe('All 38 loggers are healthy');
  expect(headline({ ...totals, loggers: 1 })).toBe('The one logger is healthy');
  expect(headline({ ...totals, loggers: 1, failing: 1 })).toBe('1 of 1 logger needs attention');
  expect(headline({ ...totals, loggers: 0 })).toBe('No loggers yet');
});

test('P15 a slot is error before warning before ok before empty', async () => {
  const card = await cardOf([
    errorRecord(ago(0n)),
    warningRecord(ago(0n)),
    warningRecord(ago(HOUR)),
    logRecord(ago(HOUR)),
    logRecord(ago(2n * HOUR)),
  ]);
  expect(card.slots.slice(-4).map((slot) => slot.status)).toEqual(['empty', 'ok', 'warning', 'error']);
});

test('P15 a slot is red only from the ERROR threshold on, amber only from that of WARN', async () => {
  const errors = (count: number) => Array.from({ length: count }, () => errorRecord(ago(0n)));
  const warnings = (count: number) => Array.from({ length: count }, () => warningRecord(ago(0n)));
  const thresholds = { ERROR: 3, WARN: 2 };
  const statusOf = async (records: readonly LogRecord[]) => (await cardOf(records, thresholds)).slots.at(-1)!.status;
  expect(await statusOf(errors(3))).toBe('error');
  expect(await statusOf(errors(2))).toBe('ok');
  expect(await statusOf([...errors(2), ...warnings(2)])).toBe('warning');
  expect(await statusOf(warnings(1))).toBe('ok');
  expect(await statusOf([...errors(2), fatalRecord(ago(0n))])).toBe('error');
});

test('P15 a slot is red from the FATAL threshold on, whatever that of ERROR', async () => {
  const card = await cardOf([fatalRecord(ago(0n))], { ERROR: 10, FATAL: 1 });
  expect(card.slots.at(-1)!.status).toBe('error');
});

test('P16 a threshold of null colours from 1', async () => {
  const off = { ERROR: null, WARN: null, FATAL: null };
  expect(await cardOf([errorRecord(ago(0n))], off)).toMatchObject({ status: 'failing' });
  expect((await cardOf([errorRecord(ago(0n))], off)).slots.at(-1)!.status).toBe('error');
  expect(await cardOf([warningRecord(ago(0n))], off)).toMatchObject({ status: 'warning' });
  expect((await cardOf([warningRecord(ago(0n))], off)).slots.at(-1)!.status).toBe('warning');
});

test('P16 errors below their threshold are a warning; warnings below theirs are healthy', async () => {
  expect((await cardOf([errorRecord(ago(0n))], { ERROR: 2 })).status).toBe('warning');
  expect((await cardOf([errorRecord(ago(0n)), errorRecord(ago(MINUTE))], { ERROR: 2 })).status).toBe('failing');
  expect((await cardOf([warningRecord(ago(0n))], { WARN: 2 })).status).toBe('healthy');
});

test('P23 errors that are not FATAL do not reach the FATAL threshold, wherever the last hour begins in a slot', async () => {
  const thresholds = { ERROR: 10, FATAL: 1 };
  for (const settings of [HOURS, DAYS, FIVE_MINUTES]) {
    const plain = [errorRecord(ago(MINUTE))];
    const withOldFatal = [...plain, fatalRecord(ago(HOUR + MILLISECOND))];
    const withRecentFatal = [...plain, fatalRecord(ago(HOUR))];
    expect((await cardOf(plain, thresholds, settings)).status).toBe('warning');
    expect((await cardOf(withOldFatal, thresholds, settings)).status).toBe('warning');
    expect((await cardOf(withRecentFatal, thresholds, settings)).status).toBe('failing');
  }
});

test('P10 totals are those of all cards', async () => {
  const cards = await cardsOf([
    errorRecord({ logger: 'a', ...ago(MINUTE) }),
    warningRecord({ logger: 'b', ...ago(MINUTE) }),
    errorRecord({ logger: 'c', ...ago(5n * HOUR) }),
    logRecord({ logger: 'd', ...ago(MINUTE) }),
    logRecord({ logger: 'd', ...ago(MINUTE) }),
  ]);
  expect(totalsOf(cards)).toEqual({
    loggers: 4,
    errors: 2,
    warnings: 1,
    total: 5,
    failing: 1,
    warning: 1,
    healthy: 1,
    clean: 1,
  });
});
