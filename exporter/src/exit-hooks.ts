import { diag } from '@opentelemetry/api';
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
/** Milliseconds that the end of a process by a signal is put off at most. */
const LONGEST_FAREWELL = 5_000;

/**
 * Delivers what waits when the process is told to end. The process then ends by the same signal, as it would have
 * without us, unless the application listens to it too and so decides for itself. A second signal ends it at once.
 * @returns what removes the hooks.
 */
export function flushOnSignals(deliverer: Deliverer): () => void {
  const hook = async (signal: NodeJS.Signals) => {
    // Asked now, for a listener that the application wants called but once is gone as soon as it is called.
    const isHeard = process.listenerCount(signal) > 0;
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LONGEST_FAREWELL);
    });
    await Promise.race([deliverer.forceFlush(), tooLate]);
    clearTimeout(timer);
    if (!isHeard && process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  // First, so that the application's listeners are still there to be seen.
  for (const signal of ENDING_SIGNALS) process.prependOnceListener(signal, hook);
  return () => {
    for (const signal of ENDING_SIGNALS) process.off(signal, hook);
  };
}

/**
 * Calls `save` when the process is about to die of an exception that nobody catches. The end itself stays as it was. An
 * application that catches what nobody else did goes on, or decides itself how to end: for it what waits is delivered.
 * @returns what removes the hook.
 */
export function onUncaughtException(save: () => void, deliverer: Deliverer): () => void {
  const hook = () => {
    const isCaught = process.listenerCount('uncaughtException') > 0 || process.hasUncaughtExceptionCaptureCallback();
    if (isCaught) void deliverer.forceFlush();
    else quietly(save);
  };
  process.on('uncaughtExceptionMonitor', hook);
  return () => {
    process.off('uncaughtExceptionMonitor', hook);
  };
}

/**
 * Calls `save` when the process ends, `process.exit()` included.
 * @returns what removes the hook.
 */
export function onExit(save: () => void): () => void {
  const hook = () => quietly(save);
  process.on('exit', hook);
  return () => {
    process.off('exit', hook);
  };
}

/** Nothing may come between a process and its end. */
function quietly(save: () => void): void {
  try {
    save();
  } catch (error) {
    diag.warn('@logvitals/exporter: what waited could not be saved at the end', error);
  }
}
