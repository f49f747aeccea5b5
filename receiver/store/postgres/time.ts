/**
 * A time as the tables hold it: `timestamptz` knows microseconds, so the nanoseconds beyond them stand in a column of
 * their own.
 */
export interface StoredTime {
  /** Microseconds since the Unix epoch. */
  readonly microseconds: bigint;
  /** 0 … 999. */
  readonly ns: number;
}

export function splitTime(nanoseconds: bigint): StoredTime {
  const microseconds = nanoseconds / 1000n;
  return { microseconds, ns: Number(nanoseconds - microseconds * 1000n) };
}

export function joinTime(microseconds: bigint, ns: number): bigint {
  return microseconds * 1000n + BigInt(ns);
}

/** A `timestamptz` parameter of so many microseconds since the Unix epoch. */
export function timeParameter(microseconds: bigint): string {
  const milliseconds = Number(microseconds / 1000n);
  const rest = Number(microseconds - BigInt(milliseconds) * 1000n);
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(rest).padStart(3, '0')}Z`;
}

const TIMESTAMPTZ = /^(\d{4,})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?$/;

/** Microseconds since the Unix epoch of a `timestamptz` as the server writes it (DateStyle ISO), in any time zone. */
export function parseTimestamptz(text: string): bigint {
  const match = TIMESTAMPTZ.exec(text);
  if (match === null) throw new RangeError('PostgreSQL wrote a time in an unknown form');
  const [, year, month, day, hour, minute, second, fraction = '', sign, ...offset] = match;
  const milliseconds = Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
  const [hours = '0', minutes = '0', seconds = '0'] = offset;
  const away = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  const utc = milliseconds - (sign === '-' ? -away : away) * 1000;
  return BigInt(utc) * 1000n + BigInt(fraction.padEnd(6, '0'));
}
