import type { Alert } from '../../receiver/store/alert.ts';
import { HOUR, MINUTE, NOON } from './records.ts';

/** A whole alert of service `shop`, logger `payments`, of five minutes before NOON, with what the test cares about. */
export function buildAlert(overrides: Partial<Alert> = {}): Alert {
  const timestamp = overrides.timestamp ?? NOON - 5n * MINUTE;
  return {
    id: `${timestamp}-${overrides.logger ?? ''}`,
    service: 'shop',
    logger: 'payments',
    thresholdLevel: 'ERROR',
    recordLevel: 'ERROR',
    threshold: 10,
    count: 12,
    windowStart: timestamp - HOUR,
    windowEnd: timestamp,
    timestamp,
    message: 'card refused',
    module: 'charge',
    path: 'src/pay.ts',
    lineNumber: 88,
    records: [{ id: 'r1', timestamp, level: 'ERROR', body: 'card refused' }],
    firedAt: timestamp,
    ...overrides,
  };
}
