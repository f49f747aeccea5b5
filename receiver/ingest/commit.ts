import type { AlertRunner } from '../alerts/runner.ts';
import type { Diagnostics } from '../diagnostics.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import type { Clock } from '../record/clock.ts';
import { StoreError, StoreUnavailableError } from '../store/errors.ts';
import type { AppendedBatch, Batch, LogStore } from '../store/store.ts';
import type { IngestOutcome } from './ingest.ts';
import type { LiveFeed } from './live.ts';

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
      const outcome = outcomeOf(error, 'storing records');
      if (outcome.status !== 'failed' || batches.length === 1) return batches.map(() => outcome);
      // One batch that the store refuses for good must not take the others with it.
      const outcomes: IngestOutcome[] = [];
      for (const batch of batches) outcomes.push(...(await commit([batch])));
      return outcomes;
    }
    countAppended(batches, appended);
    live.publish(batches, appended);
    const outcome = await evaluate(batches, appended);
    return batches.map(() => outcome);
  }

  async function evaluate(batches: readonly Batch[], appended: readonly AppendedBatch[]): Promise<IngestOutcome> {
    try {
      await alerts.evaluate(batches, appended);
      return STORED;
    } catch (error) {
      const outcome = outcomeOf(error, 'evaluating thresholds');
      // Records that are durable are acknowledged, unless the client's retry can still bring their evaluation about.
      return outcome.status === 'unavailable' ? outcome : STORED;
    }
  }

  function countAppended(batches: readonly Batch[], appended: readonly AppendedBatch[]): void {
    let duplicates = 0;
    let records = 0;
    for (const [i, { duplicate, ids }] of appended.entries()) {
      const size = batches[i]!.records.length;
      const held = duplicate ? size : ids.filter((id) => id === null).length;
      duplicates += held;
      records += size - held;
    }
    count.commits.add(1);
    count.requests.add(batches.length);
    count.records.add(records);
    count.duplicates.add(duplicates);
  }

  /** Store errors say what clients may know; of any other only the server's log learns more than that it happened. */
  function outcomeOf(error: unknown, doing: string): IngestOutcome {
    count.failures.add(1);
    if (!(error instanceof StoreError)) {
      complain(`${doing}: unexpected ${describe(error)}`);
      return { status: 'failed', reason: 'an internal error; the server has logged it' };
    }
    complain(`${doing}: ${error.message}`);
    return error instanceof StoreUnavailableError
      ? { status: 'unavailable', retryAfterSeconds: retryAfter(9), reason: error.message }
      : { status: 'failed', reason: error.message };
  }

  return commit;
}

/** The storage may be a user's own (P41), and an answer of the wrong shape would be a request nobody answers. */
function checkAnswer(batches: readonly Batch[], appended: readonly AppendedBatch[]): void {
  const isWhole =
    appended.length === batches.length &&
    appended.every(({ duplicate, ids }, i) => duplicate || ids.length === batches[i]!.records.length);
  if (!isWhole) throw new StoreError('the storage did not answer for each record; is its append() as LogStore asks?');
}

const COMPLAIN_AGAIN_AFTER = 60_000_000_000n;

/** Says what went wrong, the same thing at most once a minute: an outage fails every request. */
function createComplaints(diagnostics: Diagnostics, now: Clock): (message: string) => void {
  let last = '';
  let saidAt = 0n;
  return (message) => {
    const at = now();
    if (message === last && at - saidAt < COMPLAIN_AGAIN_AFTER) return;
    last = message;
    saidAt = at;
    diagnostics.error(message);
  };
}

/** Where it came from, not what it says: an unknown error's message may quote a connection string. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'failure that is no Error';
  const [place = ''] = /^ +at .*$/m.exec(error.stack ?? '') ?? [];
  return `${error.name}${place && `, ${place.trim()}`}`;
}

/** 1 to `most` seconds at random, so that clients do not come back all at once; below the 10 s exporters wait at most (O22). */
export function retryAfter(most: number): number {
  return 1 + Math.floor(Math.random() * most);
}
