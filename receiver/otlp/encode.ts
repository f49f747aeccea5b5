import { type ExportOutcome, type Refusal, retryDelay, STATUS_OF } from './outcome.ts';

/** The two encodings of OTLP's messages. */
export type Encoding = 'protobuf' | 'json';

/** A message may not be longer, so that answers stay small (O11) and fit into gRPC's headers. */
const MAX_MESSAGE_LENGTH = 1000;

type Accepted = Extract<ExportOutcome, { kind: 'accepted' }>;

/** ExportLogsServiceResponse; `partial_success` stays unset when all is well (O15). */
export function encodeExportResponse(encoding: Encoding, { rejected, message }: Accepted): Buffer {
  const isPartial = rejected > 0 || message !== '';
  const errorMessage = shorten(message);
  if (encoding === 'json') {
    // 64-bit integers are strings in proto3's JSON mapping.
    return toJson(isPartial ? { partialSuccess: { rejectedLogRecords: String(rejected), errorMessage } } : {});
  }
  return isPartial ? field(1, Buffer.concat([integer(1, rejected), text(2, errorMessage)])) : Buffer.alloc(0);
}

/**
 * google.rpc.Status with the details OTLP asks for: BadRequest when the request itself is wrong (O20), RetryInfo when
 * trying again can help (O25).
 */
export function encodeStatus(encoding: Encoding, refusal: Refusal): Buffer {
  const code = STATUS_OF[refusal.kind].grpc;
  const message = shorten(refusal.message);
  const retry = refusal.retryAfterSeconds === undefined ? null : retryDelay(refusal.retryAfterSeconds);
  const isBadRequest = refusal.kind === 'malformed';
  if (encoding === 'json') {
    const details = [];
    if (isBadRequest) details.push({ '@type': typeUrl('BadRequest'), fieldViolations: [{ description: message }] });
    if (retry !== null) details.push({ '@type': typeUrl('RetryInfo'), retryDelay: `${retry}s` });
    return toJson({ code, message, details });
  }
  const parts = [integer(1, code), text(2, message)];
  if (isBadRequest) parts.push(any('BadRequest', field(1, text(2, message))));
  if (retry !== null) parts.push(any('RetryInfo', field(1, integer(1, retry))));
  return Buffer.concat(parts);
}

/** grpc.health.v1.HealthCheckResponse. */
export function encodeHealth(status: 'SERVING' | 'NOT_SERVING' | 'SERVICE_UNKNOWN'): Buffer {
  return integer(1, { SERVING: 1, NOT_SERVING: 2, SERVICE_UNKNOWN: 3 }[status]);
}

/** Fit for an answer: short, and well-formed for encodings that insist on it. */
export function shorten(message: string): string {
  return message.slice(0, MAX_MESSAGE_LENGTH).toWellFormed();
}

function typeUrl(name: 'BadRequest' | 'RetryInfo'): string {
  return `type.googleapis.com/google.rpc.${name}`;
}

function toJson(value: object): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Status.details holds google.protobuf.Any: the type's name and the message. */
function any(name: 'BadRequest' | 'RetryInfo', message: Buffer): Buffer {
  return field(3, Buffer.concat([text(1, typeUrl(name)), field(2, message)]));
}

function text(number: number, value: string): Buffer {
  return value === '' ? Buffer.alloc(0) : field(number, Buffer.from(value));
}

/** A length-delimited field; numbers up to 15 are enough for these messages. */
function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([(number << 3) | 2]), varint(content.length), content]);
}

function integer(number: number, value: number): Buffer {
  return value === 0 ? Buffer.alloc(0) : Buffer.concat([Buffer.from([number << 3]), varint(value)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}
