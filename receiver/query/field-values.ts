import type { AnyValue } from '../record/any-value.ts';
import { attributeOf } from '../record/attribute-of.ts';
import type { LogRecord } from '../record/log-record.ts';
import { displayLevel } from '../record/severity.ts';
import { base64, valueText } from '../record/value-text.ts';
import type { Field, NamedField } from './tree.ts';

/** What a named field holds in a record; undefined when the record has no such field. */
const NAMED_VALUES: Readonly<Record<NamedField, (record: LogRecord) => AnyValue | undefined>> = {
  level: displayLevel,
  service: (record) => record.service || undefined,
  logger: (record) => record.logger || undefined,
  body: (record) => (record.body === null ? undefined : valueText(record.body)),
  event: (record) => record.eventName || undefined,
  trace: (record) => record.traceId || undefined,
  span: (record) => record.spanId || undefined,
  group: (record) => record.attributes.get('logvitals.group.id'),
  actor: (record) => attributeOf(record, 'user.id'),
  action: (record) => record.attributes.get('logvitals.audit.action'),
  tool: (record) => record.attributes.get('logvitals.audit.tool'),
  'object.type': (record) => record.attributes.get('logvitals.object.type'),
  'object.id': (record) => record.attributes.get('logvitals.object.id'),
};

/** A field's values in a record: undefined when it is absent, an array's elements, else the one value. */
export function fieldReader(field: Field): (record: LogRecord) => readonly AnyValue[] | undefined {
  if (field.kind === 'attribute') return (record) => elements(record.attributes.get(field.key));
  if (field.kind === 'resource') return (record) => elements(record.resource.attributes.get(field.key));
  const read = NAMED_VALUES[field.name];
  return (record) => elements(read(record));
}

/** A field's texts in a record, each once: what equality compares and what facets count, on every store. */
export function fieldTexts(field: Field): (record: LogRecord) => readonly string[] {
  const read = fieldReader(field);
  return (record) => {
    const values = read(record);
    return values ? [...new Set(values.filter((value) => value !== null).map(scalarText))] : [];
  };
}

/** A value as people write it in a query. A value of no kind has no text: `field:*` is how to ask for it. */
export function scalarText(value: Exclude<AnyValue, null>): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint' || typeof value === 'number') return String(value);
  return value instanceof Uint8Array ? base64(value) : valueText(value);
}

function elements(value: AnyValue | undefined): readonly AnyValue[] | undefined {
  if (value === undefined) return undefined;
  return Array.isArray(value) ? value : [value];
}
