import { sayOnce } from './said-once.ts';

/**
 * A time that a log record can carry; now, when there is none. Always a Date: OpenTelemetry takes a small number to be
 * relative to the start of the process. One that is no time, or from before 1970, which OTLP cannot say, becomes now, and
 * that is said once.
 */
export function recordableTime(time: Date | number | undefined): Date {
  if (time === undefined) return new Date();
  const date = new Date(Number(time));
  if (date.getTime() >= 0) return date;
  sayOnce('no time', 'an event is dated by something that is no time since 1970: it is recorded as of now');
  return new Date();
}
