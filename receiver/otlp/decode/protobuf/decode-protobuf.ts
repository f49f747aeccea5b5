import { DraftRecord, DraftResource, DraftScope } from '../../../record/draft.ts';
import { DecodedRequest, type DecodeLimits, type DraftScopeLogs, StepCounter } from '../decoded.ts';
import { Fault } from '../errors.ts';
import { Meter } from '../meter.ts';
import { readRecord, readResource, readScope } from './messages.ts';
import { WireReader } from './wire.ts';

/**
 * Decodes an ExportLogsServiceRequest straight to records, in steps: it yields now and then, so that a large body need
 * not hold the event loop. Throws MalformedError or TooLargeError.
 */
export function* decodeProtobuf(bytes: Buffer, limits: DecodeLimits): Generator<void, DecodedRequest> {
  const request = new DecodedRequest(limits);
  const reader = new WireReader(bytes, new Meter(limits, request));
  const steps = new StepCounter();
  const end = reader.length;
  while (reader.position < end) {
    if (steps.isDone(reader.position)) yield;
    const tag = nextTag(reader);
    if (tag === 0x0a) yield* readResourceLogs(reader, reader.end(end), request, steps);
    else reader.skip(tag, end);
  }
  reader.expectEnd(end);
  return request;
}

/** The resource and the scope may come after the records; the drafts hold on to theirs, and faults are applied at the end. */
function* readResourceLogs(
  reader: WireReader,
  end: number,
  request: DecodedRequest,
  steps: StepCounter,
): Generator<void, void> {
  const resource = new DraftResource();
  const scopes: DraftScopeLogs[] = [];
  let fault: Fault | null = null;
  while (reader.position < end) {
    if (steps.isDone(reader.position)) yield;
    const tag = nextTag(reader);
    if (tag === 0x0a) fault = attempt(reader, reader.end(end), request, readResource, resource) ?? fault;
    else if (tag === 0x12) {
      const scopeLogs = yield* readScopeLogs(reader, reader.end(end), request, resource, steps);
      if (scopeLogs.records.length > 0) scopes.push(scopeLogs);
    } else if (tag === 0x1a) resource.schemaUrl = reader.name(reader.end(end));
    else reader.skip(tag, end);
  }
  reader.expectEnd(end);
  request.addResourceLogs(resource, scopes, fault);
}

function* readScopeLogs(
  reader: WireReader,
  end: number,
  request: DecodedRequest,
  resource: DraftResource,
  steps: StepCounter,
): Generator<void, DraftScopeLogs> {
  const scope = new DraftScope();
  const records: DraftRecord[] = [];
  let fault: Fault | null = null;
  while (reader.position < end) {
    if (steps.isDone(reader.position)) yield;
    const tag = nextTag(reader);
    if (tag === 0x12) {
      const record = new DraftRecord(resource, scope);
      const recordFault = attempt(reader, reader.end(end), request, readRecord, record);
      if (recordFault) request.reject(recordFault);
      else records.push(record);
    } else if (tag === 0x0a) fault = attempt(reader, reader.end(end), request, readScope, scope) ?? fault;
    else if (tag === 0x1a) scope.schemaUrl = reader.name(reader.end(end));
    else reader.skip(tag, end);
  }
  reader.expectEnd(end);
  return { scope, records, fault };
}

/** Each field on these levels is weighed by itself: what is outside records has no common limit but the body's. */
function nextTag(reader: WireReader): number {
  reader.meter.start();
  return reader.tag();
}

/** Reads a message and counts its weight; when it has a fault, passes over it and gives the fault. */
function attempt<T>(
  reader: WireReader,
  end: number,
  request: DecodedRequest,
  read: (reader: WireReader, end: number, target: T) => void,
  target: T,
): Fault | null {
  try {
    read(reader, end, target);
    return null;
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    reader.position = end;
    return error;
  } finally {
    request.weigh(reader.meter.weight);
  }
}
