import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { JsonWriter } from './json-writer.ts';
import { writeGroupEnd, writeRecord, writeResourceHead, writeScopeHead } from './otlp-json.ts';
import { uidOf } from './record-uid.ts';

/** Records as the bytes of a request. */
export interface EncodedRequest {
  readonly request: Buffer;
  /** Records in it. */
  readonly count: number;
}

export interface Encoded {
  readonly requests: EncodedRequest[];
  /** Records that throw when they are read, and are left out. */
  readonly unserialisable: number;
  /** What the last of them said. */
  readonly reason: string;
}

export interface EncodeOptions {
  /** Bytes of records after which a request ends at the latest. A single record may be longer. Default none. */
  readonly longest?: number;
  /** What each record's `log.record.uid` is to be. Default none. */
  readonly uid?: (record: ReadableLogRecord) => string;
}

/** Bytes that are encoded in one go, which takes less than a millisecond. */
const SLICE = 128 * 1024;

/** Bytes of records in a request that is written down: one that turns out to be damaged takes no more along. */
export const USUAL_REQUEST = 1024 * 1024;

/** Records as requests, in order, to be written down or sent by a process that ends: each record is known again by its uid. */
export function encodeRequests(records: readonly ReadableLogRecord[], longest = USUAL_REQUEST): Encoded {
  const slices = encode(records, { longest, uid: uidOf });
  for (;;) {
    const slice = slices.next();
    if (slice.done) return slice.value;
  }
}

/** Records as requests, in order. The event loop goes on between slices of the work. */
export async function encodeInSlices(
  records: readonly ReadableLogRecord[],
  options: EncodeOptions = {},
): Promise<Encoded> {
  const slices = encode(records, options);
  for (;;) {
    const slice = slices.next();
    if (slice.done) return slice.value;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function* encode(
  records: readonly ReadableLogRecord[],
  { longest = Infinity, uid }: EncodeOptions,
): Generator<void, Encoded> {
  const requests: EncodedRequest[] = [];
  let unserialisable = 0;
  let reason = '';
  const writer = new JsonWriter();
  let draft = new RequestDraft(writer);
  let sliceEnd = SLICE;
  for (const record of records) {
    let start = writer.length;
    try {
      writeRecord(writer, record, uid?.(record));
    } catch (error) {
      writer.length = start;
      unserialisable++;
      reason = String((error as Error | undefined)?.message).slice(0, 200);
      continue;
    }
    if (draft.count > 0 && writer.length > longest) {
      requests.push(draft.finish());
      writer.keepFrom(start);
      draft = new RequestDraft(writer);
      start = 0;
      sliceEnd = 0;
    }
    draft.add(record, start);
    if (writer.length > sliceEnd) {
      sliceEnd = writer.length + SLICE;
      yield;
    }
  }
  if (draft.count > 0) requests.push(draft.finish());
  writer.close();
  return { requests, unserialisable, reason };
}

/** Where the records of a scope begin and end, in turn. */
type Places = number[];

/** One `ExportLogsServiceRequest`, record by record. Those of one resource and scope stand together, in order. */
class RequestDraft {
  /** Has the records as they came, a comma after each. */
  readonly #writer: JsonWriter;
  readonly #places = new Map<ReadableLogRecord['resource'], Map<ReadableLogRecord['instrumentationScope'], Places>>();
  /** Records in it. */
  count = 0;

  constructor(writer: JsonWriter) {
    this.#writer = writer;
  }

  /** Takes in what was written from `start` on: this record. */
  add({ resource, instrumentationScope }: ReadableLogRecord, start: number): void {
    this.#writer.ascii(',');
    this.count++;
    const scopes = entry(this.#places, resource, () => new Map<typeof instrumentationScope, Places>());
    const places = entry(scopes, instrumentationScope, (): Places => []);
    if (places.at(-1) === start) places[places.length - 1] = this.#writer.length;
    else places.push(start, this.#writer.length);
  }

  finish(): EncodedRequest {
    const writer = this.#writer;
    const end = writer.length;
    const parts: Buffer[] = [];
    let written = end;
    const takeWritten = () => {
      parts.push(writer.part(written, writer.length));
      written = writer.length;
    };
    writer.ascii('{"resourceLogs":[');
    let isFirst = true;
    for (const [resource, scopes] of this.#places) {
      if (!isFirst) writer.ascii(',');
      isFirst = true;
      writeResourceHead(writer, resource);
      for (const [scope, places] of scopes) {
        if (!isFirst) writer.ascii(',');
        isFirst = false;
        writeScopeHead(writer, scope);
        takeWritten();
        parts.push(...recordsAt(writer, places));
        writeGroupEnd(writer, scope);
      }
      writeGroupEnd(writer, resource as { schemaUrl?: string });
    }
    writer.ascii(']}');
    takeWritten();
    const request = Buffer.concat(parts);
    writer.length = end;
    return { request, count: this.count };
  }
}

/** Without the comma after the last one. */
function recordsAt(writer: JsonWriter, places: Places): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at < places.length; at += 2) {
    const end = places[at + 1]!;
    parts.push(writer.part(places[at]!, at + 2 === places.length ? end - 1 : end));
  }
  return parts;
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
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
