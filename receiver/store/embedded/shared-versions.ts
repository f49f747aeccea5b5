import type { Day } from './day.ts';

/** Days share the counters by turns: a clash only makes a reader look again. */
const DAY_COUNTERS = 4096;
const FILES_COUNTER = DAY_COUNTERS;

/**
 * Counters in memory that writer and reader share, so that the reader knows without asking whether what it remembers
 * still holds. The writer counts up after a commit and before it answers; the reader looks before it reads a file.
 */
export class SharedVersions {
  readonly buffer: SharedArrayBuffer;
  readonly #counters: Int32Array<SharedArrayBuffer>;

  constructor(buffer = new SharedArrayBuffer((DAY_COUNTERS + 1) * Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#counters = new Int32Array(buffer);
  }

  /** Changes with each commit to the day's file. */
  ofDay(day: Day): number {
    return Atomics.load(this.#counters, day % DAY_COUNTERS);
  }

  dayChanged(day: Day): void {
    Atomics.add(this.#counters, day % DAY_COUNTERS, 1);
  }

  /** Changes when day files come or go. */
  ofFiles(): number {
    return Atomics.load(this.#counters, FILES_COUNTER);
  }

  filesChanged(): void {
    Atomics.add(this.#counters, FILES_COUNTER, 1);
  }
}
