import { slotAround, type TimeZone } from '../health/time-zone.ts';
import { fromMillis, toMillis } from '../times.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Lengths that people count in, in milliseconds. */
const STEPS = [
  1,
  10,
  100,
  ...[1, 2, 5, 10, 15, 30].map((seconds) => seconds * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 7, 30, 90, 365, 3650].map((days) => days * DAY),
];
/** A day by quarters of an hour. */
const MOST = 96;

export interface TimeBuckets {
  /** In ascending order, n + 1 for n buckets, the first `from` and the last `to`. */
  readonly boundaries: readonly bigint[];
  /** Length of a bucket in milliseconds; the first and the last may be shorter. */
  readonly step: number;
}

/** `[from, to)` in about a hundred buckets at most that stand on the zone's clock; none when it is empty. */
export function layBuckets(from: bigint, to: bigint, zone: TimeZone): TimeBuckets {
  const span = toMillis(to - from);
  const step = STEPS.find((size) => span <= size * MOST) ?? STEPS.at(-1)!;
  const boundaries = [from];
  let end = from;
  while (end < to) {
    const next = fromMillis(slotAround(zone, toMillis(end), step).to);
    end = next < to ? next : to;
    boundaries.push(end);
  }
  return { boundaries, step };
}
