import { expect, test } from 'vitest';
import { loadFiring } from '../../../dashboard/health/firing.ts';
import type { DashboardOptions } from '../../../dashboard/options.ts';
import type { LogRecord } from '../../../receiver/record/log-record.ts';
import type { NamedLevel } from '../../../receiver/record/severity.ts';
import type { Alert } from '../../../receiver/store/alert.ts';
import { buildAlert } from '../../helpers/alerts.ts';
import { batch, errorRecord, HOUR, logRecord, MINUTE, NOON, warningRecord } from '../../helpers/records.ts';
import { createMemoryStore } from '../../store/memory-store.ts';

interface Situation {
  readonly records?: readonly LogRecord[];
  /** Oldest first. */
  readonly alerts: readonly Alert[];
  readonly thresholdOf?: DashboardOptions['thresholdOf'];
  /** Told of each question to the store. */
  readonly onAsked?: (operation: string) => void;
}

/** The ids of the alerts that fire at noon, the window being an hour. */
async function firingIds({ records = [], alerts, thresholdOf = () => 1, onAsked }: Situation): Promise<string[]> {
  const fail = (operation: string) => {
    onAsked?.(operation);
    return false;
  };
  const store = createMemoryStore({ fail });
  await store.append([batch(records)]);
  await store.commitAlerts([{ key: 'k', version: 0, state: '', alerts }]);
  const firing = await loadFiring({ store, thresholdOf, thresholdWindow: 3_600_000, now: () => NOON });
  return firing.map(({ id }) => id);
}

const ago = (nanos: bigint) => ({ timestamp: NOON - nanos });
const alertAt = (id: string, windowEnd: bigint, overrides: Partial<Alert> = {}): Alert =>
  buildAlert({ id, logger: 'shop.cart', timestamp: windowEnd, windowEnd, ...overrides });

test('P21 an alert fires on while its logger keeps failing, however long ago it fired', async () => {
  const alerts = [alertAt('a1', NOON - 30n * HOUR)];
  const thresholdOf = () => 3;
  const three = [errorRecord(ago(MINUTE)), errorRecord(ago(2n * MINUTE)), errorRecord(ago(59n * MINUTE))];
  expect(await firingIds({ alerts, thresholdOf, records: three })).toEqual(['a1']);
  expect(await firingIds({ alerts, thresholdOf, records: three.slice(1) })).toEqual([]);
  expect(await firingIds({ alerts, thresholdOf, records: [...three.slice(1), errorRecord(ago(2n * HOUR))] })).toEqual(
    [],
  );
});

test('P22 a record exactly a window old is within it, a nanosecond older is not', async () => {
  const alerts = [alertAt('a1', NOON - HOUR)];
  expect(await firingIds({ alerts, records: [errorRecord(ago(HOUR))] })).toEqual(['a1']);
  expect(await firingIds({ alerts, records: [errorRecord(ago(HOUR + 1n))] })).toEqual([]);
});

test('P23 each logger and level fires by itself, the newest window first', async () => {
  const alerts = [
    alertAt('a1-error', NOON - 9n * MINUTE),
    alertAt('a2-fatal', NOON - 8n * MINUTE, { thresholdLevel: 'FATAL' }),
    alertAt('a3-warn', NOON - 7n * MINUTE, { thresholdLevel: 'WARN' }),
    alertAt('a4-mail', NOON - 6n * MINUTE, { logger: 'shop.mail' }),
    alertAt('a5-billing', NOON - 5n * MINUTE, { service: 'billing' }),
  ];
  expect(await firingIds({ alerts, records: [logRecord({ ...ago(MINUTE), severityNumber: 21 })] })).toEqual([
    'a2-fatal',
  ]);
  const records = [errorRecord(ago(MINUTE)), warningRecord(ago(MINUTE))];
  expect(await firingIds({ alerts, records })).toEqual(['a3-warn', 'a1-error']);
  const elsewhere = [
    errorRecord({ ...ago(MINUTE), logger: 'shop.mail' }),
    errorRecord({ ...ago(0n), service: 'billing' }),
  ];
  expect(await firingIds({ alerts, records: elsewhere })).toEqual(['a5-billing', 'a4-mail']);
});

test('P21 P25 of one logger and level the newest window stands, also when an older one was noticed later', async () => {
  const records = [errorRecord(ago(MINUTE))];
  const alerts = [
    alertAt('a1', NOON - 3n * HOUR),
    alertAt('a2', NOON - MINUTE),
    alertAt('a3', NOON - 90n * HOUR, { firedAt: NOON }),
  ];
  expect(await firingIds({ alerts, records })).toEqual(['a2']);
  const late = [
    alertAt('a1', NOON - 3n * HOUR),
    ...Array.from({ length: 250 }, (_, i) => alerted(i, NOON - 90n * HOUR)),
  ];
  expect(await firingIds({ alerts: late, records })).toEqual(['a1']);
});

test('P16 a threshold that is switched off fires nothing', async () => {
  const alerts = [alertAt('a1', NOON - MINUTE), alertAt('a2', NOON - MINUTE, { thresholdLevel: 'INFO' })];
  const records = [errorRecord(ago(MINUTE))];
  expect(await firingIds({ alerts, records, thresholdOf: () => null })).toEqual([]);
  const onlyErrors = (_service: string, _logger: string, level: NamedLevel) => (level === 'ERROR' ? 1 : null);
  expect(await firingIds({ alerts, records, thresholdOf: onlyErrors })).toEqual(['a1']);
});

test('P22 an alert of a level below WARN fires while its window ends within the rolling one', async () => {
  const info = { thresholdLevel: 'INFO' } as const;
  expect(await firingIds({ alerts: [alertAt('a1', NOON - HOUR, info)] })).toEqual(['a1']);
  expect(await firingIds({ alerts: [alertAt('a1', NOON - HOUR - 1n, info)] })).toEqual([]);
  const completedLate = alertAt('a1', NOON - MINUTE, { ...info, timestamp: NOON - 90n * MINUTE });
  expect(await firingIds({ alerts: [completedLate] })).toEqual(['a1']);
});

test('P32 a logger that fails on is found behind many newer alerts, and the search has an end', async () => {
  const records = [errorRecord(ago(MINUTE))];
  const asked: string[] = [];
  const onAsked = (operation: string) => asked.push(operation);
  const behind = (newer: number) => [
    alertAt('a0', NOON - 2n * HOUR),
    ...Array.from({ length: newer }, (_, index) => alerted(index, NOON - 3n * MINUTE, { logger: 'noisy' })),
  ];
  expect(await firingIds({ alerts: behind(700), records, onAsked })).toEqual(['a0']);
  expect(asked.filter((operation) => operation === 'cards')).toHaveLength(1);
  asked.length = 0;
  expect(await firingIds({ alerts: behind(3000), records, onAsked })).toEqual([]);
  expect(asked.filter((operation) => operation === 'alerts')).toHaveLength(5);
});

function alerted(index: number, windowEnd: bigint, overrides: Partial<Alert> = {}): Alert {
  return alertAt(`b${String(index).padStart(5, '0')}`, windowEnd, { firedAt: NOON, ...overrides });
}
