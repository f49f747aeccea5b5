import { instantOfWall, type TimeZone } from '../../../dashboard/health/time-zone.ts';

const TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d(?::?\d\d)?)?$/;

/** The last time that a record can have, in the year 2262. */
const LATEST = 2n ** 63n - 1n;

/**
 * A database's or a file's time in nanoseconds since the Unix epoch; null for what is none, or none a record can have. A time without an offset is
 * what the zone's clock showed.
 */
export function parseNaiveTime(text: string, zone: TimeZone): bigint | null {
  const parts = TIME.exec(text);
  if (!parts) return null;
  const [, date, time, fraction = '', offset] = parts;
  const wall = Date.parse(`${date}T${time}Z`);
  // JavaScript takes February 30th for March 2nd.
  if (Number.isNaN(wall) || !new Date(wall).toISOString().startsWith(date!)) return null;
  const instant = offset === undefined ? instantOfWall(zone, wall) : wall - offsetMillis(offset);
  const timestamp = BigInt(instant) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
  return timestamp > 0n && timestamp <= LATEST ? timestamp : null;
}

/** `Z`, `+02`, `+0230` or `+02:30`. */
function offsetMillis(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(3).replace(':', '') || 0);
  return (offset.startsWith('-') ? -minutes : minutes) * 60_000;
}
