import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { MetricsRegistry } from './registry.ts';

/** How often the delay is looked at, in milliseconds: often enough to meet what readers would feel, at no cost. */
const RESOLUTION = 20;

/**
 * Counts how late the thread that answers requests gets to its work, as a gauge: the 99th percentile since somebody last
 * looked. Returns how to stop.
 */
export function measureEventLoop(metrics: MetricsRegistry): () => void {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION });
  delays.enable();
  metrics.gauge(
    'logvitals_event_loop_delay_p99_seconds',
    'How late the thread that answers requests came to its work, 99th percentile since the last reading.',
    () => {
      // What is recorded is the time between two looks, in nanoseconds.
      const late = delays.count === 0 ? 0 : delays.percentile(99) / 1e9 - RESOLUTION / 1000;
      delays.reset();
      return Math.max(0, late);
    },
  );
  return () => delays.disable();
}
