const MILLISECOND = 1_000_000n;
const SECOND = 1_000_000_000n;

/** Nanoseconds of one hour: what "recent" and "the last hour" mean (PARITY.md P12). */
export const HOUR = 3600n * SECOND;

/** Nanoseconds of 24 hours. */
export const DAY = 24n * HOUR;

/** The greatest timestamp a record can have (2^63 - 1 nanoseconds, in the year 2262). */
export const END_OF_TIME = 2n ** 63n - 1n;

export const fromMillis = (millis: number): bigint => BigInt(millis) * MILLISECOND;

/** Whole milliseconds, rounded down. Takes nanoseconds since the epoch, 0 or later. */
export const toMillis = (nanos: bigint): number => Number(nanos / MILLISECOND);

/** RFC 3339 in UTC with all nine digits: `2026-11-21T10:00:00.123456789Z`. */
export function toRfc3339(nanos: bigint): string {
  const seconds = new Date(toMillis(nanos)).toISOString().slice(0, -'.000Z'.length);
  return `${seconds}.${String(nanos % SECOND).padStart(9, '0')}Z`;
}

/** RFC 3339 in UTC to the millisecond, for times that have no finer part. */
export const toRfc3339Millis = (nanos: bigint): string => new Date(toMillis(nanos)).toISOString();
