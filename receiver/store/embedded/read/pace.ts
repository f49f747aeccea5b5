import { setImmediate } from 'node:timers/promises';
import type { Call } from '../worker-protocol.ts';

/** A read works for so long at a time, in milliseconds; then others get their turn. */
const SLICE = 10;

/** The caller has stopped waiting; whatever is thrown then reaches nobody. */
class CancelledError extends Error {
  override name = 'CancelledError';
}

/** Keeps a long read from holding up the others in its thread, from running on for nobody, and from running for ever. */
export class Pace {
  readonly #call: Call;
  readonly #end: number;
  #sliceEnd: number;

  /** `budget`: how long the read may take, in milliseconds. */
  constructor(call: Call, budget: number) {
    this.#call = call;
    const now = performance.now();
    this.#end = now + budget;
    this.#sliceEnd = now + SLICE;
  }

  get isExhausted(): boolean {
    return performance.now() >= this.#end;
  }

  /** To be awaited between pieces of work. Throws when nobody waits for the result any more. */
  async pause(): Promise<void> {
    if (performance.now() < this.#sliceEnd) return;
    await setImmediate();
    if (this.#call.cancelled) throw new CancelledError('nobody waits for this any more');
    this.#sliceEnd = performance.now() + SLICE;
  }
}
