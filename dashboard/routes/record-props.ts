import { scalarText } from '../../receiver/query/field-values.ts';
import { formatQuery } from '../../receiver/query/format.ts';
import type { Field } from '../../receiver/query/tree.ts';
import type { AnyValue, KeyValueList } from '../../receiver/record/any-value.ts';
import { attributeOf } from '../../receiver/record/attribute-of.ts';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { displayLevel, isError, isWarning, LOWEST_SEVERITY } from '../../receiver/record/severity.ts';
import { valueText } from '../../receiver/record/value-text.ts';
import { attributeText } from '../events/attribute-text.ts';
import { changedFields } from '../events/changed-fields.ts';
import { eventDetails } from '../events/event.ts';
import { prettyJson, structured } from '../events/structured.ts';
import type { ExceptionText, Property, RecordDetail, RecordLine, Tone } from '../views/record.ts';
import { eventType, personOf } from './event-parts.ts';

/** A record as a table's line shows it. */
export function recordLine(record: StoredRecord): RecordLine {
  return {
    id: record.id,
    timestamp: record.timestamp,
    level: displayLevel(record),
    tone: toneOf(record.severityNumber),
    service: record.service,
    logger: record.logger,
    body: valueText(record.body),
    groupId: attributeText(record, 'logvitals.group.id') ?? '',
  };
}

/** A record as its page shows it. */
export function recordDetail(record: StoredRecord): RecordDetail {
  const { scope } = record;
  return {
    ...recordLine(record),
    observedTimestamp: record.observedTimestamp,
    severityNumber: record.severityNumber,
    exception: exceptionOf(record),
    attributes: properties(record.attributes, 'attribute').filter(({ key }) => !SHOWN_APART.has(key)),
    resource: properties(record.resource.attributes, 'resource'),
    scope: [
      ...(scope.name ? [{ key: 'name', text: scope.name, query: null }] : []),
      ...(scope.version ? [{ key: 'version', text: scope.version, query: null }] : []),
      ...properties(scope.attributes, null),
    ],
    eventName: record.eventName,
    traceId: record.traceId,
    spanId: record.spanId,
    flags: record.flags,
    droppedAttributesCount: record.droppedAttributesCount,
    ...eventParts(record),
  };
}

/** Attributes whose values have lines of their own. */
const STRUCTURES = [
  { title: 'Data', key: 'logvitals.data' },
  { title: 'Request body', key: 'logvitals.http.request.body' },
  { title: 'Response body', key: 'logvitals.http.response.body' },
] as const;

/** What a record says as an event, beside its body. */
function eventParts(
  record: StoredRecord,
): Pick<RecordDetail, 'actor' | 'object' | 'changes' | 'structures' | 'eventType'> {
  const event = eventDetails(record);
  const changes = changedFields(event.changes);
  const structures = [
    { title: 'Changes', value: changes === null ? event.changes : null },
    ...STRUCTURES.map(({ title, key }) => ({ title, value: structured(record.attributes.get(key)) })),
  ];
  return {
    actor: event.actor && personOf(event.actor),
    object: event.object,
    changes,
    structures: structures.flatMap(({ title, value }) => (value === null ? [] : [{ title, text: prettyJson(value) }])),
    eventType: eventType(record, event),
  };
}

function toneOf(severityNumber: number): Tone {
  if (isError(severityNumber)) return 'bad';
  if (isWarning(severityNumber)) return 'warn';
  return severityNumber >= LOWEST_SEVERITY.INFO || severityNumber < 1 ? 'plain' : 'dim';
}

/** These have a section of their own. */
const SHOWN_APART = new Set([
  'exception.message',
  'exception.stacktrace',
  'logvitals.changes',
  ...STRUCTURES.map(({ key }) => key),
]);

function exceptionOf(record: StoredRecord): ExceptionText | null {
  const of = (key: string) => textOf(attributeOf(record, key));
  const exception = {
    type: of('exception.type'),
    message: of('exception.message'),
    stacktrace: of('exception.stacktrace'),
  };
  return exception.type || exception.message || exception.stacktrace ? exception : null;
}

const textOf = (value: AnyValue | undefined): string => (value === undefined ? '' : valueText(value));

const LONGEST_SEARCHABLE = 200;

/**
 * Keys and values by key, since storages that keep the order they were sent in are few. Single values of reasonable
 * length can be searched for; others are only shown.
 */
function properties(values: KeyValueList, kind: 'attribute' | 'resource' | null): Property[] {
  const sorted = Array.from(values).sort(([one], [other]) => (one < other ? -1 : 1));
  return sorted.map(([key, value]): Property => {
    const text = isScalar(value) ? scalarText(value) : valueText(value);
    const searchable =
      kind !== null && isScalar(value) && text !== '' && key !== '' && text.length <= LONGEST_SEARCHABLE;
    return { key, text, query: searchable ? equalsQuery({ kind, key }, text) : null };
  });
}

function isScalar(value: AnyValue): value is string | boolean | bigint | number {
  return value !== null && typeof value !== 'object';
}

function equalsQuery(field: Field, value: string): string {
  return formatQuery({ type: 'field', field, test: { op: 'equals', value } });
}
