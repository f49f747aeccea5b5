import fc from 'fast-check';
import { expect, test } from 'vitest';
import { timeZoneNamed } from '../../../dashboard/health/time-zone.ts';
import { limitParam, pageParam, recordFilter } from '../../../dashboard/params.ts';
import { parseTime } from '../../../dashboard/parse-time.ts';
import { END_OF_TIME, toRfc3339 } from '../../../dashboard/times.ts';
import { compileQuery } from '../../../receiver/query/evaluate.ts';
import { at, DAY, errorRecord, HOUR, logRecord, MINUTE, SECOND, warningRecord } from '../../helpers/records.ts';

const NOW = at('2026-11-21T10:19:15.123456789Z');

test('a time is RFC 3339 with any offset and up to nine digits of a second', () => {
  const expected = at('2026-11-21T10:00:00.123456789Z');
  expect(parseTime('2026-11-21T10:00:00.123456789Z', NOW)).toBe(expected);
  expect(parseTime('2026-11-21t15:45:00.123456789+05:45', NOW)).toBe(expected);
  expect(parseTime('2026-11-21T15:45:00.123456789 05:45', NOW)).toBe(expected);
  expect(parseTime('2026-11-20T22:30:00.123456789-11:30', NOW)).toBe(expected);
  expect(parseTime('2026-11-21T10:00:00z', NOW)).toBe(at('2026-11-21T10:00:00Z'));
  expect(parseTime('2016-12-31T23:59:60Z', NOW)).toBe(at('2017-01-01T00:00:00Z'));
});

test('a time is relative to now, in seconds to weeks, or a count of nanoseconds', () => {
  expect(parseTime('now', NOW)).toBe(NOW);
  expect(parseTime('now-90s', NOW)).toBe(NOW - 90n * SECOND);
  expect(parseTime('now-30m', NOW)).toBe(NOW - 30n * MINUTE);
  expect(parseTime('now-1h', NOW)).toBe(NOW - HOUR);
  expect(parseTime('now-7d', NOW)).toBe(NOW - 7n * DAY);
  expect(parseTime('now-2w', NOW)).toBe(NOW - 14n * DAY);
  expect(parseTime('now+1h', NOW)).toBe(NOW + HOUR);
  // What an unencoded plus is in an address.
  expect(parseTime('now 1h', NOW)).toBe(NOW + HOUR);
  expect(parseTime(String(NOW), NOW)).toBe(NOW);
});

test('a time beyond what records can have is the nearest that they can', () => {
  expect(parseTime('1901-01-01T00:00:00Z', NOW)).toBe(0n);
  expect(parseTime('now-9999w', NOW)).toBe(0n);
  expect(parseTime('9999-12-31T23:59:59Z', NOW)).toBe(END_OF_TIME);
});

test.each([
  '',
  'yesterday',
  'now-1y',
  'now-h',
  '1763719200',
  '2026-11-21',
  '2026-11-21T10:00:00',
  '2026-02-30T10:00:00Z',
  '2026-13-01T10:00:00Z',
  '2026-11-21T24:00:00Z',
  '2026-11-21T10:60:00Z',
  '2026-11-21T10:00:00.1234567890Z',
  '2026-11-21T10:00:00+24:00',
])('%j is no time', (text) => {
  expect(parseTime(text, NOW)).toBeNull();
});

test('P18 a time without offset is the zone’s, where there is one; twice shown is the first, skipped goes on', () => {
  const budapest = timeZoneNamed('Europe/Budapest');
  expect(parseTime('2026-07-01T12:00', NOW, budapest)).toBe(at('2026-07-01T10:00:00Z'));
  expect(parseTime('2026-07-01', NOW, budapest)).toBe(at('2026-06-30T22:00:00Z'));
  expect(parseTime('2026-10-25T02:30', NOW, budapest)).toBe(at('2026-10-25T00:30:00Z'));
  expect(parseTime('2026-03-29T02:30', NOW, budapest)).toBe(at('2026-03-29T01:30:00Z'));
});

test('what is written as RFC 3339 is read as the same time', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: END_OF_TIME }), (nanos) => {
      expect(parseTime(toRfc3339(nanos), NOW)).toBe(nanos);
    }),
  );
});

test('P32 a page that is none is page 1', () => {
  const pages = ['0', 'abc', '-1', '1.5', '', ' 2', '99999999999'].map((page) => pageParam({ page }));
  expect(pages).toEqual([1, 1, 1, 1, 1, 1, 1]);
  expect(pageParam({})).toBe(1);
  expect(pageParam({ page: '7' })).toBe(7);
  expect(pageParam({ page: ['3', '4'] })).toBe(3);
});

test('a limit is 1 to 1000, 50 when none is given, 1000 when more is asked for', () => {
  expect(limitParam({})).toEqual({ ok: true, value: 50 });
  expect(limitParam({ limit: '' })).toEqual({ ok: true, value: 50 });
  expect(limitParam({ limit: '1000' })).toEqual({ ok: true, value: 1000 });
  expect(limitParam({ limit: '1001' })).toEqual({ ok: true, value: 1000 });
  for (const limit of ['0', '-1', 'ten', '1e2', '9'.repeat(400)]) {
    const result = limitParam({ limit });
    expect(result).toMatchObject({ ok: false, fault: { parameter: 'limit' } });
    expect(JSON.stringify(result).length).toBeLessThan(200);
  }
});

test('P30 level, service, logger and query combine', () => {
  const records = [
    errorRecord({ service: 'a', logger: 'x', body: 'boom one' }),
    errorRecord({ service: 'a', logger: 'y', body: 'boom two' }),
    warningRecord({ service: 'b', logger: 'x', body: 'boom three' }),
    logRecord({ service: 'a', logger: 'x', body: 'boom four' }),
    logRecord({ service: 'a', logger: 'x', body: 'seen', severityNumber: 10, severityText: 'AUDIT' }),
  ];
  const found = (query: Record<string, string | string[]>) => {
    const filter = recordFilter(query, NOW);
    if (!filter.ok) throw new Error(filter.fault.message);
    return records.filter(compileQuery(filter.value.query)).map((record) => record.body);
  };
  expect(found({})).toHaveLength(5);
  expect(found({ level: 'error' })).toEqual(['boom one', 'boom two']);
  expect(found({ level: '>=warn' })).toEqual(['boom one', 'boom two', 'boom three']);
  expect(found({ level: 'warn,ERROR' })).toEqual(['boom one', 'boom two', 'boom three']);
  expect(found({ level: ['warn', 'audit'] })).toEqual(['boom three', 'seen']);
  expect(found({ level: '<warn' })).toEqual(['boom four', 'seen']);
  expect(found({ service: 'a', logger: 'x', q: 'boom -four' })).toEqual(['boom one']);
  expect(found({ service: ['a', 'b'], logger: 'x', q: 'boom', level: '' })).toEqual([
    'boom one',
    'boom three',
    'boom four',
  ]);
});

test('a fault names its parameter, and a query’s its place', () => {
  expect(recordFilter({ q: 'a (b' }, NOW)).toMatchObject({
    ok: false,
    fault: { parameter: 'q', position: 2, length: 1 },
  });
  expect(recordFilter({ level: '>loud' }, NOW)).toMatchObject({ ok: false, fault: { parameter: 'level' } });
  expect(recordFilter({ from: 'soon' }, NOW)).toMatchObject({ ok: false, fault: { parameter: 'from' } });
  expect(recordFilter({ from: 'now', to: 'now-1h' }, NOW)).toMatchObject({ ok: false, fault: { parameter: 'from' } });
});
