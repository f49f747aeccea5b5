import fc from 'fast-check';
import { expect, test } from 'vitest';
import { layRange, rangeNamed } from '../../../dashboard/health/ranges.ts';
import { slotAround, type TimeZone, timeZoneNamed } from '../../../dashboard/health/time-zone.ts';
import { fromMillis, toRfc3339Millis } from '../../../dashboard/times.ts';
import type { RangeSettings } from '../../../receiver/config/config.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const hours24: RangeSettings = range('24h', 24, { unit: 'minutes', minutes: 60 }, 'time');
const days30: RangeSettings = range('30d', 30, { unit: 'day' }, 'date');
const days90: RangeSettings = range('90d', 90, { unit: 'day' }, 'date');
const settings = { ranges: [hours24, days30, days90], defaultRange: '24h' };

function range(
  name: string,
  slots: number,
  slot: RangeSettings['slot'],
  timeFormat: RangeSettings['timeFormat'],
): RangeSettings {
  return { name, label: name, slots, slot, timeFormat };
}

const zone = (name: string): TimeZone => timeZoneNamed(name)!;
const nanos = (text: string): bigint => fromMillis(Date.parse(text));
const lay = (settings: RangeSettings, now: string, zoneName: string) => layRange(settings, nanos(now), zone(zoneName));
const limits = (settings: RangeSettings, now: string, zoneName: string) =>
  lay(settings, now, zoneName).boundaries.map(toRfc3339Millis);
const lengths = (settings: RangeSettings, now: string, zoneName: string) =>
  lay(settings, now, zoneName).slots.map(({ from, to }) => Number((to - from) / fromMillis(HOUR)));

test('P14 24h has 24 slots of an hour, 30d 30 days and 90d 90, the last around now', () => {
  const now = '2026-11-21T10:19:15.123Z';
  const hours = lay(hours24, now, 'UTC');
  expect(hours.slots).toHaveLength(24);
  expect(toRfc3339Millis(hours.from)).toBe('2026-11-20T11:00:00.000Z');
  expect(toRfc3339Millis(hours.to)).toBe('2026-11-21T11:00:00.000Z');
  expect(lay(days30, now, 'UTC').slots).toHaveLength(30);
  expect(toRfc3339Millis(lay(days30, now, 'UTC').from)).toBe('2026-10-23T00:00:00.000Z');
  expect(lay(days90, now, 'UTC').slots).toHaveLength(90);
  expect(toRfc3339Millis(lay(days90, now, 'UTC').to)).toBe('2026-11-22T00:00:00.000Z');
});

test('P14 an unknown or missing range is the default one', () => {
  expect(rangeNamed('30d', settings)).toBe(days30);
  expect(rangeNamed('1y', settings)).toBe(hours24);
  expect(rangeNamed(undefined, settings)).toBe(hours24);
  expect(rangeNamed('24h', { ranges: [days30, days90], defaultRange: 'gone' })).toBe(days30);
});

test('P14 on the boundary itself the new slot has begun', () => {
  expect(limits(hours24, '2026-11-21T11:00:00.000Z', 'UTC').at(-1)).toBe('2026-11-21T12:00:00.000Z');
  expect(limits(hours24, '2026-11-21T10:59:59.999Z', 'UTC').at(-1)).toBe('2026-11-21T11:00:00.000Z');
});

test('P18 days are the calendar days of the zone', () => {
  expect(limits(days30, '2026-07-10T23:30:00Z', 'Europe/Budapest').slice(-2)).toEqual([
    '2026-07-10T22:00:00.000Z',
    '2026-07-11T22:00:00.000Z',
  ]);
  expect(limits(days30, '2026-07-10T01:30:00Z', 'America/Sao_Paulo').slice(-2)).toEqual([
    '2026-07-09T03:00:00.000Z',
    '2026-07-10T03:00:00.000Z',
  ]);
  expect(limits(days30, '2026-07-10T18:30:00Z', 'Asia/Kathmandu').slice(-2)).toEqual([
    '2026-07-10T18:15:00.000Z',
    '2026-07-11T18:15:00.000Z',
  ]);
});

test('P18 hours are the hours of the zone’s clock, also at a quarter past', () => {
  const kathmandu = lay(hours24, '2026-07-10T10:20:00Z', 'Asia/Kathmandu');
  expect(toRfc3339Millis(kathmandu.slots.at(-1)!.from)).toBe('2026-07-10T10:15:00.000Z');
  expect(kathmandu.slots.at(-1)!.label).toBe('16:00 to 17:00');
});

test('P19 spring: the day has 23 hours, and no hour that the clock skipped', () => {
  expect(lengths(days30, '2026-03-31T10:00:00Z', 'Europe/Budapest').slice(-4)).toEqual([24, 23, 24, 24]);
  const { slots } = lay(hours24, '2026-03-29T10:00:00Z', 'Europe/Budapest');
  expect(slots).toHaveLength(24);
  expect(slots.map((slot) => slot.label)).toContain('01:00 to 02:00');
  expect(slots.map((slot) => slot.label)).toContain('03:00 to 04:00');
  expect(slots.map((slot) => slot.label)).not.toContain('02:00 to 03:00');
});

test('P19 autumn: the day has 25 hours, and the hour that comes twice has two slots with names of their own', () => {
  expect(lengths(days30, '2026-10-26T10:00:00Z', 'Europe/Budapest').slice(-3)).toEqual([24, 25, 24]);
  const { slots } = lay(hours24, '2026-10-25T10:00:00Z', 'Europe/Budapest');
  expect(slots).toHaveLength(24);
  const first = slots.findIndex((slot) => slot.label === '02:00 to 03:00 UTC+2');
  expect(slots[first + 1]!.label).toBe('02:00 to 03:00 UTC+1');
  expect(slots[first]!.to).toBe(slots[first + 1]!.from);
  expect(toRfc3339Millis(slots[first]!.to)).toBe('2026-10-25T01:00:00.000Z');
});

test('P19 a day whose midnight the clock skips begins when the clock goes on', () => {
  // 2018-11-04 in São Paulo began at 01:00; 2018-02-17 ended an hour late.
  expect(limits(days30, '2018-11-05T12:00:00Z', 'America/Sao_Paulo').slice(-4)).toEqual([
    '2018-11-03T03:00:00.000Z',
    '2018-11-04T03:00:00.000Z',
    '2018-11-05T02:00:00.000Z',
    '2018-11-06T02:00:00.000Z',
  ]);
  expect(lengths(days30, '2018-02-19T12:00:00Z', 'America/Sao_Paulo').slice(-4)).toEqual([24, 25, 24, 24]);
});

test('P19 a calendar day that a zone left out altogether has no slot', () => {
  // Samoa went from the 29th of December 2011 to the 31st.
  const { slots } = lay(days30, '2012-01-01T12:00:00+14:00', 'Pacific/Apia');
  expect(slots.slice(-3).map((slot) => slot.label)).toEqual([
    'Thu, 29 Dec 2011',
    'Sat, 31 Dec 2011',
    'Sun, 1 Jan 2012',
  ]);
});

test('P19 the same hours on two days of a spring range are told apart by their dates', () => {
  const { slots } = lay(hours24, '2026-03-29T12:30:00Z', 'Europe/Budapest');
  expect(slots[0]!.label).toBe('Sat 28 Mar, 14:00 to 15:00');
  expect(slots.at(-1)!.label).toBe('Sun 29 Mar, 14:00 to 15:00');
});

test('P20 ranges of one’s own: an hour in 12 slots, a week in 7 days, a week in slots of six hours', () => {
  const hour = lay(range('1h', 12, { unit: 'minutes', minutes: 5 }, 'time'), '2026-11-21T10:19:15Z', 'UTC');
  expect(hour.slots).toHaveLength(12);
  expect(toRfc3339Millis(hour.from)).toBe('2026-11-21T09:20:00.000Z');
  expect(hour.slots.at(-1)).toMatchObject({ label: '10:15 to 10:20', axis: '10:15' });

  const week = lay(range('7d', 7, { unit: 'day' }, 'date'), '2026-11-21T10:19:15Z', 'UTC');
  expect(week.slots.at(-1)).toMatchObject({ label: 'Sat, 21 Nov 2026', axis: '21 Nov' });
  expect(week.slots).toHaveLength(7);

  const six = range('7d', 28, { unit: 'minutes', minutes: 360 }, 'datetime');
  const quarters = lay(six, '2026-03-31T10:00:00Z', 'Europe/Budapest');
  expect(quarters.slots.at(-1)!.label).toBe('Tue 31 Mar, 12:00 to 18:00');
  expect(quarters.slots.at(-1)!.axis).toBe('31 Mar, 12:00');
  const short = quarters.slots.find((slot) => slot.label.startsWith('Sun 29 Mar, 00:00'))!;
  expect(short.label).toBe('Sun 29 Mar, 00:00 to 06:00');
  expect(Number(short.to - short.from)).toBe(5 * HOUR * 1e6);
});

const ZONES = [
  'UTC',
  'Europe/Budapest',
  'America/Sao_Paulo',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Havana',
  'Atlantic/Azores',
  'Asia/Beirut',
  'Pacific/Apia',
  'America/St_Johns',
];

/** The oracle: what a plain formatter shows, nothing of the code under test. */
function wallText(zoneName: string): (instant: number) => string {
  const formatter = new Intl.DateTimeFormat('sv-SE', {
    timeZone: zoneName,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  return (instant) => formatter.format(instant);
}

test('P18 P19 each day slot is exactly the instants that the zone’s calendar calls by one date', () => {
  const instants = fc.integer({ min: Date.UTC(2012, 0, 3), max: Date.UTC(2031, 0, 1) });
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), instants, (zoneName, instant) => {
      const dateAt = (at: number) => wallText(zoneName)(at).slice(0, 10);
      const { from, to } = slotAround(zone(zoneName), instant, DAY);
      expect(from <= instant && instant < to).toBe(true);
      expect(new Set([from, instant, to - 1].map(dateAt)).size).toBe(1);
      expect(dateAt(from - 1)).not.toBe(dateAt(from));
      expect(dateAt(to)).not.toBe(dateAt(from));
    }),
    { numRuns: 300 },
  );
});

test('P18 P19 every quarter of an hour of 2018 falls into exactly one slot, whatever the zone and the size', () => {
  for (const zoneName of ['Europe/Budapest', 'America/Sao_Paulo', 'Australia/Lord_Howe']) {
    for (const size of [HOUR, 2 * HOUR, 6 * HOUR, DAY]) {
      let slot = slotAround(zone(zoneName), Date.UTC(2018, 0, 1), size);
      let misplaced = 0;
      for (let instant = Date.UTC(2018, 0, 1); instant < Date.UTC(2019, 0, 1); instant += HOUR / 4) {
        if (instant >= slot.to) {
          const next = slotAround(zone(zoneName), slot.to, size);
          if (next.from !== slot.to) misplaced += 1;
          slot = next;
        }
        if (instant < slot.from || instant >= slot.to) misplaced += 1;
      }
      expect(misplaced).toBe(0);
    }
  }
});

test('P19 hour slots of a year number as many as its hours, and each begins at a full hour of the clock', () => {
  for (const zoneName of ['Europe/Budapest', 'America/Sao_Paulo', 'Asia/Kathmandu']) {
    const year = range('year', 365 * 24, { unit: 'minutes', minutes: 60 }, 'datetime');
    const starts = new Set<number>();
    let instant = Date.UTC(2018, 0, 1, 3, 15);
    const text = wallText(zoneName);
    for (let count = 0; count < year.slots; count++) {
      const slot = slotAround(zone(zoneName), instant, HOUR);
      expect(slot.to - slot.from).toBe(HOUR);
      expect(text(slot.from).slice(14)).toBe('00:00');
      starts.add(slot.from);
      instant = slot.to;
    }
    expect(starts.size).toBe(year.slots);
  }
});

test('P18 a zone that does not exist is none, and any number of asked names keeps memory bounded', () => {
  expect(timeZoneNamed('Mars/Olympus')).toBeNull();
  expect(timeZoneNamed('')).toBeNull();
  for (const name of Intl.supportedValuesOf('timeZone')) expect(timeZoneNamed(name)!.offsetAt(0)).toBeTypeOf('number');
  expect(timeZoneNamed('europe/budapest')!.offsetAt(Date.UTC(2026, 6, 1))).toBe(2 * HOUR);
});
