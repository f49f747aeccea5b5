import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeZoneNamed } from '../../../dashboard/health/time-zone.ts';
import { layBuckets } from '../../../dashboard/routes/time-buckets.ts';
import { at, DAY, HOUR, MINUTE, NOON, SECOND } from '../../helpers/records.ts';

const UTC = timeZoneNamed('UTC')!;
const END_OF_TIME = 2n ** 63n - 1n;

describe('buckets of a histogram', () => {
  test('cut any stretch of time without gap or overlap, and into not too many', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Budapest',
      'Asia/Kathmandu',
      'America/Sao_Paulo',
      'Australia/Lord_Howe',
    );
    const time = fc.bigInt({ min: 0n, max: END_OF_TIME });
    fc.assert(
      fc.property(time, time, zones, (one, other, zone) => {
        const [from, to] = one < other ? [one, other] : [other, one];
        const { boundaries } = layBuckets(from, to, timeZoneNamed(zone)!);
        expect(boundaries[0]).toBe(from);
        expect(boundaries.at(-1)).toBe(to);
        for (const [index, end] of boundaries.slice(1).entries()) expect(end > boundaries[index]!).toBe(true);
        expect(boundaries.length).toBeLessThanOrEqual(100);
      }),
      { numRuns: 60 },
    );
  });

  test('stand on the clock, in lengths that people count in', () => {
    const stepOf = (span: bigint) => layBuckets(NOON - span, NOON, UTC).step / 1000;
    expect([SECOND, 90n * SECOND, HOUR, 6n * HOUR, DAY, 30n * DAY, 90n * DAY].map(stepOf)).toEqual([
      0.1, 1, 60, 300, 900, 43_200, 86_400,
    ]);
    const { boundaries } = layBuckets(at('2026-11-20T09:07:30.5Z'), at('2026-11-20T10:00:00Z'), UTC);
    expect(boundaries.slice(0, 3)).toEqual([
      at('2026-11-20T09:07:30.5Z'),
      at('2026-11-20T09:08:00Z'),
      at('2026-11-20T09:09:00Z'),
    ]);
  });

  test('P19 days are calendar days of the zone, also when the clock changes', () => {
    const budapest = timeZoneNamed('Europe/Budapest')!;
    const from = at('2026-08-31T22:00:00Z');
    const { boundaries } = layBuckets(from, from + 80n * DAY + HOUR, budapest);
    const hours = boundaries.slice(1).map((end, index) => Number((end - boundaries[index]!) / HOUR));
    expect(hours).toHaveLength(80);
    expect(hours.filter((length) => length === 25)).toHaveLength(1);
    expect(hours.filter((length) => length !== 24 && length !== 25)).toEqual([]);
  });

  test('there are none in no time', () => {
    expect(layBuckets(NOON, NOON, UTC).boundaries).toEqual([NOON]);
    expect(layBuckets(NOON, NOON + 1n, UTC).boundaries).toEqual([NOON, NOON + 1n]);
    expect(layBuckets(NOON, NOON + MINUTE, UTC).boundaries.length).toBeGreaterThan(30);
  });
});
