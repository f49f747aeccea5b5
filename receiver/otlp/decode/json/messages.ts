import type { AnyValue } from '../../../record/any-value.ts';
import type { DraftRecord, DraftResource, DraftScope } from '../../../record/draft.ts';
import { readAnyValue, readKeyValues } from './any-value.ts';
import { openObject, readId, readInteger, readName, readTime, readUint32, skipUnknown } from './fields.ts';
import { CLOSE_BRACE, type JsonScanner, QUOTE } from './scanner.ts';
import { SEVERITY_NUMBERS } from './severity-names.ts';

const TRACE_ID_DIGITS = 32;
const SPAN_ID_DIGITS = 16;

/** Reads a LogRecord object. Names are lowerCamelCase or as in the .proto (O38). */
export function readRecord(scanner: JsonScanner, record: DraftRecord): void {
  const { meter } = scanner;
  const attributes = new Map<string, AnyValue>();
  for (let more = openObject(scanner, 'a log record'); more; more = scanner.next(CLOSE_BRACE)) {
    switch (scanner.memberName()) {
      case 'timeUnixNano':
      case 'time_unix_nano':
        record.timestamp = readTime(scanner, 'timeUnixNano');
        break;
      case 'observedTimeUnixNano':
      case 'observed_time_unix_nano':
        record.observedTimestamp = readTime(scanner, 'observedTimeUnixNano');
        break;
      case 'severityNumber':
      case 'severity_number':
        record.severityNumber = readSeverityNumber(scanner);
        break;
      case 'severityText':
      case 'severity_text':
        record.severityText = readName(scanner, 'severityText');
        meter.noteCut('severityText');
        break;
      case 'body':
        record.body = readAnyValue(scanner, 0);
        meter.noteCut('body');
        break;
      case 'attributes':
        readAttributes(scanner, attributes);
        break;
      case 'droppedAttributesCount':
      case 'dropped_attributes_count':
        record.droppedAttributesCount = readUint32(scanner, 'droppedAttributesCount');
        break;
      case 'flags':
        record.flags = readUint32(scanner, 'flags');
        break;
      case 'traceId':
      case 'trace_id':
        record.traceId = readId(scanner, 'traceId', TRACE_ID_DIGITS);
        break;
      case 'spanId':
      case 'span_id':
        record.spanId = readId(scanner, 'spanId', SPAN_ID_DIGITS);
        break;
      case 'eventName':
      case 'event_name':
        record.eventName = readName(scanner, 'eventName');
        meter.noteCut('eventName');
        break;
      default:
        skipUnknown(scanner);
    }
  }
  meter.markCuts(attributes);
  if (attributes.size > 0) record.attributes = attributes;
}

/** Reads a Resource object. */
export function readResource(scanner: JsonScanner, resource: DraftResource): void {
  const attributes = new Map<string, AnyValue>();
  for (let more = openObject(scanner, 'resource'); more; more = scanner.next(CLOSE_BRACE)) {
    const name = scanner.memberName();
    if (name === 'attributes') readAttributes(scanner, attributes);
    else if (name === 'droppedAttributesCount' || name === 'dropped_attributes_count') {
      resource.droppedAttributesCount = readUint32(scanner, 'droppedAttributesCount');
    } else skipUnknown(scanner);
  }
  scanner.meter.markCuts(attributes);
  resource.attributes = attributes;
}

/** Reads an InstrumentationScope object. */
export function readScope(scanner: JsonScanner, scope: DraftScope): void {
  const attributes = new Map<string, AnyValue>();
  for (let more = openObject(scanner, 'scope'); more; more = scanner.next(CLOSE_BRACE)) {
    const name = scanner.memberName();
    if (name === 'name' || name === 'version') {
      scope[name] = readName(scanner, `scope.${name}`);
      scanner.meter.noteCut(name);
    } else if (name === 'attributes') readAttributes(scanner, attributes);
    else if (name === 'droppedAttributesCount' || name === 'dropped_attributes_count') {
      scope.droppedAttributesCount = readUint32(scanner, 'droppedAttributesCount');
    } else skipUnknown(scanner);
  }
  scanner.meter.markCuts(attributes);
  scope.attributes = attributes;
}

function readAttributes(scanner: JsonScanner, attributes: Map<string, AnyValue>): void {
  readKeyValues(scanner, attributes, 0, (key) => scanner.meter.noteCut(key));
}

function readSeverityNumber(scanner: JsonScanner): number {
  if (scanner.peek() === QUOTE) {
    const start = scanner.position;
    const number = SEVERITY_NUMBERS.get(scanner.name());
    if (number !== undefined) return number;
    scanner.position = start;
  }
  return Number(readInteger(scanner, 'severityNumber', -(2n ** 31n), 2n ** 31n - 1n));
}
