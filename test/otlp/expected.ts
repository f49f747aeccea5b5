import type { AnyValue } from '../../receiver/record/any-value.ts';

/** What protobufjs makes of a request, in our representation: an independent, slow and plain second opinion. */

interface Message {
  readonly [field: string]: unknown;
}

/** Records of a decoded ExportLogsServiceRequest, before normalization. */
export function expectedRecords(request: Message): object[] {
  return list(request.resourceLogs).flatMap((resourceLogs) => {
    const resource = {
      attributes: keyValues(message(resourceLogs.resource).attributes),
      droppedAttributesCount: message(resourceLogs.resource).droppedAttributesCount ?? 0,
      schemaUrl: resourceLogs.schemaUrl ?? '',
    };
    return list(resourceLogs.scopeLogs).flatMap((scopeLogs) => {
      const of = message(scopeLogs.scope);
      const scope = {
        name: of.name ?? '',
        version: of.version ?? '',
        attributes: keyValues(of.attributes),
        droppedAttributesCount: of.droppedAttributesCount ?? 0,
        schemaUrl: scopeLogs.schemaUrl ?? '',
      };
      return list(scopeLogs.logRecords).map((record) => expectedRecord(record, resource, scope));
    });
  });
}

function expectedRecord(record: Message, resource: object, scope: object): object {
  return {
    timestamp: time(record.timeUnixNano),
    observedTimestamp: time(record.observedTimeUnixNano),
    severityNumber: record.severityNumber ?? 0,
    severityText: record.severityText ?? '',
    service: '',
    logger: '',
    body: anyValue(message(record.body)),
    attributes: keyValues(record.attributes),
    resource,
    scope,
    traceId: id(record.traceId, 16),
    spanId: id(record.spanId, 8),
    flags: record.flags ?? 0,
    eventName: record.eventName ?? '',
    droppedAttributesCount: record.droppedAttributesCount ?? 0,
  };
}

function anyValue(value: Message): AnyValue {
  const [kind] = Object.keys(value);
  const content = value[kind ?? ''];
  switch (kind) {
    case undefined:
      return null;
    case 'intValue':
      return BigInt(content as string);
    case 'bytesValue':
      return new Uint8Array(content as Uint8Array);
    case 'arrayValue':
      return list(message(content).values).map(anyValue);
    case 'kvlistValue':
      return keyValues(message(content).values);
    default:
      return content as string | number | boolean;
  }
}

function keyValues(pairs: unknown): Map<string, AnyValue> {
  return new Map(list(pairs).map((pair) => [(pair.key as string) ?? '', anyValue(message(pair.value))]));
}

function time(value: unknown): bigint {
  const nanoseconds = BigInt((value as string) ?? 0);
  return nanoseconds < 2n ** 63n ? nanoseconds : 0n;
}

function id(bytes: unknown, size: number): string {
  const hex = Buffer.from((bytes as Uint8Array) ?? []).toString('hex');
  return hex.length === size * 2 && /[^0]/.test(hex) ? hex : '';
}

function list(value: unknown): Message[] {
  return (value as Message[]) ?? [];
}

function message(value: unknown): Message {
  return (value as Message) ?? {};
}
