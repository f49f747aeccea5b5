import type { LogRecord } from '../record/log-record.ts';

/** More services than this are not watched: their names are the clients' own. */
const MAX_SERVICES = 200;
const MAX_LABEL_LENGTH = 100;

/**
 * How far senders' clocks are from ours, by service, as their last request showed it: positive when ahead, negative
 * when behind, the seconds included that records wait in the sender's batch.
 */
export class ClockSkew {
  readonly #seconds = new Map<string, number>();

  /** Looks at a request's newest record that says when its sender observed it. Times are nanoseconds. */
  observe(records: readonly LogRecord[], receivedAt: bigint): void {
    const last = records.at(-1);
    // Normalization puts the receive time where the sender said none.
    if (!last || last.observedTimestamp === receivedAt) return;
    const service = last.service.slice(0, MAX_LABEL_LENGTH);
    if (!this.#seconds.has(service) && this.#seconds.size >= MAX_SERVICES) return;
    this.#seconds.set(service, Number(last.observedTimestamp - receivedAt) / 1e9);
  }

  *series(): Generator<readonly [Record<string, string>, number]> {
    for (const [service, seconds] of this.#seconds) yield [{ service }, seconds];
  }
}
