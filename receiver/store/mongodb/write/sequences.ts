import type { Database } from '../database.ts';
import { insertAll } from './claims.ts';

/** Numbers that a receiver takes at a time, so that it asks for some once in a while only. */
const BLOCK = 65_536;

/**
 * Numbers of arrival: each is given once in the whole database, in ascending order within a receiver. What a receiver did
 * not use of its block when it ended is never given.
 */
export class Sequences {
  readonly #database: Database;
  #next = 1;
  #end = 1;
  #asking: Promise<unknown> = Promise.resolve();

  constructor(database: Database) {
    this.#database = database;
  }

  /** The first of `count` numbers that follow each other. */
  take(count: number): Promise<number> {
    const taken = this.#asking.then(() => this.#take(count));
    this.#asking = taken.catch(() => {});
    return taken;
  }

  async #take(count: number): Promise<number> {
    if (this.#end - this.#next < count) {
      const size = Math.max(BLOCK, count);
      this.#end = (await this.#reserve(size)) + 1;
      this.#next = this.#end - size;
    }
    const first = this.#next;
    this.#next += count;
    return first;
  }

  /**
   * Reserves so many numbers; gives the last. By comparing and setting, whose outcome is a mere yes or no: servers that
   * only resemble MongoDB may answer a `findOneAndUpdate` with what somebody else has made of the document by then.
   */
  async #reserve(size: number): Promise<number> {
    const { meta } = this.#database;
    for (;;) {
      const { reserved = 0 } = (await meta.findOne({ _id: 'sequence' })) ?? {};
      const last = reserved + size;
      if (reserved === 0) {
        const refused = await insertAll([{ _id: 'sequence' as const, reserved: last }], (some) =>
          meta.insertMany(some),
        );
        if (refused.length === 0) return last;
      } else {
        const { modifiedCount } = await meta.updateOne({ _id: 'sequence', reserved }, { $set: { reserved: last } });
        if (modifiedCount > 0) return last;
      }
    }
  }
}
