/** Lets only one append of this process at a time have a key: a retry waits for what it repeats. */
export class KeyLocks {
  readonly #held = new Map<string, Promise<void>>();

  /** Does the work when nobody else has any of these keys. All are taken at once, so no two wait for each other. */
  async with<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    for (;;) {
      const holders = keys.flatMap((key) => this.#held.get(key) ?? []);
      if (holders.length === 0) break;
      await Promise.all(holders);
    }
    const { promise, resolve } = Promise.withResolvers<void>();
    for (const key of keys) this.#held.set(key, promise);
    try {
      return await work();
    } finally {
      for (const key of keys) this.#held.delete(key);
      resolve();
    }
  }
}
