import type { AuditEvent } from '../audit/audit-event.ts';
import { type Changes, diff } from '../audit/diff.ts';
import { describeEvent } from '../audit/words.ts';
import type { Actor } from '../emit/context.ts';
import { idText } from '../emit/emit.ts';
import type { Change, DataAction, RelationChanged, Row, RowChange, RowsChanged } from './change.ts';
import type { DataAuditSettings, ModelSettings } from './options.ts';
import { relationsOf } from './relation-rows.ts';
import { pick } from './row-images.ts';
import { subjectOf } from './subject.ts';

/** Who did it and when: kept from the moment of the change, since the event may leave later, at the commit. */
export interface Moment {
  readonly actor: Actor | null;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
}

/**
 * The events of one change: one for each row that is known, and one more for all the rows beyond `maxRows` or not known.
 * A row that the model's fields show no change of has none.
 */
export function eventsOf(change: Change, all: DataAuditSettings, moment: Moment): AuditEvent[] {
  const common = { actor: moment.actor, timestamp: moment.timestamp, tool: all.tool };
  return partsOf(change, all).map((event) => ({ ...common, ...event }));
}

function partsOf(change: Change, all: DataAuditSettings): AuditEvent[] {
  if (!('rows' in change)) {
    const settings = all.model(change.model);
    return settings === null ? [] : relationEvents(change, settings, all.maxRows);
  }
  const subject = subjectOf(change.model, change.join, all);
  if (subject === null) return [];
  const { join, settings } = subject;
  if (join === undefined) return rowEvents(change, settings, all.maxRows);
  const { relations, rest } = relationsOf(change, join, all.maxRows);
  // The ends' id is made of the join table's own fields.
  const events = relations.flatMap((one) => relationEvents(one, { ...settings, id: undefined }, all.maxRows));
  const action = change.kind === 'delete' ? 'relation_remove' : 'relation_add';
  if (rest > 0 && settings.actions.has(action)) events.push(summary(action, rest, rest < countOf(change), settings));
  return events;
}

function rowEvents(change: RowsChanged, settings: ModelSettings, maxRows: number): AuditEvent[] {
  const count = countOf(change);
  const action: DataAction = count > 1 ? `bulk_${change.kind}` : change.kind;
  if (!settings.actions.has(action)) return [];
  const known = change.rows.slice(0, maxRows);
  const events: AuditEvent[] = [];
  for (const row of known) {
    const changes = changesOf(row, settings);
    if (changes === null && change.kind === 'update') continue;
    const object = objectOf({ ...row.key, ...row.before, ...row.after }, settings, change.idFields);
    events.push({ action, object, changes, body: describeEvent(action, object) });
  }
  const rest = count - known.length;
  if (rest > 0) {
    const changes = change.values && changesOf({ after: change.values }, settings);
    events.push({ ...summary(action, rest, known.length > 0, settings), changes });
  }
  return events;
}

function countOf(change: RowsChanged): number {
  return Math.max(change.count ?? 0, change.rows.length);
}

/** The rows beyond those recorded one by one. */
function summary(action: DataAction, count: number, areMore: boolean, { type }: ModelSettings): AuditEvent {
  return {
    action,
    object: { type },
    body: `${describeEvent(action, { type })}: ${count}${areMore ? ' more' : ''}`,
    attributes: { 'logvitals.data': { count } },
  };
}

function relationEvents(change: RelationChanged, settings: ModelSettings, maxRows: number): AuditEvent[] {
  const { kind: action, relation, related } = change;
  if (!settings.actions.has(action) || !settings.keepsField(relation) || related.length === 0) return [];
  const ids = related.slice(0, maxRows).map((id) => idText(id) ?? '');
  const [old, now] = action === 'relation_add' ? [null, ids] : [ids, null];
  const object = objectOf(change.owner, settings, change.idFields);
  const rest = related.length - ids.length;
  return [
    {
      action,
      object,
      changes: redact({ old_value: { [relation]: old }, new_value: { [relation]: now } }, settings),
      body: `${describeEvent(action, object)}: ${relation}`,
      ...(rest > 0 && { attributes: { 'logvitals.data': { count: related.length } } }),
    },
  ];
}

/** Null when no field that is recorded changed. */
function changesOf({ before, after }: RowChange, settings: ModelSettings): Changes | null {
  const kept = (row: Row | null | undefined) => (row ? pick(row, settings.keepsField) : null);
  const changes = after ? changesTo(before, kept(after) ?? {}, kept) : diff(kept(before), null);
  return changes && redact(changes, settings);
}

function changesTo(before: RowChange['before'], after: Row, kept: (row: Row) => Row | null): Changes | null {
  if (before) {
    // What is only known of the row as it was did not change.
    const common = pick(before, (field) => Object.hasOwn(after, field));
    return diff(kept(common), after);
  }
  const changes = diff(null, after);
  // Where nobody read the old values, the new ones stand alone, instead of against a null that never was.
  return before === undefined && changes ? { old_value: {}, new_value: changes.new_value } : changes;
}

/** After the comparison, so that a secret's change is seen, though not its values. */
function redact(changes: Changes, settings: ModelSettings): Changes {
  return { old_value: redactFields(changes.old_value, settings), new_value: redactFields(changes.new_value, settings) };
}

/** What was not there is no secret. */
function redactFields(fields: Record<string, unknown>, { redactor }: ModelSettings): Record<string, unknown> {
  const redacted = redactor.value(fields) as Record<string, unknown>;
  const shown = Object.entries(redacted).map(([name, value]) => [name, fields[name] === null ? null : value]);
  return Object.fromEntries(shown);
}

function objectOf(row: Row, settings: ModelSettings, idFields: readonly string[] | undefined) {
  return { type: settings.type, id: idOf(row, settings, idFields), name: nameOf(row, settings) };
}

/** Several fields make one id, joined by commas. A secret, such as a session's token, is no id. */
function idOf(row: Row, { id, redactor }: ModelSettings, idFields: readonly string[] | undefined): unknown {
  if (typeof id === 'function') return id(row);
  const fields = id === undefined ? (idFields ?? ['id' in row ? 'id' : '_id']) : [id].flat();
  const values = fields.map((field) => (redactor.isSecret(field) ? undefined : row[field]));
  if (values.some((value) => value === undefined || value === null)) return undefined;
  return values.length === 1 ? values[0] : values.map(idText).join(',');
}

function nameOf(row: Row, { name, redactor, keepsField }: ModelSettings): string | undefined {
  if (typeof name === 'function') return textOf(name(row));
  const shown = (field: string) => (keepsField(field) && !redactor.isSecret(field) ? row[field] : undefined);
  if (name !== undefined) return textOf(shown(name));
  return [shown('name'), shown('title')].find((value) => typeof value === 'string' && value !== '') as
    | string
    | undefined;
}

function textOf(value: unknown): string | undefined {
  return value === undefined || value === null || value === '' ? undefined : String(value);
}
