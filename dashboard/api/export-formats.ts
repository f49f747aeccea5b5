import type { StoredRecord } from '../../receiver/record/log-record.ts';
import { toOtlpJsonLine } from '../../receiver/record/otlp-json-line.ts';
import { displayLevel } from '../../receiver/record/severity.ts';
import { valueText } from '../../receiver/record/value-text.ts';
import { toRfc3339 } from '../times.ts';
import { objectJson, recordJson } from './record-json.ts';

/** How records are written to a file. Lines bring their own line end. */
export interface ExportFormat {
  readonly contentType: string;
  readonly extension: string;
  /** Before the first record; '' for none. */
  readonly header: string;
  line(record: StoredRecord): string;
}

const CSV_COLUMNS: readonly (readonly [string, (record: StoredRecord) => string])[] = [
  ['id', (record) => record.id],
  ['timestamp', (record) => toRfc3339(record.timestamp)],
  ['level', displayLevel],
  ['severityNumber', (record) => String(record.severityNumber)],
  ['service', (record) => record.service],
  ['logger', (record) => record.logger],
  ['body', (record) => valueText(record.body)],
  ['traceId', (record) => record.traceId],
  ['spanId', (record) => record.spanId],
  ['eventName', (record) => record.eventName],
  ['attributes', (record) => JSON.stringify(objectJson(record.attributes))],
  ['resource', (record) => JSON.stringify(objectJson(record.resource.attributes))],
];

/** By name, as `?format=` and `--format` have it. */
export const EXPORT_FORMATS = {
  /** One record of the API a line. */
  ndjson: {
    contentType: 'application/x-ndjson',
    extension: 'ndjson',
    header: '',
    line: (record) => `${JSON.stringify(recordJson(record))}\n`,
  },
  /** RFC 4180, for spreadsheets. */
  csv: {
    contentType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    header: csvLine(CSV_COLUMNS.map(([name]) => name)),
    line: (record) => csvLine(CSV_COLUMNS.map(([, textOf]) => textOf(record))),
  },
  /** OTLP JSON lines, as the Collector's file exporter writes them and `logvitals import` reads them. */
  otlp: {
    contentType: 'application/x-ndjson',
    extension: 'otlp.jsonl',
    header: '',
    line: (record) => `${toOtlpJsonLine(record)}\n`,
  },
} as const satisfies Readonly<Record<string, ExportFormat>>;

export type ExportFormatName = keyof typeof EXPORT_FORMATS;

export const isExportFormat = (name: string): name is ExportFormatName => Object.hasOwn(EXPORT_FORMATS, name);

function csvLine(fields: readonly string[]): string {
  return `${fields.map(csvField).join(',')}\r\n`;
}

/**
 * A field that a spreadsheet would run as a formula gets an apostrophe before it, since log lines are written by whoever
 * can make an application log (OWASP, "CSV Injection").
 */
function csvField(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
