import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';

/** Deeper nesting of a value is left out, so that cycles end. */
const DEEPEST = 32;
/** protobuf's int64, which OTLP's `intValue` is. */
const LARGEST_INT = 2n ** 63n - 1n;
const SMALLEST_INT = -(2n ** 63n);
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** A record as OTLP JSON text, with what of the request it goes into. */
export interface RecordText {
  readonly resource: ReadableLogRecord['resource'];
  readonly scope: ReadableLogRecord['instrumentationScope'];
  readonly text: string;
}

/**
 * One record as OTLP JSON (opentelemetry-proto, `LogRecord`; the mapping of the OTLP specification, "JSON Protobuf
 * Encoding"). Identifiers are lower-case hex, 64-bit integers text, bytes base64.
 * @param uid becomes the attribute `log.record.uid`, unless the record has one: by it a receiver knows the record again.
 * @throws whatever the values of a hostile record throw when they are read.
 */
export function recordText(record: ReadableLogRecord, uid?: string): RecordText {
  const { spanContext, attributes, instrumentationScope, resource } = record;
  const keyValues = keyValueList(attributes, 0);
  if (uid !== undefined && typeof attributes['log.record.uid'] !== 'string') {
    keyValues.push({ key: 'log.record.uid', value: { stringValue: uid } });
  }
  const text = JSON.stringify({
    timeUnixNano: nanoseconds(record.hrTime),
    observedTimeUnixNano: nanoseconds(record.hrTimeObserved),
    severityNumber: record.severityNumber,
    severityText: record.severityText,
    body: anyValue(record.body, 0),
    attributes: keyValues,
    droppedAttributesCount: record.droppedAttributesCount || undefined,
    flags: spanContext?.traceFlags,
    traceId: spanContext?.traceId,
    spanId: spanContext?.spanId,
    eventName: record.eventName,
  });
  return { resource, scope: instrumentationScope, text };
}

/** Records as one `ExportLogsServiceRequest`, on one line. Those of one resource and scope stand together, in order. */
export function requestText(records: readonly RecordText[]): string {
  const resources = new Map<RecordText['resource'], Map<RecordText['scope'], string[]>>();
  for (const { resource, scope, text } of records) {
    const scopes = entry(resources, resource, () => new Map<RecordText['scope'], string[]>());
    entry(scopes, scope, (): string[] => []).push(text);
  }
  return `{"resourceLogs":[${[...resources].map(resourceLogs).join(',')}]}`;
}

function resourceLogs([resource, scopes]: [RecordText['resource'], Map<RecordText['scope'], string[]>]): string {
  const { attributes, schemaUrl } = resource as { attributes: object; schemaUrl?: string };
  const head = JSON.stringify({ attributes: keyValueList(attributes, 0) });
  return `{"resource":${head},"scopeLogs":[${[...scopes].map(scopeLogs).join(',')}]${schema(schemaUrl)}}`;
}

function scopeLogs([scope, texts]: [RecordText['scope'], string[]]): string {
  const { name, version, attributes, schemaUrl } = scope;
  const head = JSON.stringify({ name, version, ...(attributes && { attributes: keyValueList(attributes, 0) }) });
  return `{"scope":${head},"logRecords":[${texts.join(',')}]${schema(schemaUrl)}}`;
}

const schema = (url: string | undefined): string => (url ? `,"schemaUrl":${JSON.stringify(url)}` : '');

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

/** OpenTelemetry's pair of seconds and nanoseconds, as text. */
function nanoseconds([seconds, nanos]: ReadableLogRecord['hrTime']): string {
  return (BigInt(Math.trunc(seconds)) * NANOSECONDS_PER_SECOND + BigInt(Math.trunc(nanos))).toString();
}

/** Attributes still being detected (promises, while a process dies) and values left out are passed over. */
function keyValueList(values: object, depth: number): { key: string; value: object }[] {
  const list = [];
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || typeof value === 'function' || typeof value?.then === 'function') continue;
    list.push({ key, value: anyValue(value, depth) });
  }
  return list;
}

function anyValue(value: unknown, depth: number): object {
  switch (typeof value) {
    case 'string':
      return { stringValue: value };
    case 'boolean':
      return { boolValue: value };
    case 'number':
      return numberValue(value);
    case 'bigint':
      return value >= SMALLEST_INT && value <= LARGEST_INT
        ? { intValue: String(value) }
        : { stringValue: String(value) };
    case 'object':
      return value === null ? {} : objectValue(value, depth);
    default:
      return value === undefined ? {} : { stringValue: String(value) };
  }
}

/** JSON has no NaN and no infinity; protobuf's mapping spells them out. */
function numberValue(value: number): object {
  if (Number.isSafeInteger(value)) return { intValue: String(value) };
  return { doubleValue: Number.isFinite(value) ? value : String(value) };
}

function objectValue(value: object, depth: number): object {
  if (value instanceof Uint8Array) return { bytesValue: Buffer.from(value).toString('base64') };
  if (depth >= DEEPEST) return { stringValue: Array.isArray(value) ? '[…]' : '{…}' };
  if (Array.isArray(value)) return { arrayValue: { values: value.map((item) => anyValue(item, depth + 1)) } };
  return { kvlistValue: { values: keyValueList(value, depth + 1) } };
}
