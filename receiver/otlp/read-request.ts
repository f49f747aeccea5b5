import { createHash, hash } from 'node:crypto';
import type { LogRecord } from '../record/log-record.ts';
import { normalize } from '../record/normalize.ts';
import type { DecodedRequest, DecodeLimits } from './decode/decoded.ts';
import { decodeJson } from './decode/json/decode-json.ts';
import { decodeProtobuf } from './decode/protobuf/decode-protobuf.ts';
import type { Encoding } from './encode.ts';

/** An export request, ready to be stored. */
export interface ReadRequest {
  readonly records: readonly LogRecord[];
  /** A digest of the bytes, which a retry repeats; null when a record has no time of its own (see `Batch.key`). */
  readonly key: string | null;
  readonly decoded: DecodedRequest;
}

const HASHED_PER_STEP = 512 * 1024;

/**
 * Decodes and normalizes a request's (decompressed) body, in steps for `runAtOnce` or `runInSlices`. `receivedAt` is in
 * nanoseconds since the Unix epoch. Throws MalformedError or TooLargeError.
 */
export function* readRequest(
  bytes: Buffer,
  encoding: Encoding,
  limits: DecodeLimits,
  receivedAt: bigint,
): Generator<void, ReadRequest> {
  const decoded = yield* encoding === 'protobuf' ? decodeProtobuf(bytes, limits) : decodeJson(bytes, limits);
  const { records, isTimed } = yield* normalize(decoded.groups, receivedAt);
  const key = isTimed && records.length > 0 ? `${encoding}:${yield* digest(bytes)}` : null;
  return { records, key, decoded };
}

function* digest(bytes: Buffer): Generator<void, string> {
  if (bytes.length <= HASHED_PER_STEP) return hash('sha256', bytes, 'base64url');
  const sha256 = createHash('sha256');
  for (let at = 0; at < bytes.length; at += HASHED_PER_STEP) {
    sha256.update(bytes.subarray(at, at + HASHED_PER_STEP));
    yield;
  }
  return sha256.digest('base64url');
}
