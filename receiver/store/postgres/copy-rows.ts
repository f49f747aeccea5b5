import { foldTexts } from '../../query/evaluate.ts';
import { attributeOf } from '../../record/attribute-of.ts';
import type { LogRecord } from '../../record/log-record.ts';
import { valueText } from '../../record/value-text.ts';
import { CopyWriter } from './copy-writer.ts';
import { type Exact, writeExact } from './exact.ts';
import { plainText, shortColumn, shortText } from './plain-text.ts';
import { readableJson } from './readable-json.ts';
import type { RecordTable } from './schema.ts';

/** A record with all that its row refers to. */
export interface RecordRow {
  readonly record: LogRecord;
  readonly sequence: number;
  readonly loggerId: number;
  readonly resourceId: number;
  readonly scopeId: number;
  /** Of service and `log.record.uid`, or null when it has no uid. */
  readonly uidDigest: Buffer | null;
}

/** In the order that `writeRow` writes them. */
const COLUMNS = [
  'time',
  'sequence',
  'observed_time',
  'dropped',
  'logger_id',
  'resource_id',
  'scope_id',
  'severity_number',
  'ns',
  'observed_ns',
  'flags',
  'severity_text',
  'body',
  'folded',
  'attributes',
  'trace_id',
  'span_id',
  'event_name',
  'group_id',
  'actor',
  'action',
  'tool',
  'object_type',
  'object_id',
  'uid_digest',
  'exact',
] as const satisfies readonly (keyof RecordTable)[];

/** The statement whose input `copyRows` gives. */
export const copySql = (table: string): string => `copy ${table} (${COLUMNS.join(', ')}) from stdin (format binary)`;

/** Large enough to be worth a system call, small enough that a hundred thousand rows are never in memory twice. */
const CHUNK_BYTES = 256 * 1024;

/** Rows for `copySql`, piece by piece as they are asked for. */
export function* copyRows(rows: readonly RecordRow[]): Generator<Uint8Array> {
  const writer = new CopyWriter();
  writer.begin();
  for (const row of rows) {
    writeRow(writer, row);
    if (writer.length >= CHUNK_BYTES) yield writer.take();
  }
  writer.end();
  yield writer.take();
}

function writeRow(writer: CopyWriter, { record, sequence, loggerId, resourceId, scopeId, uidDigest }: RecordRow): void {
  const { timestamp, observedTimestamp, attributes } = record;
  const isObservedThen = observedTimestamp === timestamp;
  const microseconds = timestamp / 1000n;
  const observed = isObservedThen ? microseconds : observedTimestamp / 1000n;
  const { json, isExact } = readableJson(attributes);

  writer.row(COLUMNS.length);
  writer.time(microseconds);
  writer.int64(sequence);
  if (isObservedThen) writer.nothing();
  else writer.time(observed);
  if (record.droppedAttributesCount === 0) writer.nothing();
  else writer.int64(record.droppedAttributesCount);
  writer.int32(loggerId);
  writer.int32(resourceId);
  writer.int32(scopeId);
  writer.int32(record.severityNumber);
  writer.int16(Number(timestamp - microseconds * 1000n));
  if (isObservedThen) writer.nothing();
  else writer.int16(Number(observedTimestamp - observed * 1000n));
  if (record.flags === 0) writer.nothing();
  else writer.int16(record.flags);
  const severityText = plainText(record.severityText);
  writeText(writer, severityText === '' ? null : severityText);
  const body = record.body === null ? null : plainText(valueText(record.body));
  writeBody(writer, record, body);
  writer.jsonb(json);
  writeText(writer, record.traceId === '' ? null : record.traceId);
  writeText(writer, record.spanId === '' ? null : record.spanId);
  const eventName = record.eventName === '' ? null : shortText(record.eventName);
  writeText(writer, eventName);
  writeText(writer, shortColumn(attributes.get('logvitals.group.id')));
  writeText(writer, shortColumn(attributeOf(record, 'user.id')));
  writeText(writer, shortColumn(attributes.get('logvitals.audit.action')));
  writeText(writer, shortColumn(attributes.get('logvitals.audit.tool')));
  writeText(writer, shortColumn(attributes.get('logvitals.object.type')));
  writeText(writer, shortColumn(attributes.get('logvitals.object.id')));
  if (uidDigest === null) writer.nothing();
  else writer.bytes(uidDigest);
  writeText(
    writer,
    exactOf({
      ...(record.body !== body && { body: record.body }),
      ...(!isExact && { attributes }),
      ...(record.severityText !== severityText && { severityText: record.severityText }),
      ...(record.eventName !== (eventName ?? '') && { eventName: record.eventName }),
    }),
  );
}

function writeText(writer: CopyWriter, text: string | null): void {
  if (text === null) writer.nothing();
  else writer.text(text);
}

/** The body, and what text search looks at where that is something else. */
function writeBody(writer: CopyWriter, record: LogRecord, body: string | null): void {
  const bytes = body === null ? 0 : writer.text(body);
  if (body === null) writer.nothing();
  // Text of one byte a character is ASCII, which PostgreSQL folds by itself as we would.
  const isAscii = bytes === (body ?? '').length;
  if (isAscii && !record.attributes.has('exception.stacktrace')) writer.nothing();
  else writeText(writer, foldedText(record, body));
}

/** Between the body and the stack trace: what nobody searches for. */
export const STACK_SEPARATOR = '\u0001';

/** What text search looks at, or null when that is what PostgreSQL makes of the body by `lower(body collate "C")`. */
function foldedText(record: LogRecord, body: string | null): string | null {
  const folded = plainText(foldTexts(record).join(STACK_SEPARATOR));
  const lower = (body ?? '').replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return folded === lower ? null : folded;
}

/** Null when there is nothing that the columns do not say. */
function exactOf(exact: Exact): string | null {
  for (const _ in exact) return writeExact(exact);
  return null;
}
