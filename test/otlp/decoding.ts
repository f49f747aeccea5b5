import type { DecodedRequest, DecodeLimits } from '../../receiver/otlp/decode/decoded.ts';
import { runAtOnce } from '../../receiver/otlp/decode/drive.ts';
import { decodeJson } from '../../receiver/otlp/decode/json/decode-json.ts';
import { decodeProtobuf } from '../../receiver/otlp/decode/protobuf/decode-protobuf.ts';
import type { DraftRecord } from '../../receiver/record/draft.ts';
import { withMap } from '../helpers/records.ts';

const LIMITS: DecodeLimits = { valueBytes: 1 << 20, recordWeight: 4 << 20, requestWeight: 512 << 20 };

export function fromProtobuf(bytes: Buffer, limits: Partial<DecodeLimits> = {}): DecodedRequest {
  return runAtOnce(decodeProtobuf(bytes, { ...LIMITS, ...limits }));
}

export function fromJson(json: string | Buffer | object, limits: Partial<DecodeLimits> = {}): DecodedRequest {
  const text = typeof json === 'string' || Buffer.isBuffer(json) ? json : JSON.stringify(json);
  return runAtOnce(decodeJson(Buffer.from(text), { ...LIMITS, ...limits }));
}

/** The records in their order, their attributes in Maps. */
export function recordsOf(request: DecodedRequest): DraftRecord[] {
  return request.groups.flatMap((group) => group.records.map(withMap));
}
