import { and, type Field, fieldEquals, type NamedField, type Query } from '../../receiver/query/tree.ts';
import type { TimeZone } from '../health/time-zone.ts';
import { narrowedFilter, oneOf, type ParamResult, type QueryString, type RecordFilter, single } from '../params.ts';

const named = (name: NamedField): Field => ({ kind: 'named', name });
const attribute = (key: string): Field => ({ kind: 'attribute', key });

/** The parameters that events are asked for by, and the fields that they stand for. */
const EVENT_FIELDS = {
  tool: named('tool'),
  action: named('action'),
  actor: named('actor'),
  object_type: named('object.type'),
  object_id: named('object.id'),
  group: named('group'),
  type: attribute('logvitals.event.type'),
  initiator: attribute('logvitals.initiator'),
} as const;

/** Which records count as events. */
const EVENT_KINDS = ['action', 'group', 'any'] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

const present = (field: Field): Query => ({ type: 'field', field, test: { op: 'present' } });

/**
 * `action`: whatever names an action (`logvitals.audit.action`): audit events, logins, transfers, and what others send
 * with that attribute. `group`: the events of groups (`logvitals.group.id`).
 */
export const KIND_QUERIES: Readonly<Record<EventKind, Query>> = {
  action: present(EVENT_FIELDS.action),
  group: present(EVENT_FIELDS.group),
  any: { type: 'or', terms: [present(EVENT_FIELDS.action), present(EVENT_FIELDS.group)] },
};

/** The kind asked for; one that is unknown or missing is `any` where a group's fields are asked for, else `action`. */
export function eventKind(query: QueryString): EventKind {
  const asked = single(query, 'kind');
  const asksOfGroups = (['group', 'type', 'initiator'] as const).some((field) => single(query, field) !== undefined);
  return EVENT_KINDS.find((kind) => kind === asked) ?? (asksOfGroups ? 'any' : 'action');
}

/** Events by their own parameters and those of all lists of records (`recordFilter`). */
export function eventFilter(query: QueryString, now: bigint, zone: TimeZone | null = null): ParamResult<RecordFilter> {
  const kind = oneOf(query, 'kind', EVENT_KINDS);
  if (!kind.ok) return kind;
  return narrowedFilter(query, { now, zone }, EVENT_FIELDS, [KIND_QUERIES[eventKind(query)]]);
}

/** All that is known of an object, whatever kind of record says it. */
export function objectQuery({ type, id }: { readonly type: string; readonly id: string }): Query {
  return and(fieldEquals('object.type', type), fieldEquals('object.id', id));
}
