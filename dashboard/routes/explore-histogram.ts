import { isError, isWarning, LEVELS, LOWEST_SEVERITY } from '../../receiver/record/severity.ts';
import type { Histogram } from '../../receiver/store/store.ts';
import type { TimeZone } from '../health/time-zone.ts';
import { fromMillis } from '../times.ts';
import { calendarDay, clockTime, dayAndTime, duration, hourAndMinute } from '../views/format.ts';
import type { Bar, HistogramProps } from '../views/histogram.tsx';
import type { TimeBuckets } from './time-buckets.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const AXIS_LABELS = 6;

/** Counts as bars, with the times people would say. */
export function histogramProps(
  { counts, complete }: Histogram,
  { boundaries, step }: TimeBuckets,
  { zone, now }: { readonly zone: TimeZone; readonly now: bigint },
): Omit<HistogramProps, 'href'> {
  const write = writerFor(boundaries, step, zone, now);
  const bars = boundaries.slice(1).map((to, index): Bar => {
    const from = boundaries[index]!;
    const levels = counts.slice(index * LEVELS.length, (index + 1) * LEVELS.length);
    return {
      from,
      to,
      label: step === DAY ? write(from) : `${write(from)} to ${write(to)}`,
      errors: sumOf(levels, isError),
      warnings: sumOf(levels, isWarning),
      total: sumOf(levels, () => true),
    };
  });
  return { bars, axis: axisOf(boundaries, write), step: duration(fromMillis(step)), complete };
}

/** The parts of a time that tell the bars apart. */
function writerFor(boundaries: readonly bigint[], step: number, { name }: TimeZone, now: bigint) {
  if (step >= DAY) return (time: bigint) => calendarDay(time, name, now);
  const [first, last] = [boundaries[0]!, boundaries.at(-1)!];
  if (last - first > fromMillis(DAY)) return (time: bigint) => dayAndTime(time, name, now);
  if (step >= MINUTE) return (time: bigint) => hourAndMinute(time, name);
  const digits = step >= 1000 ? 'hh:mm:ss'.length : undefined;
  return (time: bigint) => clockTime(time, name).slice(0, digits);
}

function axisOf(boundaries: readonly bigint[], write: (time: bigint) => string): string[] {
  const places = Array.from({ length: AXIS_LABELS + 1 }, (_, index) =>
    Math.round((index * (boundaries.length - 1)) / AXIS_LABELS),
  );
  return [...new Set(places)].map((place) => write(boundaries[place]!));
}

function sumOf(levels: readonly number[], counts: (severityNumber: number) => boolean): number {
  return LEVELS.reduce((sum, level, index) => {
    const severityNumber = level === 'UNSPECIFIED' ? 0 : LOWEST_SEVERITY[level];
    return counts(severityNumber) ? sum + (levels[index] ?? 0) : sum;
  }, 0);
}
