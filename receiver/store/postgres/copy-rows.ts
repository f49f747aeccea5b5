import { foldTexts } from '../../query/evaluate.ts';
import { attributeOf } from '../../record/attribute-of.ts';
import type { LogRecord } from '../../record/log-record.ts';
import { valueText } from '../../record/value-text.ts';
import { CopyWriter } from './copy-writer.ts';
import { type Exact, writeExact } from './exact.ts';
import { plainText, shortColumn, shortText } from './plain-text.ts';
import { readableJson } from './readable-json.ts';
import type { RecordTable } from './schema.ts';
import { splitTime } from './time.ts';

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
  const time = splitTime(timestamp);
  const observed = observedTimestamp === timestamp ? null : splitTime(observedTimestamp);
  const { json, isExact } = readableJson(attributes);
  const severityText = plainText(record.severityText);
  const body = record.body === null ? null : plainText(valueText(record.body));
  const eventName = shortText(record.eventName);

  writer.row(COLUMNS.length);
  writer.time(time.microseconds);
  writer.int64(sequence);
  writer.time(observed?.microseconds ?? null);
  writer.int64(record.droppedAttributesCount || null);
  writer.int32(loggerId);
  writer.int32(resourceId);
  writer.int32(scopeId);
  writer.int32(record.severityNumber);
  writer.int16(time.ns);
  writer.int16(observed?.ns ?? null);
  writer.int16(record.flags || null);
  writer.text(severityText || null);
  const bodyBytes = writer.text(body);
  // A body of one byte a character is ASCII, which PostgreSQL folds by itself as we would.
  const isAscii = bodyBytes === (body?.length ?? 0);
  writer.text(isAscii && !attributes.has('exception.stacktrace') ? null : foldedText(record, body));
  writer.jsonb(json);
  writer.text(record.traceId || null);
  writer.text(record.spanId || null);
  writer.text(eventName || null);
  writer.text(shortColumn(attributes.get('logvitals.group.id')));
  writer.text(shortColumn(attributeOf(record, 'user.id')));
  writer.text(shortColumn(attributes.get('logvitals.audit.action')));
  writer.text(shortColumn(attributes.get('logvitals.audit.tool')));
  writer.text(shortColumn(attributes.get('logvitals.object.type')));
  writer.text(shortColumn(attributes.get('logvitals.object.id')));
  writer.bytes(uidDigest);
  const exact: { -readonly [Key in keyof Exact]: Exact[Key] } = {};
  if (record.body !== body) exact.body = record.body;
  if (!isExact) exact.attributes = attributes;
  if (record.severityText !== severityText) exact.severityText = record.severityText;
  if (record.eventName !== eventName) exact.eventName = record.eventName;
  writer.text(exactOf(exact));
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
