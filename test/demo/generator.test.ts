import { describe, expect, test } from 'vitest';
import { CATALOGUE, FLOWS } from '../../receiver/demo/catalogue.ts';
import { generateEvents } from '../../receiver/demo/events.ts';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import { demoIncidents } from '../../receiver/demo/incidents.ts';
import { isError } from '../../receiver/record/severity.ts';
import { at, DAY, HOUR, MINUTE } from '../helpers/records.ts';

const FROM = at('2026-11-10T00:00:00Z');
const OPTIONS = { seed: 7, from: FROM, to: FROM + 3n * DAY, recordsPerDay: 5000 };

describe('generated traffic', () => {
  test('is the same for the same seed, in time order, and of the wanted number', () => {
    const records = [...generateTraffic(OPTIONS)];
    expect([...generateTraffic(OPTIONS)]).toEqual(records);
    expect([...generateTraffic({ ...OPTIONS, seed: 8 })][0]).not.toEqual(records[0]);
    expect(Math.abs(records.length - 15_000)).toBeLessThan(1500);
    const times = records.map(({ timestamp }) => timestamp);
    expect(times).toEqual(times.toSorted((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    expect(times[0]! >= OPTIONS.from && times.at(-1)! < OPTIONS.to).toBe(true);
  });

  test('of parts of a range is that of the whole', () => {
    const whole = [...generateTraffic(OPTIONS)];
    const middle = FROM + DAY + 17n * MINUTE;
    const parts = [...generateTraffic({ ...OPTIONS, to: middle }), ...generateTraffic({ ...OPTIONS, from: middle })];
    expect(parts).toEqual(whole);
  });

  test('comes from eight services with five loggers each, six to eight attributes a record on average', () => {
    const records = [...generateTraffic(OPTIONS)];
    expect(new Set(CATALOGUE.map(({ service }) => service)).size).toBe(8);
    expect(CATALOGUE).toHaveLength(40);
    const known = CATALOGUE.map(({ logger }) => logger);
    expect(FLOWS.flatMap(({ loggers }) => loggers).filter((logger) => !known.includes(logger))).toEqual([]);
    expect(new Set(records.map(({ logger }) => logger)).size).toBe(40);
    const attributes = records.reduce((sum, record) => sum + record.attributes.size, 0) / records.length;
    expect(attributes).toBeGreaterThan(6);
    expect(attributes).toBeLessThan(8);
  });

  test('leaves no placeholder unfilled', () => {
    const unfilled = generateTraffic(OPTIONS).filter(({ body }) => /\{\w+\}/.test(String(body)));
    expect([...unfilled]).toEqual([]);
  });
});

describe('the demo', () => {
  const start = at('2026-11-20T12:00:00Z');
  const incidents = demoIncidents(7, start);
  const errorsBetween = (from: bigint, to: bigint) =>
    [...generateTraffic({ seed: 7, from, to, recordsPerDay: 12_000, incidents })].filter((record) =>
      isError(record.severityNumber),
    );

  test('has something to see in its last hour: the payment provider failed, with stack traces', () => {
    const failures = errorsBetween(start - HOUR, start).filter(({ logger }) => logger === 'payments.gateway');
    expect(failures.length).toBeGreaterThan(3);
    expect(failures[0]!.attributes.get('exception.stacktrace')).toContain('\n    at ');
  });

  test('has its first live incident within a minute, and others by turns', () => {
    const during = (minutes: number) => incidents(start + (BigInt(minutes) * MINUTE) / 2n)?.troubled ?? {};
    expect(during(0)).toEqual({});
    expect(during(1)).toHaveProperty(['payments.gateway']);
    expect(during(6)).toEqual({});
    expect(during(17)).toHaveProperty(['db.pool']);
  });

  test('has incidents in its history', () => {
    const history = errorsBetween(start - 20n * DAY, start - 10n * DAY);
    expect(history.length).toBeGreaterThan(20);
  });
});

describe('the demo’s events', () => {
  const events = [...generateEvents({ seed: 7, from: FROM, to: FROM + 3n * DAY })];

  test('are the same for the same seed, within their range, and of loggers that are known', () => {
    expect([...generateEvents({ seed: 7, from: FROM, to: FROM + 3n * DAY })]).toEqual(events);
    expect(events.every(({ timestamp }) => timestamp >= FROM && timestamp < FROM + 3n * DAY)).toBe(true);
    const known = CATALOGUE.map(({ logger }) => logger);
    expect(events.filter(({ logger }) => !known.includes(logger))).toEqual([]);
  });

  test('are requests, changes, sign-ins and imports as groups', () => {
    const names = new Set(events.map(({ eventName }) => eventName));
    expect([...names].sort()).toEqual(['logvitals.audit', 'logvitals.event', 'logvitals.http', 'logvitals.login']);
    const groups = Map.groupBy(events, ({ attributes }) => attributes.get('logvitals.group.id'));
    groups.delete(undefined);
    expect(groups.size).toBeGreaterThan(3);
    expect([...groups.values()].every((members) => members.length > 1)).toBe(true);
    expect(events.some(({ attributes }) => attributes.has('logvitals.changes'))).toBe(true);
  });
});
