import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../database.ts';
import type { Step } from './lanes.ts';

/** Steps are crossed out together, so long after the first at the latest. Milliseconds. */
const DELAY = 100;

/**
 * Crosses out steps whose records are stored and counted, and says so of their requests. That can wait until there are
 * some: whoever finds one that is not crossed out finds that nothing is missing.
 */
export class Settlements {
  readonly #database: Database;
  readonly #closing = new AbortController();
  #steps = new Set<string>();
  #keys = new Set<string>();
  #settling: Promise<void> | null = null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** A step is done, and with it the requests of these keys. */
  add(step: Step, keys: readonly string[]): void {
    this.#steps.add(step.id);
    for (const key of keys) this.#keys.add(key);
    this.#settling ??= this.#settleSoon();
  }

  /** Whether a request is done that the database may still call pending. */
  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** Whether a step is done that the journal may still have. */
  hasStep(stepId: string): boolean {
    return this.#steps.has(stepId);
  }

  /** Resolves when all that was added is settled, or cannot be: then repairs find it. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#settling;
  }

  async #settleSoon(): Promise<void> {
    await sleep(DELAY, undefined, { signal: this.#closing.signal }).catch(() => {});
    while (this.#steps.size > 0) {
      const steps = [...this.#steps];
      const keys = [...this.#keys];
      await this.#settle(steps, keys).catch(() => {});
      for (const step of steps) this.#steps.delete(step);
      for (const key of keys) this.#keys.delete(key);
    }
    this.#settling = null;
  }

  async #settle(steps: readonly string[], keys: readonly string[]): Promise<void> {
    const { requests, journal } = this.#database;
    // In this order: a request that is still called pending is looked into, and found whole.
    if (keys.length > 0) await requests.updateMany({ _id: { $in: [...keys] } }, { $unset: { pending: '' } });
    await journal.deleteMany({ _id: { $in: [...steps] } });
  }
}
