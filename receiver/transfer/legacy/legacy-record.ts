import { type AnyValue, EMPTY_KEY_VALUES } from '../../record/any-value.ts';
import type { LogRecord } from '../../record/log-record.ts';

/** What a record of another package becomes; the rest of a log record is the same for all of an import. */
export interface LegacyRecord {
  /** The same at each import of the same source: by it a record is stored once, whenever it comes again. */
  readonly uid: string;
  /** Nanoseconds since the Unix epoch. */
  readonly timestamp: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly logger: string;
  readonly eventName?: string;
  readonly body: string;
  /** Undefined values are left out. */
  readonly attributes: Readonly<Record<string, AnyValue | undefined>>;
}

/** A row or line that is no record of the package: where it stands, and what is wrong with it. */
export interface LegacyFault {
  readonly fault: string;
}

/** The log record of a service. `observedTimestamp` is the record's own time: nobody noted when it was received. */
export function logRecordOf(legacy: LegacyRecord, service: string): LogRecord {
  const attributes = new Map<string, AnyValue>();
  for (const [key, value] of Object.entries(legacy.attributes)) if (value !== undefined) attributes.set(key, value);
  attributes.set('log.record.uid', legacy.uid);
  return {
    timestamp: legacy.timestamp,
    observedTimestamp: legacy.timestamp,
    severityNumber: legacy.severityNumber,
    severityText: legacy.severityText,
    service,
    logger: legacy.logger,
    body: legacy.body,
    attributes,
    resource: { attributes: new Map([['service.name', service]]), droppedAttributesCount: 0, schemaUrl: '' },
    scope: { name: legacy.logger, version: '', attributes: EMPTY_KEY_VALUES, droppedAttributesCount: 0, schemaUrl: '' },
    traceId: '',
    spanId: '',
    flags: 0,
    eventName: legacy.eventName ?? '',
    droppedAttributesCount: 0,
  };
}
