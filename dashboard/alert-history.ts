import type { Alert } from '../receiver/store/alert.ts';
import { InvalidCursorError } from '../receiver/store/errors.ts';
import type { LogStore } from '../receiver/store/store.ts';

/** Ids of alerts begin with a time in hexadecimal digits; storages compare them as texts, and not all take any text. */
const ALERT_ID = /^[0-7][\w.-]{0,99}$/;

export interface AlertHistory {
  readonly alerts: readonly Alert[];
  /** What to ask for as `before` to go on; null at the end. */
  readonly next: string | null;
}

/** Alerts that fired, newest first, from the one behind `before` on. Rejects with InvalidCursorError when that is no alert's id. */
export async function loadAlertHistory(
  store: Pick<LogStore, 'alerts'>,
  { limit, before }: { readonly limit: number; readonly before: string | undefined },
): Promise<AlertHistory> {
  if (before !== undefined && !ALERT_ID.test(before)) throw new InvalidCursorError();
  const alerts = await store.alerts({ limit, before });
  return { alerts, next: alerts.length === limit ? alerts.at(-1)!.id : null };
}
