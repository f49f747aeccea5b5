import type { AnyValue, GrowingKeyValues } from '../../../record/any-value.ts';
import { AttributeList } from '../../../record/attribute-list.ts';
import type { DraftRecord, DraftResource, DraftScope } from '../../../record/draft.ts';
import { readAnyValue, readKeyValue } from './any-value.ts';
import type { WireReader } from './wire.ts';

const TRACE_ID_BYTES = 16;
const SPAN_ID_BYTES = 8;

/** Reads a LogRecord message up to `end` (proto/opentelemetry/proto/logs/v1/logs.proto). */
export function readRecord(reader: WireReader, end: number, record: DraftRecord): void {
  let attributes: AttributeList | null = null;
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case 0x09: // time_unix_nano
        record.timestamp = reader.time();
        break;
      case 0x59: // observed_time_unix_nano
        record.observedTimestamp = reader.time();
        break;
      case 0x10: // severity_number
        record.severityNumber = reader.uint32() | 0;
        break;
      case 0x1a: // severity_text
        record.severityText = reader.name(reader.end(end));
        reader.meter.noteCut('severityText');
        break;
      case 0x2a: // body
        record.body = readAnyValue(reader, reader.end(end), 0);
        reader.meter.noteCut('body');
        break;
      case 0x32: // attributes
        attributes ??= new AttributeList();
        readAttribute(reader, reader.end(end), attributes);
        break;
      case 0x38: // dropped_attributes_count
        record.droppedAttributesCount = reader.uint32();
        break;
      case 0x45: // flags
        record.flags = reader.fixed32();
        break;
      case 0x4a: // trace_id
        record.traceId = reader.id(reader.end(end), TRACE_ID_BYTES);
        break;
      case 0x52: // span_id
        record.spanId = reader.id(reader.end(end), SPAN_ID_BYTES);
        break;
      case 0x62: // event_name
        record.eventName = reader.name(reader.end(end));
        reader.meter.noteCut('eventName');
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.expectEnd(end);
  record.attributes = reader.meter.markCuts(attributes) ?? record.attributes;
}

/** Reads a Resource message up to `end` (proto/opentelemetry/proto/resource/v1/resource.proto). */
export function readResource(reader: WireReader, end: number, resource: DraftResource): void {
  const attributes = new Map<string, AnyValue>();
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 0x0a) readAttribute(reader, reader.end(end), attributes);
    else if (tag === 0x10) resource.droppedAttributesCount = reader.uint32();
    else reader.skip(tag, end);
  }
  reader.expectEnd(end);
  resource.attributes = reader.meter.markCuts(attributes) ?? attributes;
}

/** Reads an InstrumentationScope message up to `end` (proto/opentelemetry/proto/common/v1/common.proto). */
export function readScope(reader: WireReader, end: number, scope: DraftScope): void {
  const attributes = new Map<string, AnyValue>();
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 0x0a) {
      scope.name = reader.name(reader.end(end));
      reader.meter.noteCut('name');
    } else if (tag === 0x12) {
      scope.version = reader.name(reader.end(end));
      reader.meter.noteCut('version');
    } else if (tag === 0x1a) readAttribute(reader, reader.end(end), attributes);
    else if (tag === 0x20) scope.droppedAttributesCount = reader.uint32();
    else reader.skip(tag, end);
  }
  reader.expectEnd(end);
  scope.attributes = reader.meter.markCuts(attributes) ?? attributes;
}

function readAttribute(reader: WireReader, end: number, attributes: GrowingKeyValues): void {
  reader.meter.noteCut(readKeyValue(reader, end, attributes, 0));
}
