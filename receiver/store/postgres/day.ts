/** A UTC day: days since the Unix epoch. */
export type Day = number;

export const DAY_MILLISECONDS = 86_400_000;

/** The day of a time in nanoseconds since the Unix epoch. */
export function dayOf(nanoseconds: bigint): Day {
  return Math.floor(Number(nanoseconds / 1_000_000n) / DAY_MILLISECONDS);
}

/** `YYYY-MM-DD`: a `date` for PostgreSQL, and as a `timestamptz` in UTC the day's start. */
export function dateOf(day: Day): string {
  return new Date(day * DAY_MILLISECONDS).toISOString().slice(0, 10);
}

/** The day's start as a `timestamptz`, whatever the session's time zone. */
export function startOf(day: Day): string {
  return `${dateOf(day)}T00:00:00Z`;
}
