/** What the hooks need of the records not delivered yet. */
interface Undelivered {
  /** How many there are. */
  count(): number;
  /** Tries to deliver them; resolves when that is done or has failed. */
  flush(): Promise<void>;
}

/**
 * Delivers what waits when the event loop has run empty. Stops doing so once a delivery fails, lest a receiver that is
 * away keep the process alive.
 * @returns what removes the hook.
 */
export function flushBeforeExit(undelivered: Undelivered): () => void {
  const hook = () => {
    if (undelivered.count() === 0) return;
    process.off('beforeExit', hook);
    void undelivered.flush().then(() => {
      if (undelivered.count() === 0 && !removed) process.on('beforeExit', hook);
    });
  };
  let removed = false;
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
export function flushOnSignals(undelivered: Undelivered): () => void {
  const hook = (signal: NodeJS.Signals) => {
    void undelivered.flush().then(() => {
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
    });
  };
  for (const signal of ENDING_SIGNALS) process.once(signal, hook);
  return () => {
    for (const signal of ENDING_SIGNALS) process.off(signal, hook);
  };
}
