import { type Actor, currentActor } from '../emit/context.ts';
import { actorAttributes, emit, type Happening, idText, readActor } from '../emit/emit.ts';
import { recordableTime } from '../emit/time.ts';
import { severities } from '../severities.ts';
import type { Changes } from './diff.ts';
import { callHooks } from './event-hooks.ts';

const AUDIT_SCOPE = 'logvitals.audit';

/** What an event is about. */
export interface AuditObject {
  /** The kind of object, such as `invoice`. */
  readonly type: string;
  /** Recorded as text. */
  readonly id?: unknown;
  readonly name?: string | undefined;
}

/** Something that somebody did. */
export interface AuditEvent {
  /** `create`, `update`, `delete`, `access`, `bulk_create`, …, `relation_add`, `relation_remove`, or one of your own. */
  readonly action: string;
  readonly object?: AuditObject | undefined;
  /** Default: the actor of the surrounding context; null: anonymous. */
  readonly actor?: Actor | null | undefined;
  /** The part of the application, or the data layer, through which it was done. */
  readonly tool?: string | undefined;
  readonly changes?: Changes | null | undefined;
  /** The rendered text. */
  readonly body: string;
  readonly template?: string | undefined;
  readonly values?: Readonly<Record<string, unknown>> | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  /** Default now; a number is milliseconds since the epoch. */
  readonly timestamp?: Date | number | undefined;
}

/** How an event is recorded, where it is no ordinary audit event. */
export interface AuditRecording {
  readonly eventName?: Happening['eventName'] | undefined;
  readonly severity?: Happening['severity'] | undefined;
  /** The instrumentation scope, which becomes the record's logger. */
  readonly scope?: string | undefined;
}

/** An event as it was logged: complete, and not to be changed any more. */
export type LoggedEvent = Readonly<AuditEvent> & { readonly actor: Actor | null; readonly timestamp: Date };

/**
 * Emits an audit event, and tells the hooks. Never throws.
 * @returns what was logged.
 */
export function emitAudit(event: AuditEvent, recording: AuditRecording = {}): LoggedEvent {
  const actor = readActor(event.actor === undefined ? currentActor() : event.actor);
  const logged = Object.freeze({ ...event, actor, timestamp: recordableTime(event.timestamp) });
  emit(idText(recording.scope) || AUDIT_SCOPE, {
    eventName: recording.eventName ?? 'logvitals.audit',
    severity: recording.severity ?? severities.AUDIT,
    body: event.body,
    attributes: attributesOf(logged),
    timestamp: logged.timestamp,
  });
  callHooks(logged);
  return logged;
}

function attributesOf({ action, object, actor, tool, changes, template, values, attributes }: LoggedEvent) {
  return {
    ...attributes,
    'logvitals.audit.action': action,
    'logvitals.audit.tool': tool,
    'logvitals.object.type': object?.type,
    'logvitals.object.id': idText(object?.id),
    'logvitals.object.name': object?.name,
    'logvitals.changes': changes ?? undefined,
    'logvitals.message.template': template,
    'logvitals.message.values': values,
    ...actorAttributes(actor),
  };
}
