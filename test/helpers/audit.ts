import type { AnyValue } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { logRecord, NOON } from './records.ts';

interface AuditOverrides {
  readonly timestamp?: bigint;
  readonly body?: string;
  readonly eventName?: string;
  readonly severityNumber?: number;
  readonly severityText?: string;
  readonly logger?: string;
  readonly action?: string;
  readonly tool?: string;
  readonly user?: string;
  readonly object?: { readonly type: string; readonly id: string; readonly name?: string };
  readonly changes?: AnyValue;
  readonly attributes?: Readonly<Record<string, AnyValue>>;
}

/** A record as `audit.log` sends it: Ana updates order 7 at NOON, with what the test cares about. */
export function auditRecord(overrides: AuditOverrides = {}): LogRecord {
  const {
    action = 'update',
    tool = 'shop-admin',
    user = 'ana',
    object = { type: 'order', id: '7' },
    changes,
    attributes,
    ...rest
  } = overrides;
  return logRecord({
    timestamp: NOON,
    eventName: 'logvitals.audit',
    severityNumber: 10,
    severityText: 'AUDIT',
    logger: 'logvitals.audit',
    body: `${action} ${object.type} ${object.id}`,
    ...rest,
    attributes: {
      'logvitals.audit.action': action,
      ...(tool && { 'logvitals.audit.tool': tool }),
      ...(user && { 'user.id': user }),
      'logvitals.object.type': object.type,
      'logvitals.object.id': object.id,
      ...(object.name && { 'logvitals.object.name': object.name }),
      ...(changes !== undefined && { 'logvitals.changes': changes }),
      ...attributes,
    },
  });
}

/** A record as an `EventGroup` sends it. */
export function groupRecord(
  group: string,
  { body = 'step', type = 'info', timestamp = NOON, attributes = {} }: GroupOverrides = {},
): LogRecord {
  return logRecord({
    timestamp,
    body,
    eventName: 'logvitals.event',
    logger: 'logvitals.events',
    severityNumber: SEVERITIES[type] ?? 9,
    severityText: type.toUpperCase(),
    attributes: { 'logvitals.group.id': group, 'logvitals.event.type': type, ...attributes },
  });
}

interface GroupOverrides {
  readonly body?: string;
  readonly type?: string;
  readonly timestamp?: bigint;
  readonly attributes?: Readonly<Record<string, AnyValue>>;
}

const SEVERITIES: Readonly<Record<string, number>> = { info: 9, warning: 13, error: 17, critical: 21 };

/** A record as the middleware sends it: a GET of /orders/:id that took 20 ms. */
export function requestRecord(overrides: RequestOverrides = {}): LogRecord {
  const { status = 200, method = 'GET', route = '/orders/:id', duration = 0.02, timestamp = NOON } = overrides;
  const isFailure = status >= 500;
  return logRecord({
    timestamp,
    body: `${method} ${route} ${status}`,
    eventName: 'logvitals.http',
    logger: 'logvitals.http',
    severityNumber: isFailure ? 17 : 11,
    severityText: 'API',
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': route.replace(':id', '7'),
      'http.response.status_code': BigInt(status),
      'logvitals.http.direction': 'internal',
      'logvitals.duration': duration,
      ...overrides.attributes,
    },
  });
}

interface RequestOverrides {
  readonly status?: number;
  readonly method?: string;
  readonly route?: string;
  readonly duration?: number;
  readonly timestamp?: bigint;
  readonly attributes?: Readonly<Record<string, AnyValue>>;
}
