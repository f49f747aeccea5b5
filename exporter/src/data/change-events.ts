import type { AuditEvent } from '../audit/audit-event.ts';
import { type Changes, diff } from '../audit/diff.ts';
import type { Actor } from '../emit/context.ts';
import type { Change, DataAction, RelationChanged, Row, RowChange, RowsChanged } from './change.ts';
import type { DataAuditSettings, JoinTable, ModelSettings } from './options.ts';

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
export function eventsOf(change: Change, settings: DataAuditSettings, moment: Moment): AuditEvent[] {
  const model = settings.model(change.model);
  if (model === null) return [];
  const event = { actor: moment.actor, timestamp: moment.timestamp, tool: settings.tool };
  if (!('rows' in change))
    return relationEvents(change, model, settings.maxRows).map((part) => ({ ...event, ...part }));
  if (model.relation !== undefined) {
    return joinRowEvents(change, model.relation, settings).map((part) => ({ ...event, ...part }));
  }
  return rowEvents(change, model, settings.maxRows).map((part) => ({ ...event, ...part }));
}

function rowEvents(change: RowsChanged, model: ModelSettings, maxRows: number): AuditEvent[] {
  const count = Math.max(change.count ?? 0, change.rows.length);
  const action: DataAction = count > 1 ? `bulk_${change.kind}` : change.kind;
  if (!model.actions.has(action)) return [];
  const known = change.rows.slice(0, maxRows);
  const events: AuditEvent[] = [];
  for (const row of known) {
    const changes = changesOf(row, model);
    if (changes === null && change.kind === 'update') continue;
    events.push(rowEvent(action, row, changes, model, change.idFields));
  }
  const rest = count - known.length;
  if (rest > 0) events.push(restEvent(action, rest, change, model));
  return events;
}

function rowEvent(
  action: DataAction,
  row: RowChange,
  changes: Changes | null,
  model: ModelSettings,
  idFields: readonly string[] | undefined,
): AuditEvent {
  const whole = { ...row.key, ...row.before, ...row.after };
  const object = { type: model.type, id: idOf(whole, model, idFields), name: nameOf(whole, model) };
  return { action, object, changes, body: describe(action, model.type, object.id) };
}

/** The rows beyond those recorded one by one. */
function restEvent(action: DataAction, count: number, change: RowsChanged, model: ModelSettings): AuditEvent {
  const known = change.rows.length > 0;
  return {
    action,
    object: { type: model.type },
    changes: change.values === undefined ? null : changesOf({ after: change.values }, model),
    body: `${words(action)} ${count}${known ? ' more' : ''} ${model.type}`,
    attributes: { 'logvitals.data': { count } },
  };
}

/** Rows of a table that joins two others, as changes of the relation: one event for each object at the near end. */
function joinRowEvents(change: RowsChanged, join: JoinTable, settings: DataAuditSettings): AuditEvent[] {
  const owner = settings.model(join.model);
  if (owner === null) return [];
  const added = new Map<unknown, unknown[]>();
  const removed = new Map<unknown, unknown[]>();
  for (const { before, after } of change.rows) {
    if (before) addTo(removed, before[join.owner], before[join.related]);
    if (after && change.kind !== 'delete')
      addTo(added, { ...before, ...after }[join.owner], { ...before, ...after }[join.related]);
  }
  const events = ([kind, ends]: readonly [RelationChanged['kind'], Map<unknown, unknown[]>]) =>
    [...ends].flatMap(([id, related]) =>
      relationEvents(
        { kind, model: join.model, owner: { id }, idFields: ['id'], relation: join.name, related },
        { ...owner, id: undefined },
        settings.maxRows,
      ),
    );
  return (
    [
      ['relation_remove', removed],
      ['relation_add', added],
    ] as const
  )
    .flatMap(events)
    .slice(0, settings.maxRows);
}

function addTo(ends: Map<unknown, unknown[]>, owner: unknown, related: unknown): void {
  const list = ends.get(owner);
  if (list === undefined) ends.set(owner, [related]);
  else list.push(related);
}

function relationEvents(change: RelationChanged, model: ModelSettings, maxRows: number): AuditEvent[] {
  if (!model.actions.has(change.kind) || change.related.length === 0) return [];
  const id = idOf(change.owner, model, change.idFields);
  const related = change.related.slice(0, maxRows).map(textOf);
  const rest = change.related.length - related.length;
  const changes =
    change.kind === 'relation_add'
      ? { old_value: { [change.relation]: null }, new_value: { [change.relation]: related } }
      : { old_value: { [change.relation]: related }, new_value: { [change.relation]: null } };
  return [
    {
      action: change.kind,
      object: { type: model.type, id, name: nameOf(change.owner, model) },
      changes,
      body: `${describe(change.kind, model.type, id)}: ${change.relation} ${related.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`,
      ...(rest > 0 && { attributes: { 'logvitals.data': { count: change.related.length } } }),
    },
  ];
}

/** Null when no field that is recorded changed. */
function changesOf({ before, after }: RowChange, model: ModelSettings): Changes | null {
  const kept = (row: Row | null | undefined) => (row ? pick(row, model.keepsField) : null);
  // An update whose old values nobody read: the new ones stand alone, instead of against a null that never was.
  const changes =
    before === undefined && after
      ? onlyNew(diff(null, kept(after)))
      : after
        ? diff(kept(before && commonFields(before, after)), kept(after))
        : diff(kept(before), null);
  return changes && redact(changes, model);
}

function onlyNew(changes: Changes | null): Changes | null {
  return changes && { old_value: {}, new_value: changes.new_value };
}

/** What is only known of the row as it was did not change. */
function commonFields(before: Row, after: Row): Row {
  return pick(before, (field) => Object.hasOwn(after, field));
}

function pick(row: Row, keeps: (field: string) => boolean): Row {
  return Object.fromEntries(Object.entries(row).filter(([field]) => keeps(field)));
}

/** After the comparison, so that a secret's change is seen, though not its values. */
function redact(changes: Changes, model: ModelSettings): Changes {
  return { old_value: redactFields(changes.old_value, model), new_value: redactFields(changes.new_value, model) };
}

/** What was not there is no secret. */
function redactFields(fields: Record<string, unknown>, { redactor }: ModelSettings): Record<string, unknown> {
  const redacted = redactor.value(fields) as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(redacted).map(([name, value]) => [name, fields[name] === null ? null : value]),
  );
}

/** Several fields make one id, joined by commas. */
function idOf(row: Row, model: ModelSettings, idFields: readonly string[] | undefined): unknown {
  if (typeof model.id === 'function') return model.id(row);
  const fields = typeof model.id === 'string' ? [model.id] : (model.id ?? idFields ?? ['id' in row ? 'id' : '_id']);
  const values = fields.map((field) => row[field]);
  if (values.some((value) => value === undefined || value === null)) return undefined;
  return values.length === 1 ? values[0] : values.map(textOf).join(',');
}

function nameOf(row: Row, model: ModelSettings): string | undefined {
  const name =
    typeof model.name === 'function'
      ? model.name(row)
      : model.name === undefined
        ? (row.name ?? row.title)
        : row[model.name];
  if (name === undefined || name === null || name === '') return undefined;
  return typeof name === 'string' || model.name !== undefined ? textOf(name) : undefined;
}

function describe(action: DataAction, type: string, id: unknown): string {
  return id === undefined ? `${words(action)} ${type}` : `${words(action)} ${type} ${textOf(id)}`;
}

function words(action: DataAction): string {
  return action.replace('_', ' ');
}

function textOf(value: unknown): string {
  return String(value);
}
