import type { Alert } from '../alert.ts';

/** Times are the only bigints of an alert; JSON has none, so they are marked texts. */
const BIGINT_MARK = 'bigint:';

/** An alert as a JSON text that says all of it. */
export function encodeAlert(alert: Alert): string {
  return JSON.stringify(alert, (_, value) => (typeof value === 'bigint' ? { [BIGINT_MARK]: String(value) } : value));
}

/** What `encodeAlert` wrote. */
export function decodeAlert(text: string): Alert {
  return JSON.parse(text, (_, value) =>
    value !== null && typeof value === 'object' && BIGINT_MARK in value ? BigInt(value[BIGINT_MARK]) : value,
  );
}
