import { batch, errorRecord, NOON, SECOND } from '../helpers/records.ts';

/** Three errors of a logger fire an alert. */
export const ALERT_SETTINGS = {
  levels: { TRACE: null, DEBUG: null, INFO: null, WARN: null, ERROR: 3, FATAL: null },
  window: 3_600_000,
  overrides: [],
};

/** A request that fires one. */
export const alertingBatch = batch(
  [0n, 1n, 2n].map((second) => errorRecord({ timestamp: NOON + second * SECOND })),
  'alerting',
);
