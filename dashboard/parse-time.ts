import { instantOfWall, type TimeZone } from './health/time-zone.ts';
import { END_OF_TIME, fromMillis } from './times.ts';

const UNIT_SECONDS: Readonly<Record<string, bigint>> = { s: 1n, m: 60n, h: 3600n, d: 86_400n, w: 604_800n };
const SECOND = 1_000_000_000n;
const MINUTE_MILLIS = 60_000;

const RELATIVE = /^now(?:([+ -])(\d{1,9})([smhdw]))?$/;
const NANOSECONDS = /^\d{16,19}$/;
const DATE_TIME =
  /^(?<date>\d{4}-\d\d-\d\d)(?:[Tt ](?<time>\d\d:\d\d(?::\d\d)?)(?:\.(?<fraction>\d{1,9}))?(?<offset>[Zz]|[+ -]\d\d:\d\d)?)?$/;

/** What `parseTime` reads, for messages. */
export const TIME_FORMS = '2026-11-21T10:00:00Z, now, now-1h (s, m, h, d, w) or nanoseconds since 1970';

/**
 * A time as people and tools write it, in nanoseconds since the Unix epoch: RFC 3339 with up to nine digits of a second
 * and any offset, `now`, `now-90s`, `now-7d`, or the nanoseconds themselves (16 to 19 digits). With a time zone also a
 * date or a date and time without offset, which is then that zone's. Times beyond what records can have become the
 * nearest that they can (1970 and 2262). A space stands for `+`, which is what an address makes of it. Null for anything
 * else.
 */
export function parseTime(text: string, now: bigint, zone: TimeZone | null = null): bigint | null {
  const nanos = parseRelative(text, now) ?? parseNanoseconds(text) ?? parseDateTime(text, zone);
  if (nanos === null) return null;
  if (nanos < 0n) return 0n;
  return nanos > END_OF_TIME ? END_OF_TIME : nanos;
}

function parseRelative(text: string, now: bigint): bigint | null {
  const match = RELATIVE.exec(text);
  if (match === null) return null;
  const [, sign, amount, unit] = match;
  if (sign === undefined) return now;
  const distance = BigInt(amount!) * UNIT_SECONDS[unit!]! * SECOND;
  return sign === '-' ? now - distance : now + distance;
}

function parseNanoseconds(text: string): bigint | null {
  return NANOSECONDS.test(text) ? BigInt(text) : null;
}

function parseDateTime(text: string, zone: TimeZone | null): bigint | null {
  const match = DATE_TIME.exec(text)?.groups;
  if (match === undefined) return null;
  const { date, time, fraction, offset } = match;
  const wall = wallMillis(date!, time ?? '00:00');
  const offsetMillis = offset === undefined ? null : parseOffset(offset);
  if (wall === null || (offset !== undefined && offsetMillis === null)) return null;
  if (offsetMillis === null && zone === null) return null;
  const instant = offsetMillis === null ? instantOfWall(zone!, wall) : wall - offsetMillis;
  return fromMillis(instant) + BigInt((fraction ?? '').padEnd(9, '0'));
}

/** Null for a day or an hour that no calendar or clock has. A 60th second, which RFC 3339 allows, is the next minute's first. */
function wallMillis(date: string, time: string): number | null {
  const [hours, minutes, seconds = 0] = time.split(':').map(Number);
  const midnight = new Date(`${date}T00:00:00Z`);
  const isDay = !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
  if (!isDay || hours! > 23 || minutes! > 59 || seconds > 60) return null;
  return midnight.getTime() + (hours! * 3600 + minutes! * 60 + seconds) * 1000;
}

function parseOffset(offset: string): number | null {
  if (offset === 'Z' || offset === 'z') return 0;
  const [hours, minutes] = offset.slice(1).split(':').map(Number);
  if (hours! > 23 || minutes! > 59) return null;
  const millis = (hours! * 60 + minutes!) * MINUTE_MILLIS;
  return offset.startsWith('-') ? -millis : millis;
}
