import type { Connection } from './connection.ts';

/** What `record_sequence` adds each time: the size of a block. */
const BLOCK = 65_536;

/**
 * Numbers of arrival, from blocks that the database gives to one receiver each: they never collide, and ascend within a
 * receiver. What is left of a block when a receiver ends stays unused.
 */
export class Sequences {
  readonly #connection: Connection;
  #next = 0;
  #end = 0;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** So many numbers, ascending. */
  async take(count: number): Promise<number[]> {
    const numbers: number[] = [];
    while (numbers.length < count) {
      if (this.#next === this.#end) await this.#takeBlock();
      while (numbers.length < count && this.#next < this.#end) numbers.push(this.#next++);
    }
    return numbers;
  }

  async #takeBlock(): Promise<void> {
    const [row] = await this.#connection.query<{ first: number }>(
      `select nextval('${this.#connection.schema}.record_sequence') as first`,
    );
    // Whoever asked at the same time may have set a later block, which must not be left for an earlier one.
    if (row!.first < this.#end) return;
    this.#next = row!.first;
    this.#end = row!.first + BLOCK;
  }
}
