import type { Database } from '../database.ts';
import { CODE, codeOf } from '../errors.ts';

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

  /** The last of so many numbers. */
  async #reserve(size: number): Promise<number> {
    const reserve = () =>
      this.#database.meta.findOneAndUpdate(
        { _id: 'sequence' },
        { $inc: { reserved: size } },
        { upsert: true, returnDocument: 'after' },
      );
    // Of several who make the counter, all but one may be refused: then it is there.
    const counter = await reserve().catch((error: unknown) => {
      if (codeOf(error) === CODE.duplicateKey) return reserve();
      throw error;
    });
    return counter!.reserved!;
  }
}
