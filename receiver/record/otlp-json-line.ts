import type { LogRecord } from './log-record.ts';
import { toOtlpJson, toOtlpJsonKeyValues } from './otlp-json.ts';

/**
 * A record as an ExportLogsServiceRequest of its own, on one line without a newline: the format of the Collector's file
 * exporter, which `logvitals import` and any OTLP/JSON receiver read back to the same record.
 */
export function toOtlpJsonLine(record: LogRecord): string {
  return toOtlpJsonRequest([record]);
}

/** Records as one ExportLogsServiceRequest, each with its own resource and scope. */
export function toOtlpJsonRequest(records: readonly LogRecord[]): string {
  return JSON.stringify({ resourceLogs: records.map(resourceLogs) });
}

function resourceLogs(record: LogRecord) {
  const { resource, scope } = record;
  return {
    resource: {
      attributes: toOtlpJsonKeyValues(resource.attributes),
      droppedAttributesCount: resource.droppedAttributesCount,
    },
    scopeLogs: [
      {
        scope: {
          name: scope.name,
          version: scope.version,
          attributes: toOtlpJsonKeyValues(scope.attributes),
          droppedAttributesCount: scope.droppedAttributesCount,
        },
        logRecords: [
          {
            timeUnixNano: record.timestamp.toString(),
            observedTimeUnixNano: record.observedTimestamp.toString(),
            severityNumber: record.severityNumber,
            severityText: record.severityText,
            body: toOtlpJson(record.body),
            attributes: toOtlpJsonKeyValues(record.attributes),
            droppedAttributesCount: record.droppedAttributesCount,
            flags: record.flags,
            traceId: record.traceId,
            spanId: record.spanId,
            eventName: record.eventName,
          },
        ],
        schemaUrl: scope.schemaUrl,
      },
    ],
    schemaUrl: resource.schemaUrl,
  };
}
