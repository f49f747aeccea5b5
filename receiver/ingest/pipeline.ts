import type { Config } from '../config/config.ts';
import type { Batch } from '../store/store.ts';
import { type CommitOptions, createCommit } from './commit.ts';
import { createIgnoreRules } from './ignore.ts';
import type { Ingest, IngestOutcome, IngestRequest } from './ingest.ts';
import { overloaded, unavailable } from './outcomes.ts';
import { createIngestQueue, type Waiting } from './queue.ts';

export interface IngestOptions extends CommitOptions {
  readonly ignore: Config['ignore'];
  readonly limits: Pick<Config['limits'], 'queueBytes'>;
  /** Milliseconds after which a request is answered `unavailable` although the store has not answered. */
  readonly answerWithin?: number;
}

export interface ClosableIngest extends Ingest {
  /** Refuses what comes from now on; resolves when everything accepted before has been stored and answered (O59). */
  close(): Promise<void>;
}

/** Longer than exporters wait, so that it only ends what would hang for ever. */
const ANSWER_WITHIN = 30_000;

/**
 * The way of requests into the store: ignore rules, a bounded queue, group commit. While one append runs, requests
 * gather; the next append takes them together. A request is answered only after its records are durable and evaluated.
 */
export function createIngest(options: IngestOptions): ClosableIngest {
  const { metrics, answerWithin = ANSWER_WITHIN } = options;
  const queue = createIngestQueue(options.limits.queueBytes);
  const isIgnored = createIgnoreRules(options.ignore);
  const commit = createCommit(options);
  const ignored = metrics.counter('logvitals_ingest_ignored_records_total', 'Records dropped by ignore rules.');
  metrics.gauge('logvitals_ingest_queue_bytes', 'Decoded bytes waiting to be stored.', queue.bytes);
  metrics.gauge('logvitals_ingest_queue_requests', 'Requests waiting to be stored.', queue.requests);
  const unanswered = new Set<Promise<IngestOutcome>>();
  let isClosing = false;
  let isDraining = false;

  async function drain(): Promise<void> {
    if (isDraining) return;
    isDraining = true;
    for (let group = queue.take(); group.length > 0; group = queue.take()) {
      const outcomes = await commit(group.map(({ batch }) => batch));
      queue.release(group);
      for (const [i, waiting] of group.entries()) waiting.answer(outcomes[i]!);
    }
    isDraining = false;
  }

  function withoutIgnored(batch: Batch): Batch {
    const records = batch.records.filter((record) => !isIgnored(record));
    if (records.length === batch.records.length) return batch;
    ignored.add(batch.records.length - records.length);
    return { key: batch.key, records };
  }

  function enqueue(batch: Batch, bytes: number): Promise<IngestOutcome> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        queue.withdraw(waiting);
        resolve(unavailable('the storage does not answer'));
      }, answerWithin);
      timer.unref();
      const answer = (outcome: IngestOutcome) => {
        clearTimeout(timer);
        resolve(outcome);
      };
      const waiting: Waiting = { batch, bytes, answer };
      if (queue.offer(waiting)) void drain();
      else answer(overloaded());
    });
  }

  return {
    async submit(request: IngestRequest) {
      if (isClosing) return unavailable('the server is shutting down');
      const batch = withoutIgnored(request.batch);
      if (batch.records.length === 0) return { status: 'stored' };
      const outcome = enqueue(batch, request.bytes);
      unanswered.add(outcome);
      outcome.then(() => unanswered.delete(outcome));
      return outcome;
    },
    async close() {
      isClosing = true;
      await Promise.all(unanswered);
    },
  };
}
