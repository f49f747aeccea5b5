import type { Selectable } from 'kysely';
import type { Resource, Scope, StoredRecord } from '../../record/log-record.ts';
import { formatId } from '../common/ids.ts';
import { readExact } from './exact.ts';
import { readableValues } from './readable-json.ts';
import type { LoggerTable, RecordTable, ResourceTable, ScopeTable } from './schema.ts';
import { joinTime } from './time.ts';

/** The columns that a record is read from. */
export const RECORD_COLUMNS = [
  'time',
  'ns',
  'sequence',
  'observed_time',
  'observed_ns',
  'logger_id',
  'resource_id',
  'scope_id',
  'severity_number',
  'flags',
  'dropped',
  'severity_text',
  'body',
  'attributes',
  'trace_id',
  'span_id',
  'event_name',
  'exact',
] as const satisfies readonly (keyof RecordTable)[];

/** A row of `record`. */
export type RecordColumns = Pick<Selectable<RecordTable>, (typeof RECORD_COLUMNS)[number]>;

/** What a record's row refers to. */
export interface RecordParts {
  readonly names: LoggerNames;
  readonly resource: Resource;
  readonly scope: Scope;
}

/** Names of a logger, as records have them. */
export interface LoggerNames {
  readonly service: string;
  readonly logger: string;
}

/** The record that `copyRows` made a row of. */
export function recordOf(row: RecordColumns, { names, resource, scope }: RecordParts): StoredRecord {
  const timestamp = joinTime(row.time, row.ns);
  const exact = row.exact === null ? {} : readExact(row.exact);
  return {
    id: formatId(timestamp, row.sequence),
    timestamp,
    observedTimestamp: row.observed_time === null ? timestamp : joinTime(row.observed_time, row.observed_ns ?? 0),
    severityNumber: row.severity_number,
    severityText: exact.severityText ?? row.severity_text ?? '',
    service: names.service,
    logger: names.logger,
    body: exact.body ?? row.body,
    attributes: exact.attributes ?? readableValues(row.attributes),
    resource,
    scope,
    traceId: row.trace_id ?? '',
    spanId: row.span_id ?? '',
    flags: row.flags ?? 0,
    eventName: exact.eventName ?? row.event_name ?? '',
    droppedAttributesCount: row.dropped ?? 0,
  };
}

/** The names that a row of `logger` holds. */
export function namesOf(row: Pick<Selectable<LoggerTable>, 'service' | 'logger' | 'exact'>): LoggerNames {
  if (row.exact === null) return { service: row.service, logger: row.logger };
  const [service, logger] = JSON.parse(row.exact) as [string, string];
  return { service, logger };
}

type ResourceColumns = Pick<Selectable<ResourceTable>, 'attributes' | 'schema_url' | 'dropped' | 'exact'>;

/** The resource that a row holds. */
export function resourceOf(row: ResourceColumns): Resource {
  const exact = row.exact === null ? {} : readExact(row.exact);
  return {
    attributes: exact.attributes ?? readableValues(row.attributes),
    droppedAttributesCount: row.dropped,
    schemaUrl: exact.schemaUrl ?? row.schema_url,
  };
}

/** The scope that a row holds. */
export function scopeOf(row: ResourceColumns & Pick<Selectable<ScopeTable>, 'name' | 'version'>): Scope {
  const exact = row.exact === null ? {} : readExact(row.exact);
  return { name: exact.name ?? row.name, version: exact.version ?? row.version, ...resourceOf(row) };
}
