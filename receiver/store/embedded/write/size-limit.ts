import { statSync } from 'node:fs';
import { type Day, dayOfMilliseconds } from '../day.ts';
import type { DayWriters } from './day-writers.ts';

export interface SizeLimitOptions {
  readonly directory: string;
  readonly files: DayWriters;
  /** Bytes that day files may take together, SQLite's logs included; null for no limit. */
  readonly maxBytes: number | null;
  readonly now: () => number;
  readonly report: (message: string) => void;
  /** Told which day is to be dropped. */
  readonly onTooLarge: (day: Day) => void;
}

/** Retention by size: asks for one day after another to be dropped until the rest fits. */
export class SizeLimit {
  readonly #options: SizeLimitOptions;
  #isSaid = false;

  constructor(options: SizeLimitOptions) {
    this.#options = options;
  }

  /** Asks for one day at most: whoever drops it has this called again. Never throws; what is wrong is said once. */
  check(): void {
    const { maxBytes } = this.#options;
    if (maxBytes === null) return;
    try {
      this.#check(maxBytes);
    } catch (error) {
      this.#say((error as Error).message);
    }
  }

  #check(maxBytes: number): void {
    const { directory, files, now, onTooLarge } = this.#options;
    const days = files.days();
    const size = days.reduce((sum, day) => sum + sizeOf(files.path(day)), 0);
    if (size <= maxBytes) {
      this.#isSaid = false;
      return;
    }
    const day = dayToDrop(days, dayOfMilliseconds(now()));
    if (day !== null) {
      onTooLarge(day);
    } else {
      this.#say(
        `${directory} takes ${size} bytes, more than the ${maxBytes} it may (maxBytes), with records of the present day alone: these stay until the day is over`,
      );
    }
  }

  #say(message: string): void {
    if (!this.#isSaid) this.#options.report(message);
    this.#isSaid = true;
  }
}

function sizeOf(path: string): number {
  let size = 0;
  for (const file of [path, `${path}-wal`]) size += statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return size;
}

/**
 * Which day has to go first: the oldest one, and when only days of the future are left beside the present one, the
 * farthest. Never the present day.
 */
function dayToDrop(days: readonly Day[], today: Day): Day | null {
  const [oldest] = days;
  const newest = days.at(-1);
  if (oldest !== undefined && oldest < today) return oldest;
  return newest !== undefined && newest > today ? newest : null;
}
