import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { type RecordText, recordText, requestText } from './otlp-json.ts';
import { uidOf } from './record-uid.ts';

/** Records as the bytes of a request. */
export interface EncodedRequest {
  readonly request: Buffer;
  /** Records in it. */
  readonly count: number;
}

/** Characters of records after which a request ends at the latest. A single record may be longer. */
const LONGEST_REQUEST = 1024 * 1024;

/**
 * Records as requests, in order, each record with a `log.record.uid` that makes it the same wherever it comes again.
 * Records that throw when they are read are left out and counted; `reason` is what the last of them said.
 * @param longest Characters of records after which a request ends.
 */
export function encodeRequests(
  records: readonly ReadableLogRecord[],
  longest = LONGEST_REQUEST,
): {
  requests: EncodedRequest[];
  unserialisable: number;
  reason: string;
} {
  const requests: EncodedRequest[] = [];
  let unserialisable = 0;
  let reason = '';
  let texts: RecordText[] = [];
  let length = 0;
  const endRequest = () => {
    if (texts.length > 0) requests.push({ request: Buffer.from(requestText(texts)), count: texts.length });
    texts = [];
    length = 0;
  };
  for (const record of records) {
    try {
      const text = recordText(record, uidOf(record));
      if (length + text.text.length > Math.min(longest, LONGEST_REQUEST)) endRequest();
      texts.push(text);
      length += text.text.length;
    } catch (error) {
      unserialisable++;
      reason = String((error as Error | undefined)?.message).slice(0, 200);
    }
  }
  endRequest();
  return { requests, unserialisable, reason };
}

interface RequestJson {
  resourceLogs: { scopeLogs: { logRecords: unknown[] }[] }[];
}

/** A request of several records as two, the same two each time, for receivers to which it is too large. */
export function halve({ request, count }: EncodedRequest): EncodedRequest[] {
  const half = count >> 1;
  return [part(request, 0, half), part(request, half, count)];
}

/** The request with those of its records alone that stand from one place to before another. */
function part(request: Buffer, from: number, to: number): EncodedRequest {
  const json = JSON.parse(request.toString()) as RequestJson;
  let place = 0;
  const isWanted = () => {
    const at = place++;
    return at >= from && at < to;
  };
  for (const resource of json.resourceLogs) {
    for (const scope of resource.scopeLogs) scope.logRecords = scope.logRecords.filter(isWanted);
    resource.scopeLogs = resource.scopeLogs.filter(({ logRecords }) => logRecords.length > 0);
  }
  json.resourceLogs = json.resourceLogs.filter(({ scopeLogs }) => scopeLogs.length > 0);
  return { request: Buffer.from(JSON.stringify(json)), count: to - from };
}
