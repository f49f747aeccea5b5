import type { Alert } from '../../receiver/store/alert.ts';

/**
 * An alert is firing while the record that reached its threshold is within the rolling window: until then it cannot have
 * drained. Of each logger and level the newest counts.
 */
export function firing(newestFirst: readonly Alert[], windowStart: bigint): Alert[] {
  const current = new Map<string, Alert>();
  for (const alert of newestFirst) {
    const key = JSON.stringify([alert.service, alert.logger, alert.thresholdLevel]);
    if (alert.timestamp >= windowStart && !current.has(key)) current.set(key, alert);
  }
  return [...current.values()];
}
