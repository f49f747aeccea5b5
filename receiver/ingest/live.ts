import type { Diagnostics } from '../diagnostics.ts';
import type { StoredRecord } from '../record/log-record.ts';
import type { AppendedBatch, Batch } from '../store/store.ts';

type Listener = (records: readonly StoredRecord[]) => void;

/** New records for live views (`LiveRecords` of dashboard/options.ts), fed by the pipeline. */
export interface LiveFeed {
  /** Calls back after each commit, with its new records, until the returned function is called. */
  subscribe(listener: Listener): () => void;
  /** Passes on what was stored just now: no record twice, none that was held before. Costs nothing while nobody listens. */
  publish(batches: readonly Batch[], appended: readonly AppendedBatch[]): void;
}

export function createLiveFeed(diagnostics: Diagnostics): LiveFeed {
  const subscriptions = new Set<{ readonly listener: Listener }>();
  return {
    subscribe(listener) {
      const subscription = { listener };
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
    publish(batches, appended) {
      if (subscriptions.size === 0) return;
      const records = batches.flatMap((batch, i) => newRecords(batch, appended[i]!));
      if (records.length === 0) return;
      for (const { listener } of [...subscriptions]) {
        try {
          listener(records);
        } catch (error) {
          const reason = error instanceof Error ? error.message : 'it threw no Error';
          diagnostics.once('live-feed', `a live view failed: ${JSON.stringify(reason.slice(0, 300))}`);
        }
      }
    },
  };
}

function newRecords(batch: Batch, appended: AppendedBatch): StoredRecord[] {
  if (appended.stored === 0) return [];
  return batch.records.flatMap((record, i) => {
    const id = appended.idOf(i);
    return id === null ? [] : [{ ...record, id }];
  });
}
