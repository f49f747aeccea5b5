import type { TimeZone } from '../../../dashboard/health/time-zone.ts';
import type { AnyValue, KeyValueList } from '../../record/any-value.ts';
import { LOWEST_SEVERITY } from '../../record/severity.ts';
import { requestAttributes, requestBody } from './activity-audit-requests.ts';
import type { LegacyRecord } from './legacy-record.ts';
import { isEmpty, mapOf, textOf } from './line-fields.ts';
import { parseNaiveTime } from './naive-time.ts';
import { severityOfLevel } from './python-levels.ts';
import { redactValue } from './redact.ts';

/** The package's events in this project's words; others keep theirs, in lower case. */
const ACTIONS: ReadonlyMap<string, string> = new Map([['M2M', 'relation_change']]);

/**
 * A line of django-activity-audit as a record; null when it has no time. Which of the three handlers wrote it is told by
 * its fields. What the package's loggers report of their own troubles has these fields, too, but empty: a plain record.
 */
export function convertAuditLine(line: KeyValueList, uid: string, zone: TimeZone): LegacyRecord | null {
  const timestamp = parseNaiveTime(textOf(line, 'timestamp'), zone);
  if (timestamp === null) return null;
  const level = textOf(line, 'level');
  const common = {
    uid,
    timestamp,
    severityNumber: severityOfLevel(level),
    severityText: level,
    logger: textOf(line, 'name'),
    body: textOf(line, 'message'),
  };
  const user = userAttributes(line);
  if (textOf(line, 'event_type') !== '') {
    return { ...common, eventName: 'logvitals.audit', attributes: { ...user, ...auditAttributes(line) } };
  }
  if (textOf(line, 'request_type') !== '') {
    const attributes = requestAttributes(line);
    const isFailed = attributes['error.type'] !== undefined;
    return {
      ...common,
      severityNumber: isFailed ? LOWEST_SEVERITY.ERROR : common.severityNumber,
      eventName: textOf(line, 'protocol') === 'sftp' ? 'logvitals.event' : 'logvitals.http',
      body: requestBody(attributes) ?? common.body,
      attributes: { ...user, ...attributes },
    };
  }
  if (textOf(line, 'event') !== '') {
    const isFailed = line.get('success') === false;
    return {
      ...common,
      severityNumber: isFailed ? LOWEST_SEVERITY.WARN : common.severityNumber,
      eventName: 'logvitals.login',
      attributes: { ...user, ...loginAttributes(line, isFailed) },
    };
  }
  return { ...common, attributes: user };
}

function auditAttributes(line: KeyValueList): LegacyRecord['attributes'] {
  const event = textOf(line, 'event_type');
  return {
    'logvitals.audit.action': ACTIONS.get(event) ?? event.toLowerCase(),
    'logvitals.object.type': textOf(line, 'model') || undefined,
    'logvitals.object.id': textOf(line, 'instance_id') || undefined,
    'logvitals.data': dataOf(line, 'instance_repr', 'extra'),
  };
}

function loginAttributes(line: KeyValueList, isFailed: boolean): LegacyRecord['attributes'] {
  const event = textOf(line, 'event');
  return {
    'logvitals.audit.action': isFailed && event === 'login' ? 'login_failed' : event,
    'error.type': textOf(line, 'error') || undefined,
    'logvitals.data': dataOf(line, 'extra'),
  };
}

function userAttributes(line: KeyValueList): LegacyRecord['attributes'] {
  const user = mapOf(line.get('user_info'));
  const name = [textOf(user, 'first_name'), textOf(user, 'last_name')].filter(Boolean).join(' ');
  const email = textOf(user, 'email');
  return {
    'user.id': textOf(line, 'user_id') || undefined,
    'user.name': name || email || undefined,
    'user.email': email || undefined,
  };
}

/** What of these fields holds something, under their names, without secrets: objects were kept with all their fields. */
function dataOf(line: KeyValueList, ...fields: readonly string[]): AnyValue | undefined {
  const held = fields.map((field) => [field, line.get(field)] as const).filter(([, value]) => !isEmpty(value));
  return held.length > 0 ? redactValue(new Map(held as [string, AnyValue][])) : undefined;
}
