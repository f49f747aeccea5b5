import type { AlertRunner } from '../alerts/runner.ts';
import type { Diagnostics } from '../diagnostics.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import type { Clock } from '../record/clock.ts';
import { placeOf, StoreError, StoreUnavailableError } from '../store/errors.ts';
import type { AppendedBatch, Batch, LogStore } from '../store/store.ts';
import type { IngestOutcome } from './ingest.ts';
import type { LiveFeed } from './live.ts';
import { unavailable } from './outcomes.ts';

export interface CommitOptions {
  readonly store: Pick<LogStore, 'append'>;
  readonly alerts: Pick<AlertRunner, 'evaluate'>;
  readonly live: Pick<LiveFeed, 'publish'>;
  readonly metrics: MetricsRegistry;
  readonly diagnostics: Diagnostics;
  readonly now: Clock;
}

/** Stores batches together, then evaluates and publishes them. Resolves to one outcome for each batch; never rejects. */
export type Commit = (batches: readonly Batch[]) => Promise<readonly IngestOutcome[]>;

const STORED: IngestOutcome = { status: 'stored' };

export function createCommit({ store, alerts, live, metrics, diagnostics, now }: CommitOptions): Commit {
  const complain = createComplaints(diagnostics, now);
  const count = {
    commits: metrics.counter('logvitals_ingest_commits_total', 'Appends to the store.'),
    requests: metrics.counter('logvitals_ingest_committed_requests_total', 'Requests in these appends.'),
    records: metrics.counter('logvitals_ingest_records_total', 'Records stored.'),
    duplicates: metrics.counter('logvitals_ingest_duplicate_records_total', 'Records that were held already.'),
    failures: metrics.counter('logvitals_ingest_failures_total', 'Appends and evaluations that failed.'),
  };

  async function commit(batches: readonly Batch[]): Promise<readonly IngestOutcome[]> {
    let appended: readonly AppendedBatch[];
    try {
      appended = await store.append(batches);
      checkAnswer(batches, appended);
    } catch (error) {
      const trouble = troubleOf(error, 'storing records failed');
      if (trouble.isTransient || batches.length === 1) return batches.map(() => outcomeOf(trouble));
      // One batch that the store refuses for good must not take the others with it.
      const outcomes: IngestOutcome[] = [];
      for (const batch of batches) outcomes.push(...(await commit([batch])));
      return outcomes;
    }
    countAppended(batches, appended);
    live.publish(batches, appended);
    try {
      await alerts.evaluate(batches, appended);
    } catch (error) {
      const trouble = troubleOf(error, 'evaluating thresholds failed');
      // Records that are durable are acknowledged, unless the client's retry can still bring their evaluation about.
      if (trouble.isTransient) return batches.map(() => outcomeOf(trouble));
    }
    return batches.map(() => STORED);
  }

  function countAppended(batches: readonly Batch[], appended: readonly AppendedBatch[]): void {
    let received = 0;
    let stored = 0;
    for (const [i, batch] of batches.entries()) {
      received += batch.records.length;
      stored += appended[i]!.stored;
    }
    count.commits.add(1);
    count.requests.add(batches.length);
    count.records.add(stored);
    count.duplicates.add(received - stored);
  }

  /** Store errors say what clients may know; of any other only the server's log learns more than that it happened. */
  function troubleOf(error: unknown, what: string): Trouble {
    count.failures.add(1);
    const isTransient = error instanceof StoreUnavailableError;
    if (error instanceof StoreError) {
      complain(isTransient ? `${what}, for now` : what, error.message);
      return { isTransient, reason: error.message };
    }
    complain(`${what}, unexpectedly`, describe(error));
    return { isTransient, reason: 'an internal error; the server has logged it' };
  }

  return commit;
}

interface Trouble {
  /** Trying again may help. */
  readonly isTransient: boolean;
  /** Safe to show. */
  readonly reason: string;
}

function outcomeOf({ isTransient, reason }: Trouble): IngestOutcome {
  return isTransient ? unavailable(reason) : { status: 'failed', reason };
}

/** The storage may be a user's own (P41), and an answer of the wrong shape would be a request nobody answers. */
function checkAnswer(batches: readonly Batch[], appended: readonly AppendedBatch[]): void {
  const isWhole =
    appended.length === batches.length &&
    appended.every(({ stored, idOf }, i) => stored <= batches[i]!.records.length && typeof idOf === 'function');
  if (!isWhole) throw new StoreError('the storage did not answer for each batch; is its append() as LogStore asks?');
}

const COMPLAIN_AGAIN_AFTER = 60_000_000_000n;

/** Says what failed and why, each kind of failure at most once a minute: an outage fails every request. */
function createComplaints(diagnostics: Diagnostics, now: Clock): (what: string, why: string) => void {
  const saidAt = new Map<string, bigint>();
  return (what, why) => {
    const at = now();
    const before = saidAt.get(what);
    if (before !== undefined && at - before < COMPLAIN_AGAIN_AFTER) return;
    saidAt.set(what, at);
    diagnostics.error(`${what}: ${why}`);
  };
}

/** Where it came from, not what it says: an unknown error's message may quote a connection string. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'failure that is no Error';
  const place = placeOf(error);
  return place === '' ? error.name : `${error.name}, ${place}`;
}
