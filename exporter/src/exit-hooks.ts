import type { DeliveryCounts } from './flush-on-severity-processor.ts';

/** What the hooks need of the processor. */
interface Deliverer {
  counts(): DeliveryCounts;
  forceFlush(): Promise<void>;
}

/**
 * Delivers what waits whenever the event loop has run empty. Stops doing so once a delivery gets nowhere, lest a receiver
 * that is away keep the process alive.
 * @returns what removes the hook.
 */
export function flushBeforeExit(deliverer: Deliverer): () => void {
  let removed = false;
  const hook = async () => {
    const before = deliverer.counts();
    if (before.waiting === 0) return;
    process.off('beforeExit', hook);
    await deliverer.forceFlush();
    const { sent, dropped } = deliverer.counts();
    const gotOn = sent + dropped > before.sent + before.dropped;
    if (gotOn && !removed) process.on('beforeExit', hook);
  };
  process.on('beforeExit', hook);
  return () => {
    removed = true;
    process.off('beforeExit', hook);
  };
}

const ENDING_SIGNALS = ['SIGTERM', 'SIGINT'] as const;

/**
 * Delivers what waits when the process is told to end. The process then ends by the same signal, as it would have
 * without us, unless the application listens to it too and so decides for itself. A second signal ends it at once.
 * @returns what removes the hooks.
 */
export function flushOnSignals(deliverer: Deliverer): () => void {
  const hook = (signal: NodeJS.Signals) => {
    void deliverer.forceFlush().then(() => {
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
  for (const signal of ENDING_SIGNALS) process.once(signal, hook);
  return () => {
    for (const signal of ENDING_SIGNALS) process.off(signal, hook);
  };
}

/**
 * Writes what is in memory to the spool when the process is about to end for a reason that leaves no time to deliver:
 * an exception nobody catches, or `process.exit()`. The end itself stays as it was.
 * @returns what removes the hooks.
 */
export function writeBeforeDeath(spool: { writeNow(): void }): () => void {
  const hook = () => spool.writeNow();
  process.on('uncaughtExceptionMonitor', hook);
  process.on('exit', hook);
  return () => {
    process.off('uncaughtExceptionMonitor', hook);
    process.off('exit', hook);
  };
}
