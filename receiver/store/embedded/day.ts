/** A day file's day: whole UTC days since the Unix epoch. */
export type Day = number;

const NANOSECONDS_PER_DAY = 86_400_000_000_000n;
/** The same as a double, exactly: times within a day need no bigint. */
export const DAY_LENGTH = 86_400_000_000_000;
/** Counts are kept by quarter of an hour, which every time zone's slots are made of. */
export const QUARTER_LENGTH = DAY_LENGTH / 96;

export function dayOf(timestamp: bigint): Day {
  return Number(timestamp / NANOSECONDS_PER_DAY);
}

export function startOf(day: Day): bigint {
  return BigInt(day) * NANOSECONDS_PER_DAY;
}

/** A time within a day, in nanoseconds since its start, cut to 0 … DAY_LENGTH. */
export function timeWithin(day: Day, timestamp: bigint): number {
  const time = timestamp - startOf(day);
  if (time <= 0n) return 0;
  return time >= NANOSECONDS_PER_DAY ? DAY_LENGTH : Number(time);
}

const MILLISECONDS_PER_DAY = 86_400_000;
export function dayOfMilliseconds(time: number): Day {
  return Math.floor(time / MILLISECONDS_PER_DAY);
}

const FILE_NAME = /^(\d{4}-\d\d-\d\d)\.db$/;

/** `2026-11-21.db`. */
export function fileNameOf(day: Day): string {
  return `${new Date(day * MILLISECONDS_PER_DAY).toISOString().slice(0, 10)}.db`;
}

/** The day a file name stands for, or null for any other file. */
export function dayOfFileName(name: string): Day | null {
  const date = FILE_NAME.exec(name)?.[1];
  if (date === undefined) return null;
  const day = Date.parse(`${date}T00:00:00Z`) / MILLISECONDS_PER_DAY;
  return Number.isInteger(day) && fileNameOf(day) === name ? day : null;
}
