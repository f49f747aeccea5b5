/** Distinct values a count of facets holds, and their characters together. */
const VALUES_HELD = 20_000;
const CHARACTERS_HELD = 8_000_000;

/** A value and how many records have it. */
interface CountedValue {
  readonly value: string;
  readonly count: number;
}

/** The values of a field (`fieldTexts`) with their counts, as many as may be held. */
export class DistinctValues {
  /** Counts stand in objects, so that a value that comes again is looked up once. */
  readonly #counts = new Map<string, { count: number }>();
  #characters = 0;
  /** Whether everything there was is in it. */
  isComplete = true;

  add(value: string, amount: number): void {
    const known = this.#counts.get(value);
    if (known) known.count += amount;
    else if (this.#counts.size < VALUES_HELD && this.#characters + value.length <= CHARACTERS_HELD) {
      this.#counts.set(value, { count: amount });
      this.#characters += value.length;
    } else this.isComplete = false;
  }

  /** Adds all that other values have. */
  addAll(other: DistinctValues): void {
    for (const [value, { count }] of other.#counts) this.add(value, count);
    if (!other.isComplete) this.isComplete = false;
  }

  /** Most frequent first, then by value, as `LogStore.facets` gives them. */
  mostFrequent(limit: number): { readonly values: readonly CountedValue[]; readonly complete: boolean } {
    const values = [...this.#counts].map(([value, { count }]) => ({ value, count }));
    values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
    return { values: values.slice(0, limit), complete: this.isComplete };
  }
}
