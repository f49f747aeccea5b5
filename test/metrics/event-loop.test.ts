import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { measureEventLoop } from '../../receiver/metrics/event-loop.ts';
import { MetricsRegistry } from '../../receiver/metrics/registry.ts';

test('O60 the gauge tells how long the event loop was held, and forgets it once told', async () => {
  const metrics = new MetricsRegistry();
  const stop = measureEventLoop(metrics);
  const seconds = () => Number(/^logvitals_event_loop_delay_p99_seconds (\S+)$/m.exec(metrics.render())![1]);
  // The first look only starts the clock.
  await delay(100);
  const end = performance.now() + 300;
  while (performance.now() < end);
  await delay(50);
  expect(seconds()).toBeGreaterThan(0.2);
  expect(seconds()).toBe(0);
  stop();
});
