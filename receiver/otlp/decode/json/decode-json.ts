import { DraftRecord, DraftResource, DraftScope } from '../../../record/draft.ts';
import { DecodedRequest, type DecodeLimits, type DraftScopeLogs, StepCounter } from '../decoded.ts';
import { Fault, MalformedError } from '../errors.ts';
import { Meter } from '../meter.ts';
import { openArray, openObject, readName } from './fields.ts';
import { readRecord, readResource, readScope } from './messages.ts';
import { CLOSE_BRACE, CLOSE_BRACKET, JsonScanner, OPEN_BRACE } from './scanner.ts';

/**
 * Decodes an ExportLogsServiceRequest in OTLP's JSON encoding, in steps: it yields now and then, so that a large body
 * need not hold the event loop. JSON.parse would round 64-bit integers, and would not stop. Throws MalformedError or
 * TooLargeError; a wrong value inside a record rejects that record, outside of records the request.
 */
export function* decodeJson(bytes: Buffer, limits: DecodeLimits): Generator<void, DecodedRequest> {
  const request = new DecodedRequest(limits);
  const scanner = new JsonScanner(bytes, new Meter(limits, request));
  if (scanner.peek() !== OPEN_BRACE) throw new MalformedError('the request is not a JSON object');
  yield* new JsonDecoder(scanner, request).request();
  scanner.expectEnd();
  return request;
}

class JsonDecoder {
  readonly #scanner: JsonScanner;
  readonly #request: DecodedRequest;
  readonly #steps = new StepCounter();

  constructor(scanner: JsonScanner, request: DecodedRequest) {
    this.#scanner = scanner;
    this.#request = request;
  }

  *request(): Generator<void, void> {
    const scanner = this.#scanner;
    for (let more = openObject(scanner, 'the request'); more; more = scanner.next(CLOSE_BRACE)) {
      const name = scanner.memberName();
      if (name !== 'resourceLogs' && name !== 'resource_logs') yield* this.#skip();
      else {
        for (let item = openArray(scanner, 'resourceLogs'); item; item = scanner.next(CLOSE_BRACKET)) {
          yield* this.#resourceLogs();
        }
      }
    }
  }

  /** Members come in any order: the resource may follow the records, which hold on to its draft. */
  *#resourceLogs(): Generator<void, void> {
    const scanner = this.#scanner;
    const resource = new DraftResource();
    const scopes: DraftScopeLogs[] = [];
    let fault: Fault | null = null;
    for (let more = openObject(scanner, 'an element of resourceLogs'); more; more = scanner.next(CLOSE_BRACE)) {
      switch (this.#memberName()) {
        case 'resource':
          fault = (yield* this.#attempt(readResource, resource)) ?? fault;
          break;
        case 'schemaUrl':
        case 'schema_url':
          resource.schemaUrl = readName(scanner, 'schemaUrl');
          break;
        case 'scopeLogs':
        case 'scope_logs':
          for (let item = openArray(scanner, 'scopeLogs'); item; item = scanner.next(CLOSE_BRACKET)) {
            const scopeLogs = yield* this.#scopeLogs(resource);
            if (scopeLogs.records.length > 0) scopes.push(scopeLogs);
          }
          break;
        default:
          yield* this.#skip();
      }
    }
    if (this.#steps.isDone(scanner.position)) yield;
    this.#request.addResourceLogs(resource, scopes, fault);
  }

  *#scopeLogs(resource: DraftResource): Generator<void, DraftScopeLogs> {
    const scanner = this.#scanner;
    const scope = new DraftScope();
    const records: DraftRecord[] = [];
    let fault: Fault | null = null;
    for (let more = openObject(scanner, 'an element of scopeLogs'); more; more = scanner.next(CLOSE_BRACE)) {
      switch (this.#memberName()) {
        case 'scope':
          fault = (yield* this.#attempt(readScope, scope)) ?? fault;
          break;
        case 'schemaUrl':
        case 'schema_url':
          scope.schemaUrl = readName(scanner, 'schemaUrl');
          break;
        case 'logRecords':
        case 'log_records':
          for (let item = openArray(scanner, 'logRecords'); item; item = scanner.next(CLOSE_BRACKET)) {
            if (this.#steps.isDone(scanner.position)) yield;
            const record = new DraftRecord(resource, scope);
            const recordFault = yield* this.#attempt(readRecord, record);
            if (recordFault) this.#request.reject(recordFault);
            else records.push(record);
          }
          break;
        default:
          yield* this.#skip();
      }
    }
    if (this.#steps.isDone(scanner.position)) yield;
    return { scope, records, fault };
  }

  /** Reads a value and counts its weight; when it has a fault, passes over it and gives the fault. */
  *#attempt<T>(read: (scanner: JsonScanner, target: T) => void, target: T): Generator<void, Fault | null> {
    const scanner = this.#scanner;
    const start = scanner.position;
    scanner.meter.start();
    try {
      read(scanner, target);
      return null;
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      scanner.position = start;
      yield* this.#skip();
      return error;
    } finally {
      this.#request.weigh(scanner.meter.weight);
    }
  }

  /** Each member on these levels is weighed by itself: what is outside records has no common limit but the body's. */
  #memberName(): string {
    this.#scanner.meter.start();
    return this.#scanner.memberName();
  }

  *#skip(): Generator<void, void> {
    for (const _ of this.#scanner.skip()) if (this.#steps.isDone(this.#scanner.position)) yield;
  }
}
