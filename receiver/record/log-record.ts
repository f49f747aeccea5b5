import type { AnyValue, KeyValueList } from './any-value.ts';

/** Where records come from: OTLP's Resource. Records of one request share the object. */
export interface Resource {
  readonly attributes: KeyValueList;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** OTLP's InstrumentationScope. Records of one scope share the object. */
export interface Scope {
  readonly name: string;
  readonly version: string;
  readonly attributes: KeyValueList;
  readonly droppedAttributesCount: number;
  readonly schemaUrl: string;
}

/** One normalized log record (CONTRACT.md, "Record"). Absent texts are '', absent numbers 0. */
export interface LogRecord {
  /** Nanoseconds since the Unix epoch, 0 < t < 2^63; never 0 after normalization (O41). */
  readonly timestamp: bigint;
  /** Nanoseconds since the Unix epoch; the receive time when the client sent none. */
  readonly observedTimestamp: bigint;
  /** As sent; 0 means unspecified. `levelOf` names it. */
  readonly severityNumber: number;
  /** Verbatim. */
  readonly severityText: string;
  /** `service.name` of the resource, else `unknown_service`. */
  readonly service: string;
  /** Scope name, else the `logger.name`, `log.logger` or `logger` attribute, else the service. */
  readonly logger: string;
  readonly body: AnyValue;
  readonly attributes: KeyValueList;
  readonly resource: Resource;
  readonly scope: Scope;
  /** 32 lower-case hex digits, or ''. */
  readonly traceId: string;
  /** 16 lower-case hex digits, or ''. */
  readonly spanId: string;
  /** W3C trace flags, 0..255. */
  readonly flags: number;
  readonly eventName: string;
  readonly droppedAttributesCount: number;
}

/** A record as a store gives it back. */
export interface StoredRecord extends LogRecord {
  /**
   * Opaque to users, unique within the store, stable for the record's life. Ids compare as strings in the order of
   * (timestamp, arrival), so an id is also a cursor.
   */
  readonly id: string;
}
