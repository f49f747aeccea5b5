import type { JsonObject, JsonValue, RecordJson } from '../../dashboard/api/record-json.ts';
import type { AnyValue, KeyValueList } from '../record/any-value.ts';
import type { StoredRecord } from '../record/log-record.ts';

/**
 * A record from the API's JSON, for writing it in a text format. What JSON does not tell apart (integers from doubles,
 * bytes from their base64, a structured body from its text) comes back as what reads the same.
 */
export function reviveRecord(json: RecordJson): StoredRecord {
  return {
    ...json,
    timestamp: BigInt(json.timestamp),
    observedTimestamp: BigInt(json.observedTimestamp),
    body: bodyText(json),
    attributes: reviveObject(json.attributes),
    resource: {
      attributes: reviveObject(json.resource),
      schemaUrl: json.resourceSchemaUrl,
      droppedAttributesCount: json.resourceDroppedAttributesCount,
    },
    scope: { ...json.scope, attributes: reviveObject(json.scope.attributes) },
  };
}

/** The body's text form, as the receiver makes it for searching: the empty value has none. */
export function bodyText({ body }: RecordJson): string {
  if (typeof body === 'string') return body;
  return Object.keys(body).length === 0 ? '' : JSON.stringify(body);
}

function reviveObject(object: JsonObject): KeyValueList {
  return new Map(Object.entries(object).map(([key, value]) => [key, reviveValue(value)]));
}

function reviveValue(value: JsonValue): AnyValue {
  if (value === null || typeof value !== 'object') return value;
  return Array.isArray(value) ? value.map(reviveValue) : reviveObject(value as JsonObject);
}
