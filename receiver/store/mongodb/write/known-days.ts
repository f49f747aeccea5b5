/** Ids held at most: those of some days of thousands of loggers. */
const MAX_KNOWN = 20_000;

/**
 * Which documents of counts are there, as far as this process saw: one that is not is made whole, which costs a server
 * far less than adding to each of its fields. Whether this is right or not changes no counts.
 */
export class KnownDays {
  readonly #ids = new Set<string>();

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string): void {
    if (this.#ids.size >= MAX_KNOWN) this.#ids.clear();
    this.#ids.add(id);
  }
}
