import type { Day } from '../day.ts';

interface Entry<V> {
  readonly value: V;
  readonly bytes: number;
}

/**
 * What is remembered of days, by day and number, in at most so many bytes. The newest days stay: reads begin with them,
 * and one that goes through more days than fit would find nothing any more if those used last stayed instead.
 */
export class NewestDaysCache<V> {
  readonly #capacity: number;
  readonly #days = new Map<Day, Map<number, Entry<V>>>();
  #bytes = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(day: Day, number: number): V | undefined {
    return this.#days.get(day)?.get(number)?.value;
  }

  /** Remembers a value, in place of an earlier one, if it fits without forgetting days as new as its own. */
  set(day: Day, number: number, value: V, bytes: number): void {
    this.#remove(day, number);
    while (this.#bytes + bytes > this.#capacity) {
      const oldest = Math.min(...this.#days.keys());
      if (!(oldest < day)) return;
      this.forget(oldest);
    }
    let ofDay = this.#days.get(day);
    if (!ofDay) {
      ofDay = new Map();
      this.#days.set(day, ofDay);
    }
    ofDay.set(number, { value, bytes });
    this.#bytes += bytes;
  }

  forget(day: Day): void {
    for (const number of [...(this.#days.get(day)?.keys() ?? [])]) this.#remove(day, number);
  }

  /** Forgets what `isWanted` says no to. */
  retain(day: Day, isWanted: (number: number) => boolean): void {
    for (const number of [...(this.#days.get(day)?.keys() ?? [])]) if (!isWanted(number)) this.#remove(day, number);
  }

  #remove(day: Day, number: number): void {
    const ofDay = this.#days.get(day);
    const entry = ofDay?.get(number);
    if (!ofDay || !entry) return;
    this.#bytes -= entry.bytes;
    ofDay.delete(number);
    if (ofDay.size === 0) this.#days.delete(day);
  }
}
