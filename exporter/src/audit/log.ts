import type { Actor } from '../emit/context.ts';
import { optionError } from '../option-error.ts';
import { readable } from '../readable.ts';
import { type AuditObject, emitAudit, type LoggedEvent } from './audit-event.ts';
import type { Changes } from './diff.ts';
import { renderTemplate, type TemplateValues } from './template.ts';
import { describeEvent } from './words.ts';

/** What `audit.log` records. */
export interface AuditEntry {
  /** `create`, `update`, `delete`, `access`, or whatever the application calls it. */
  readonly action: string;
  /** What it was done to. */
  readonly object?: AuditObject | undefined;
  /** Who did it. Default the actor of the surrounding context; null: nobody known. */
  readonly actor?: Actor | null | undefined;
  /** The part of the application through which it was done, such as `admin` or `import`. */
  readonly tool?: string | undefined;
  /** What `diff` made of it. */
  readonly changes?: Changes | null | undefined;
  /** The text, `{name}` standing for the value of that name; default the action and its object in words. */
  readonly template?: string | undefined;
  readonly values?: TemplateValues | undefined;
  /** Whatever else there is to say; what JSON does not know is recorded in its string form. */
  readonly extra?: unknown;
  /** When it was done, if not now; a number is milliseconds since the epoch. */
  readonly at?: Date | number | undefined;
  /** The logger, and so the card, that it belongs to. Default `logvitals.audit`. */
  readonly logger?: string | undefined;
}

/**
 * Records what somebody did to something (P70). The text is rendered now and stays as it is, whatever becomes of the
 * values; the template and the values are recorded beside it.
 * @returns what was logged.
 * @throws TypeError, before anything is recorded, when template and values do not fit together (P71): a slip in the call
 * itself, the one thing that it throws for.
 */
export function logEntry(entry: AuditEntry): LoggedEvent {
  const { action, actor, tool, changes, extra, at, logger, ...rest } = entry ?? {};
  const template = rest.template ?? undefined;
  const values = rest.values ?? {};
  const object = readObject(rest.object);
  const body = rendered(template, values) ?? describeEvent(action, object);
  const attributes = { 'logvitals.data': extra };
  const messageValues = template === undefined ? undefined : values;
  return emitAudit(
    { action, object, actor, tool, changes, body, template, values: messageValues, attributes, timestamp: at },
    { scope: logger },
  );
}

/**
 * Records a business event (P76): who did what to what. Never throws.
 * @param user null: nobody known.
 * @param extra whatever else there is to say.
 * @param at when it was done, if not now; a number is milliseconds since the epoch.
 * @returns what was logged.
 */
export function log(
  user: Actor | null,
  action: string,
  object?: AuditObject | null,
  extra?: unknown,
  at?: Date | number,
): LoggedEvent {
  const about = readObject(object);
  return emitAudit({
    action,
    object: about,
    actor: user,
    body: describeEvent(action, about),
    attributes: { 'logvitals.data': extra },
    timestamp: at,
  });
}

const readObject = (object: AuditObject | null | undefined): AuditObject | undefined =>
  readable(object, ['type', 'id', 'name']) ?? undefined;

function rendered(template: string | undefined, values: TemplateValues): string | undefined {
  if (template !== undefined && typeof template !== 'string') throw optionError('template', template, 'a text');
  if (typeof values !== 'object') throw optionError('values', values, 'an object with a value for each placeholder');
  if (template !== undefined || Object.keys(values).length > 0) return renderTemplate(template ?? '', values);
  return undefined;
}
