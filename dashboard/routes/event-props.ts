import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { displayLevel, isError } from '../../receiver/record/severity.ts';
import { attributeText } from '../events/attribute-text.ts';
import { changedFields } from '../events/changed-fields.ts';
import { type EventDetails, eventDetails } from '../events/event.ts';
import type { EventLine } from '../views/event.ts';
import { eventType, personOf } from './event-parts.ts';
import { recordLine } from './record-props.ts';

/** Actions as a sentence says them; others are said as they are. */
const VERBS: Readonly<Record<string, string>> = {
  create: 'created',
  update: 'updated',
  delete: 'deleted',
  access: 'looked at',
  bulk_create: 'created many:',
  bulk_update: 'updated many:',
  bulk_delete: 'deleted many:',
  relation_add: 'linked',
  relation_remove: 'unlinked',
  login: 'signed in',
  logout: 'signed out',
  login_failed: 'failed to sign in',
  upload: 'uploaded',
  download: 'downloaded',
};
const CHANGES_SHOWN = 3;

/** A record as a line of a list of events. */
export function eventLine(record: StoredRecord): EventLine {
  const { id, timestamp, tone, body } = recordLine(record);
  const event = eventDetails(record);
  const changes = changedFields(event.changes, CHANGES_SHOWN);
  const verb = event.action === null ? null : (VERBS[event.action.toLowerCase()] ?? event.action);
  return {
    id,
    timestamp,
    tone,
    actor: event.actor && personOf(event.actor),
    verb,
    action: event.action,
    object: event.object,
    message: saysNothingNew(body, event) ? '' : body,
    tool: event.tool,
    type: eventType(record, event),
    group: event.group,
    initiator: event.initiator === event.actor?.id ? null : event.initiator,
    error: errorOf(record),
    changes: changes?.fields ?? [],
    moreChanges: changes ? changes.count - changes.fields.length : 0,
  };
}

/** The kind of error, or the level of one that doesn't say. */
function errorOf(record: StoredRecord): string | null {
  const kind = attributeText(record, 'error.type') ?? attributeText(record, 'exception.type');
  return kind ?? (isError(record.severityNumber) ? displayLevel(record) : null);
}

/** Whether a body is only the sentence again, as data layers write it: `update order 7`, `login ana`. */
function saysNothingNew(body: string, { action, object, actor }: EventDetails): boolean {
  if (action === null) return false;
  const names = [object?.id, object?.name, actor?.id, actor?.name, actor?.email];
  const said = [
    [action, object?.type],
    ...names.flatMap((name) => [
      [action, name],
      [action, object?.type, name],
    ]),
  ];
  return said.some((words) => words.filter(Boolean).join(' ').toLowerCase() === body.toLowerCase());
}
