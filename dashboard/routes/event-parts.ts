import type { LogRecord } from '../../receiver/record/log-record.ts';
import { attributeText } from '../events/attribute-text.ts';
import { safeColour } from '../events/colour.ts';
import type { EventActor, EventDetails } from '../events/event.ts';
import type { EventPerson, EventType } from '../views/event.ts';

/** Somebody as people know them. */
export function personOf({ id, name, email }: EventActor): EventPerson {
  return { name: name ?? email ?? id ?? '', id, isNameless: name === null && email === null };
}

/** Null for a record that is no group's event. */
export function eventType(record: LogRecord, { type }: Pick<EventDetails, 'type'>): EventType | null {
  if (type === null) return null;
  return { name: type, colour: safeColour(attributeText(record, 'logvitals.event.color')) };
}
