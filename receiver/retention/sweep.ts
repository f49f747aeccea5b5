import type { Diagnostics } from '../diagnostics.ts';
import type { Clock } from '../record/clock.ts';
import { StoreError } from '../store/errors.ts';
import type { LogStore } from '../store/store.ts';

const DAY = 86_400_000_000_000n;

export interface RetentionPolicy {
  /** Records strictly older than so many times 24 hours go. */
  readonly days: number;
  /** Records removed in one transaction. */
  readonly batchSize: number;
}

export interface PruneOptions extends RetentionPolicy {
  readonly store: Pick<LogStore, 'prune'>;
  readonly now: Clock;
  /** Only counts; the number is what a run at the same moment removes. */
  readonly dryRun?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Applies the policy once. Rejects as the store's `prune` does. */
export function pruneOnce({
  store,
  days,
  batchSize,
  now,
  dryRun = false,
  signal,
}: PruneOptions): Promise<{ removed: number }> {
  return store.prune({ olderThan: now() - BigInt(days) * DAY, batchSize, dryRun, signal });
}

export interface RetentionOptions extends RetentionPolicy {
  readonly store: Pick<LogStore, 'prune'>;
  /** Milliseconds from the end of a sweep to the next. */
  readonly interval: number;
  /** Milliseconds to the first sweep: a start has better things to do. */
  readonly firstAfter?: number;
  readonly now: Clock;
  readonly diagnostics: Diagnostics;
}

/**
 * Applies the policy again and again, never twice at once, until closed. A sweep that fails is logged and tried again at
 * the next. Does not keep the process alive. `close` breaks off a running sweep and waits for its end.
 */
export function startRetention(options: RetentionOptions): { close(): Promise<void> } {
  const { interval, firstAfter = Math.min(10_000, interval), diagnostics } = options;
  const closing = new AbortController();
  const { signal } = closing;
  let sweeping: Promise<void> = Promise.resolve();
  let timer = schedule(firstAfter);

  function schedule(delay: number): NodeJS.Timeout {
    return setTimeout(() => {
      sweeping = sweep();
    }, delay).unref();
  }

  async function sweep(): Promise<void> {
    try {
      const { removed } = await pruneOnce({ ...options, signal });
      if (removed > 0) diagnostics.info(`retention removed ${removed} records older than ${options.days} days`);
    } catch (error) {
      // Only store errors are known to quote no credentials.
      const reason = error instanceof StoreError ? error.message : 'an unexpected error';
      if (!signal.aborted) diagnostics.error(`retention failed and will be tried again: ${reason}`);
    }
    if (!signal.aborted) timer = schedule(interval);
  }

  return {
    async close() {
      closing.abort();
      clearTimeout(timer);
      await sweeping;
    },
  };
}
