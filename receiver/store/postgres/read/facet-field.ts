import { sql } from 'kysely';
import { fieldTexts } from '../../../query/field-values.ts';
import { attributesOfNamed } from '../../../query/named-attributes.ts';
import type { Field, NamedField } from '../../../query/tree.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import { LEVELS } from '../../../record/severity.ts';
import type { WorkOptions } from '../connection.ts';
import { readableValues } from '../readable-json.ts';
import type { SharedParts } from './shared-parts.ts';
import { LEVEL_INDEX } from './slot-counts.ts';
import { isKept } from './text-condition.ts';

type Sql = ReturnType<typeof sql>;

/** How SQL groups rows by a field. */
export interface FacetField {
  /** What tells the values of rows without `exact` apart, as a text; null for none. */
  readonly key: Sql;
  /** Whether SQL can tell at all. */
  readonly isGrouped: boolean;
  /** The field's texts (`fieldTexts`) of rows with each key. */
  textsOf(
    keys: readonly string[],
    parts: SharedParts,
    options: WorkOptions,
  ): Promise<(key: string) => readonly string[]>;
}

const LEVEL_NAMES = sql.raw(`array[${LEVELS.map((level) => `'${level}'`).join(', ')}]`);

const TEXT_COLUMNS: Readonly<Partial<Record<NamedField, Sql>>> = {
  level: sql`coalesce(severity_text, (${LEVEL_NAMES})[${LEVEL_INDEX} + 1])`,
  body: sql`body`,
  event: sql`event_name`,
  trace: sql`trace_id`,
  span: sql`span_id`,
};

/** How a field's values are counted. */
export function facetField(field: Field): FacetField {
  if (field.kind === 'attribute') return ofAttributes([field.key]);
  if (field.kind === 'resource') return ofResources(field);
  const { name } = field;
  if (name === 'service' || name === 'logger') return ofLoggers(name);
  const attributes = attributesOfNamed(name);
  return attributes ? ofAttributes(attributes) : ofText(TEXT_COLUMNS[name]!);
}

function ofText(column: Sql): FacetField {
  return { key: column, isGrouped: true, textsOf: async () => (key) => [key] };
}

function ofAttributes(keys: readonly string[]): FacetField {
  const texts = fieldTexts({ kind: 'attribute', key: '' });
  // A key that no column can hold cannot be a parameter either.
  const values = keys.filter(isKept).map((key) => sql`attributes -> ${key}::text`);
  return {
    key: values.length === 0 ? sql`null::text` : sql`(coalesce(${sql.join(values)}))::text`,
    isGrouped: keys.every(isKept),
    // The value alone, as the only attribute of a record that has nothing else to be asked for.
    textsOf: async () => (json) => texts({ attributes: readableValues(`{"":${json}}`) } as unknown as LogRecord),
  };
}

function ofLoggers(name: 'service' | 'logger'): FacetField {
  return {
    key: sql`logger_id::text`,
    isGrouped: true,
    async textsOf(keys, parts, options) {
      const loggers = await parts.loggers(keys.map(Number), options);
      // A name that is empty is absent.
      return (key) => [loggers.get(Number(key))![name]].filter((text) => text !== '');
    },
  };
}

function ofResources(field: Field): FacetField {
  const texts = fieldTexts(field);
  return {
    key: sql`resource_id::text`,
    isGrouped: true,
    async textsOf(keys, parts, options) {
      const resources = await parts.resources(keys.map(Number), options);
      return (key) => texts({ resource: resources.get(Number(key))! } as unknown as LogRecord);
    },
  };
}
