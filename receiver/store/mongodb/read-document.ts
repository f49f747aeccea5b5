import type { Binary } from 'mongodb';
import { type AnyValue, EMPTY_KEY_VALUES, type KeyValueList } from '../../record/any-value.ts';
import type { Resource, Scope, StoredRecord } from '../../record/log-record.ts';
import { readOtlpJson, readOtlpJsonKeyValues } from '../common/read-otlp-json.ts';
import type { LogDocument } from './documents.ts';
import { type ReadDocument, readableKeyValues } from './readable.ts';

/** A record as the driver reads it with `READ_OPTIONS`. */
export type ReadLogDocument = LogDocument<ReadDocument, AnyValue | Binary | ReadDocument>;

/** How documents of `logs` have to be read: 64-bit integers exactly. */
export const READ_OPTIONS = { useBigInt64: true } as const;

export function readRecord(document: ReadLogDocument): StoredRecord {
  return {
    id: document._id,
    timestamp: document.timestampNanos,
    observedTimestamp: document.observedTimestampNanos ?? document.timestampNanos,
    severityNumber: document.severityNumber,
    severityText: document.severityText ?? '',
    service: document.service,
    logger: document.logger,
    body: readBody(document),
    attributes: readAttributes(document.attributes, document.exact?.attributes),
    resource: readResource(document),
    scope: readScope(document),
    traceId: document.traceId ?? '',
    spanId: document.spanId ?? '',
    flags: document.flags ?? 0,
    eventName: document.eventName ?? '',
    droppedAttributesCount: document.droppedAttributesCount ?? 0,
  };
}

/** The body alone, of a document with `body` and `exact.body`. */
export function readBody({ body, exact }: Pick<ReadLogDocument, 'body' | 'exact'>): AnyValue {
  if (exact?.body !== undefined) return readOtlpJson(JSON.parse(exact.body));
  return typeof body === 'string' ? body : null;
}

function readResource(document: ReadLogDocument): Resource {
  return {
    attributes: readAttributes(document.resource, document.exact?.resource),
    schemaUrl: document.resourceSchemaUrl ?? '',
    droppedAttributesCount: document.resourceDroppedAttributesCount ?? 0,
  };
}

function readScope({ scope = {}, logger, exact }: ReadLogDocument): Scope {
  return {
    name: scope.name ?? logger,
    version: scope.version ?? '',
    attributes: readAttributes(scope.attributes, exact?.scope),
    schemaUrl: scope.schemaUrl ?? '',
    droppedAttributesCount: scope.droppedAttributesCount ?? 0,
  };
}

function readAttributes(document: ReadDocument | undefined, exact: string | undefined): KeyValueList {
  if (exact !== undefined) return readOtlpJsonKeyValues(JSON.parse(exact));
  return document === undefined ? EMPTY_KEY_VALUES : readableKeyValues(document);
}
