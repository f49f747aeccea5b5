import type { LiveRecords } from '../options.ts';

/** Records per second, lately. */
export type Rate = () => number;

const SECONDS = 10;

/** Counts what is stored from now on, and says how many records a second that was over the last ten seconds. */
export function createRate(live: LiveRecords, nowMillis: () => number = () => performance.now()): Rate {
  /** Records by second, and which second each place holds. */
  const counts = new Array<number>(SECONDS).fill(0);
  const seconds = new Array<number>(SECONDS).fill(-1);
  const started = nowMillis();
  const second = () => Math.floor((nowMillis() - started) / 1000);
  live.subscribe((records) => {
    const now = second();
    const place = now % SECONDS;
    if (seconds[place] !== now) counts[place] = 0;
    seconds[place] = now;
    counts[place]! += records.length;
  });
  return () => {
    const now = second();
    const recent = counts.filter((_, place) => seconds[place]! > now - SECONDS);
    return recent.reduce((sum, count) => sum + count, 0) / Math.min(SECONDS, now + 1);
  };
}
