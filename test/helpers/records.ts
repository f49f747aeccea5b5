import { type AnyValue, EMPTY_KEY_VALUES, type KeyValueList } from '../../receiver/record/any-value.ts';
import type { LogRecord, Resource, Scope } from '../../receiver/record/log-record.ts';
import type { AppendedBatch, Batch } from '../../receiver/store/store.ts';

export const MILLISECOND = 1_000_000n;
export const SECOND = 1000n * MILLISECOND;
export const MINUTE = 60n * SECOND;
export const HOUR = 60n * MINUTE;
export const DAY = 24n * HOUR;

/** Nanoseconds since the epoch of an RFC 3339 UTC time with up to nine digits: `at('2026-11-20T10:00:00.123456789Z')`. */
export function at(time: string): bigint {
  const [, seconds, fraction = ''] = /^(.*?)(?:\.(\d{1,9}))?Z$/.exec(time) ?? [];
  const milliseconds = Date.parse(`${seconds}Z`);
  if (Number.isNaN(milliseconds)) throw new Error(`not a UTC time: ${time}`);
  return BigInt(milliseconds) * MILLISECOND + BigInt(fraction.padEnd(9, '0'));
}

/** When built records happened, unless told otherwise. */
export const NOON = at('2026-11-20T12:00:00Z');

type Attributes = KeyValueList | Readonly<Record<string, AnyValue>>;

type Overrides = Partial<Omit<LogRecord, 'attributes' | 'resource' | 'scope'>> & {
  readonly attributes?: Attributes;
  readonly resource?: Partial<Omit<Resource, 'attributes'>> & { readonly attributes?: Attributes };
  readonly scope?: Partial<Omit<Scope, 'attributes'>> & { readonly attributes?: Attributes };
};

/** A whole, coherent record: an INFO line of service `shop`, logger `shop.cart`, at NOON, with what the test cares about. */
export function logRecord(overrides: Overrides = {}): LogRecord {
  const { attributes, resource, scope, ...rest } = overrides;
  const service = rest.service ?? 'shop';
  const logger = rest.logger ?? 'shop.cart';
  const timestamp = rest.timestamp ?? NOON;
  return {
    timestamp,
    observedTimestamp: timestamp,
    severityNumber: 9,
    severityText: '',
    service,
    logger,
    body: 'item added to cart',
    traceId: '',
    spanId: '',
    flags: 0,
    eventName: '',
    droppedAttributesCount: 0,
    ...rest,
    attributes: keyValues(attributes),
    resource: {
      droppedAttributesCount: 0,
      schemaUrl: '',
      ...resource,
      attributes: keyValues(resource?.attributes ?? { 'service.name': service }),
    },
    scope: {
      name: logger,
      version: '',
      droppedAttributesCount: 0,
      schemaUrl: '',
      ...scope,
      attributes: keyValues(scope?.attributes),
    },
  };
}

/** An error of severity number 17. */
export function errorRecord(overrides: Overrides = {}): LogRecord {
  return logRecord({ severityNumber: 17, severityText: 'ERROR', body: 'payment refused', ...overrides });
}

/** A warning of severity number 13. */
export function warningRecord(overrides: Overrides = {}): LogRecord {
  return logRecord({ severityNumber: 13, severityText: 'WARN', body: 'stock is low', ...overrides });
}

/** A batch that nothing makes recognisable, or one with the given key. */
export function batch(records: readonly LogRecord[], key: string | null = null): Batch {
  return { key, records };
}

/** The record with its attributes in a Map, to be compared with what a test expects. */
export function withMap<R extends LogRecord>(record: R): R {
  return { ...record, attributes: new Map(record.attributes) };
}

/** The ids of a batch's `size` records, in their order. */
export function idsOf(appended: AppendedBatch, size: number): (string | null)[] {
  return Array.from({ length: size }, (_, place) => appended.idOf(place));
}

function keyValues(attributes: Attributes | undefined): KeyValueList {
  if (attributes === undefined) return EMPTY_KEY_VALUES;
  return attributes instanceof Map ? attributes : new Map(Object.entries(attributes));
}
