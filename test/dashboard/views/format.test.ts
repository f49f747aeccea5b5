import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ago,
  calendarDay,
  clockTime,
  editable,
  elapsed,
  exactTime,
  oneLine,
  plural,
  printable,
  rfc3339,
  short,
  took,
} from '../../../dashboard/views/format.ts';
import { at, DAY, HOUR, MILLISECOND, MINUTE, NOON, SECOND } from '../../helpers/records.ts';

describe('numbers', () => {
  test('cards show at most three digits that count', () => {
    const shown = [0, 7, 184, 999, 1000, 1100, 9_996, 48_200, 102_345, 999_949, 999_950, 1_210_000, 3e9].map(short);
    expect(shown).toEqual(['0', '7', '184', '999', '1k', '1.1k', '10k', '48.2k', '102k', '1M', '1M', '1.21M', '3G']);
  });

  test('P13 counts pluralise', () => {
    expect([0, 1, 2, 4210].map((count) => plural(count, 'error'))).toEqual([
      '0 errors',
      '1 error',
      '2 errors',
      '4,210 errors',
    ]);
  });
});

describe('times', () => {
  test('ages are in the largest whole unit, also ahead of the clock', () => {
    const ages = [0n, SECOND, 12n * SECOND, 90n * SECOND, 3n * HOUR, 47n * HOUR, 5n * DAY, -2n * MINUTE];
    expect(ages.map((age) => ago(NOON - age, NOON))).toEqual([
      'just now',
      'just now',
      '12 s ago',
      '1 min ago',
      '3 h ago',
      '47 h ago',
      '5 d ago',
      'in 2 min',
    ]);
  });

  test('P62 elapsed times are as fine as matters, and say when the clock ran backwards', () => {
    const spans = [0n, 402_113n, 12_400_000_000n, 200n * SECOND, 113n * MINUTE, 27n * HOUR, -5_000_000n];
    expect(spans.map(elapsed)).toEqual(['+0', '+0.402 ms', '+12.4 s', '+3m 20s', '+1h 53m', '+1d 3h', '−5 ms']);
  });

  test('P62 elapsed times never read as none, nor as a full unit that was not reached', () => {
    const spans = [1n, 999n, 1_500n, 9_999n, 10_499n, 999_999_999n, 59_999_999_999n, -1n];
    expect(spans.map(elapsed)).toEqual([
      '+1 ns',
      '+999 ns',
      '+1.5 µs',
      '+9.999 µs',
      '+0.01 ms',
      '+999.999 ms',
      '+59.999 s',
      '−1 ns',
    ]);
  });

  test('P52 durations are of the unit that their rounding reaches', () => {
    const spans = [0, 0.0004, 0.9994, 0.99999, 1.236, 59.94, 59.9996, 61, 1e300];
    expect(spans.map(took)).toEqual([
      '0 ms',
      '0.4 ms',
      '999 ms',
      '1 s',
      '1.24 s',
      '59.9 s',
      '1 min',
      '1 min',
      '11574 d',
    ]);
  });

  test('a record shows all nine digits in the reader’s zone', () => {
    const time = at('2026-11-21T09:55:12.402113904Z');
    expect(exactTime(time, 'UTC')).toBe('Sat 21 Nov 2026, 09:55:12.402 113 904');
    expect(exactTime(time, 'Asia/Kathmandu')).toBe('Sat 21 Nov 2026, 15:40:12.402 113 904');
    expect(clockTime(time, 'UTC')).toBe('09:55:12.402');
    expect(editable(at('2026-03-01T00:05:00Z'), 'America/Sao_Paulo')).toBe('2026-02-28 21:05:00');
  });

  test('days name their year only when it is not this one', () => {
    expect(calendarDay(at('2026-01-02T00:00:00Z'), 'UTC', NOON)).toBe('2 Jan');
    expect(calendarDay(at('2025-12-31T00:00:00Z'), 'UTC', NOON)).toBe('31 Dec 2025');
  });

  test('P17 times in links keep every digit they have and no more', () => {
    const texts = ['2026-11-21T14:00:00Z', '2026-11-21T14:00:00.5Z', '2026-11-21T14:00:00.000000001Z'];
    expect(texts.map((text) => rfc3339(at(text)))).toEqual([
      '2026-11-21T14:00:00Z',
      '2026-11-21T14:00:00.500Z',
      '2026-11-21T14:00:00.000000001Z',
    ]);
  });
});

describe('texts out of logs', () => {
  test('control characters and marks that turn the direction are shown, not obeyed', () => {
    expect(printable('a\x1b[31mb\0\x7fc\u202ed\u2066')).toBe('a␛[31mb␀␡c\ufffdd\ufffd');
    expect(printable('two\n\tlines')).toBe('two\n\tlines');
  });

  test('a line of a table is one line', () => {
    expect(oneLine('  first\r\n\tsecond  ')).toBe('first second');
  });
});

test('P18 a time is what the zone’s clock shows, remembered or not', () => {
  const zones = [
    'UTC',
    'Europe/Budapest',
    'Asia/Kathmandu',
    'America/Sao_Paulo',
    'Africa/Monrovia',
    'Australia/Lord_Howe',
  ];
  const clocks = new Map(
    zones.map((zone) => [
      zone,
      new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }),
    ]),
  );
  // Few minutes, so that some come again; from 1970 on, when Liberia's clock was 44 minutes and 30 seconds behind.
  const instant = fc.oneof(
    fc.nat({ max: 600_000 }),
    fc.integer({ min: 1.79e12, max: 1.79e12 + 600_000 }),
    fc.nat({ max: 4e12 }),
  );
  fc.assert(
    fc.property(instant, fc.constantFrom(...zones), (milliseconds, zone) => {
      const time = BigInt(milliseconds) * MILLISECOND;
      expect(editable(time, zone)).toBe(clocks.get(zone)!.format(milliseconds));
      const fraction = String(milliseconds % 1000).padStart(3, '0');
      expect(clockTime(time, zone)).toBe(`${clocks.get(zone)!.format(milliseconds).slice(-8)}.${fraction}`);
    }),
    { numRuns: 3000 },
  );
});
