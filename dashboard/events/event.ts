import type { LogRecord } from '../../receiver/record/log-record.ts';
import { valueText } from '../../receiver/record/value-text.ts';
import type { JsonValue } from '../api/record-json.ts';
import { attributeText } from './attribute-text.ts';
import { structured } from './structured.ts';

/** Who did it. */
export interface EventActor {
  readonly id: string | null;
  readonly name: string | null;
  readonly email: string | null;
}

/** What it was done to. */
export interface EventObject {
  readonly type: string | null;
  readonly id: string | null;
  readonly name: string | null;
}

/** What a record says as an event, out of its attributes (CONTRACT.md, "Record"); null where it says nothing. */
export interface EventDetails {
  readonly action: string | null;
  readonly tool: string | null;
  /** Null when nothing is known of who did it. */
  readonly actor: EventActor | null;
  readonly object: EventObject | null;
  readonly changes: JsonValue;
  readonly template: string | null;
  readonly values: JsonValue;
  readonly data: JsonValue;
  readonly group: string | null;
  readonly type: string | null;
  readonly initiator: string | null;
  /** The text as it was rendered when it happened. */
  readonly message: string;
}

export function eventDetails(record: LogRecord): EventDetails {
  const text = (key: string): string | null => attributeText(record, key);
  const json = (key: string): JsonValue => structured(record.attributes.get(key));
  return {
    action: text('logvitals.audit.action'),
    tool: text('logvitals.audit.tool'),
    actor: eventActor(record),
    object: eventObject(record),
    changes: json('logvitals.changes'),
    template: text('logvitals.message.template'),
    values: json('logvitals.message.values'),
    data: json('logvitals.data'),
    group: text('logvitals.group.id'),
    type: text('logvitals.event.type'),
    initiator: text('logvitals.initiator'),
    message: valueText(record.body),
  };
}

/** Null when the record names nobody. */
export function eventActor(record: LogRecord): EventActor | null {
  const actor = {
    id: attributeText(record, 'user.id'),
    name: attributeText(record, 'user.name'),
    email: attributeText(record, 'user.email'),
  };
  return (actor.id ?? actor.name ?? actor.email) ? actor : null;
}

/** Null when the record names nothing. */
function eventObject(record: LogRecord): EventObject | null {
  const object = {
    type: attributeText(record, 'logvitals.object.type'),
    id: attributeText(record, 'logvitals.object.id'),
    name: attributeText(record, 'logvitals.object.name'),
  };
  return (object.type ?? object.id ?? object.name) ? object : null;
}
