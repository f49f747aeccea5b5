import type { AnyValue, KeyValueList } from '../../receiver/record/any-value.ts';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { type OtlpJsonValue, toOtlpJson } from '../../receiver/record/otlp-json.ts';
import { type Level, levelOf } from '../../receiver/record/severity.ts';

/** A plain JSON value. */
export type JsonValue = null | string | number | boolean | readonly JsonValue[] | JsonObject;
export type JsonObject = { readonly [key: string]: JsonValue };

/** A record as the API writes it (docs/api.md). Timestamps are decimal strings of nanoseconds, since JSON numbers are too small. */
export interface RecordJson {
  readonly id: string;
  readonly timestamp: string;
  readonly observedTimestamp: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly level: Level;
  readonly service: string;
  readonly logger: string;
  /** A string as it is; anything else in OTLP's JSON encoding, so that no kind is mistaken for another. */
  readonly body: string | OtlpJsonValue;
  readonly attributes: JsonObject;
  readonly resource: JsonObject;
  readonly resourceSchemaUrl: string;
  readonly resourceDroppedAttributesCount: number;
  readonly scope: {
    readonly name: string;
    readonly version: string;
    readonly attributes: JsonObject;
    readonly schemaUrl: string;
    readonly droppedAttributesCount: number;
  };
  readonly traceId: string;
  readonly spanId: string;
  readonly flags: number;
  readonly eventName: string;
  readonly droppedAttributesCount: number;
}

/** The API's form of a record. */
export function recordJson(record: StoredRecord): RecordJson {
  const { resource, scope } = record;
  return {
    id: record.id,
    timestamp: String(record.timestamp),
    observedTimestamp: String(record.observedTimestamp),
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    level: levelOf(record.severityNumber),
    service: record.service,
    logger: record.logger,
    body: typeof record.body === 'string' ? record.body : toOtlpJson(record.body),
    attributes: objectJson(record.attributes),
    resource: objectJson(resource.attributes),
    resourceSchemaUrl: resource.schemaUrl,
    resourceDroppedAttributesCount: resource.droppedAttributesCount,
    scope: {
      name: scope.name,
      version: scope.version,
      attributes: objectJson(scope.attributes),
      schemaUrl: scope.schemaUrl,
      droppedAttributesCount: scope.droppedAttributesCount,
    },
    traceId: record.traceId,
    spanId: record.spanId,
    flags: record.flags,
    eventName: record.eventName,
    droppedAttributesCount: record.droppedAttributesCount,
  };
}

/** The same as JSON. */
export const recordText = (record: StoredRecord): string => JSON.stringify(recordJson(record));

/** Attributes as a plain object. `Object.fromEntries` makes every key, `__proto__` too, the object's own. */
export function objectJson(attributes: KeyValueList): JsonObject {
  return Object.fromEntries(Array.from(attributes, ([key, value]) => [key, valueJson(value)]));
}

/**
 * A value as people write JSON: an integer beyond 2^53 is its decimal string, NaN and the infinities their names, bytes
 * base64, the empty value null.
 */
export function valueJson(value: AnyValue): JsonValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  return value instanceof Map ? objectJson(value) : (value as readonly AnyValue[]).map(valueJson);
}
