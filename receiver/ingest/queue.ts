import type { Batch } from '../store/store.ts';
import type { IngestOutcome } from './ingest.ts';

/** A request on its way into the store. */
export interface Waiting {
  readonly batch: Batch;
  readonly bytes: number;
  /** Only the first call counts. */
  readonly answer: (outcome: IngestOutcome) => void;
}

/** Requests committed together: enough to share one durable write, few enough to be answered soon. */
const MOST_GROUPED_REQUESTS = 512;
const MOST_GROUPED_BYTES = 8 * 1024 * 1024;

export interface IngestQueue {
  /** False, and nothing kept, when the queue holds something and has no room for so many bytes more. */
  offer(waiting: Waiting): boolean;
  /** The oldest requests, as many as are committed together; empty when none wait. They count as held until released. */
  take(): Waiting[];
  /** The group has been answered and is no longer in memory. */
  release(group: readonly Waiting[]): void;
  /** Gives up a request that has not been taken yet; false when it has. */
  withdraw(waiting: Waiting): boolean;
  /** Decoded bytes held. */
  bytes(): number;
  /** Requests held. */
  requests(): number;
}

/**
 * First in, first out, bounded by the decoded bytes of what waits and what is being committed. A request larger than the
 * whole queue is taken when nothing else is there: it must pass some time.
 */
export function createIngestQueue(limitBytes: number): IngestQueue {
  const line = new Set<Waiting>();
  let heldBytes = 0;
  let heldRequests = 0;

  function release(group: readonly Waiting[]): void {
    for (const { bytes } of group) heldBytes -= bytes;
    heldRequests -= group.length;
  }

  return {
    offer(waiting) {
      if (heldRequests > 0 && heldBytes + waiting.bytes > limitBytes) return false;
      line.add(waiting);
      heldBytes += waiting.bytes;
      heldRequests += 1;
      return true;
    },
    take() {
      const group: Waiting[] = [];
      let bytes = 0;
      for (const waiting of line) {
        bytes += waiting.bytes;
        if (group.length === MOST_GROUPED_REQUESTS || (group.length > 0 && bytes > MOST_GROUPED_BYTES)) break;
        group.push(waiting);
        line.delete(waiting);
      }
      return group;
    },
    release,
    withdraw(waiting) {
      if (!line.delete(waiting)) return false;
      release([waiting]);
      return true;
    },
    bytes: () => heldBytes,
    requests: () => heldRequests,
  };
}
