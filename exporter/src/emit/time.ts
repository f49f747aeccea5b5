import { sayOnce } from './said-once.ts';

/** The last millisecond whose nanoseconds OTLP can say, in the year 2554: a later one would cost the whole delivery. */
const LATEST = Number((2n ** 64n - 1n) / 1_000_000n);

/**
 * A time that a log record can carry; now, when there is none. Always a Date: OpenTelemetry takes a small number to be
 * relative to the start of the process. One that is no time, or that OTLP cannot say, being before 1970 or after 2554,
 * becomes now, and that is said once. Never throws.
 */
export function recordableTime(time: unknown): Date {
  if (time === undefined || time === null) return new Date();
  const date = new Date(millisOf(time));
  if (date.getTime() >= 0 && date.getTime() <= LATEST) return date;
  sayOnce('no time', 'an event is dated by something that is no time since 1970: it is recorded as of now');
  return new Date();
}

/** Dates, and what other libraries make of them, are objects that know their milliseconds. */
function millisOf(time: unknown): number {
  try {
    return typeof time === 'number' || typeof time === 'object' ? Number(time) : Number.NaN;
  } catch {
    return Number.NaN;
  }
}
