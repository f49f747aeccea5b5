import type { Alert } from '../../receiver/store/alert.ts';
import { loadAlertHistory } from '../alert-history.ts';
import { loadFiring } from '../health/firing.ts';
import type { DashboardOptions } from '../options.ts';
import { limitParam, single } from '../params.ts';
import type { JsonResource } from './context.ts';
import { accepted } from './problem.ts';

/** `GET alerts`: which thresholds are exceeded now, and the history, newest first. */
export function alertsResource(options: DashboardOptions): JsonResource {
  return async (ctx) => {
    const limit = accepted(limitParam(ctx.query));
    const [firing, history] = await Promise.all([
      loadFiring(options),
      loadAlertHistory(options.store, { limit, before: single(ctx.query, 'cursor') }),
    ]);
    return {
      state: firing.map(alertJson),
      results: history.alerts.map(alertJson),
      next: history.next,
    };
  };
}

function alertJson(alert: Alert): object {
  const { windowStart, windowEnd, timestamp, firedAt, records, ...rest } = alert;
  return {
    ...rest,
    windowStart: String(windowStart),
    windowEnd: String(windowEnd),
    timestamp: String(timestamp),
    firedAt: String(firedAt),
    records: records.map((record) => ({ ...record, timestamp: String(record.timestamp) })),
  };
}
