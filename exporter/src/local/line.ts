import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { safeValue } from '../emit/safe-value.ts';
import { visible } from './visible.ts';

/** Characters of a body or stack that are shown, and of an attribute's value. */
const LONGEST_TEXT = 16_384;
const LONGEST_VALUE = 200;
/** Attributes that are shown. */
const MOST_ATTRIBUTES = 30;
/** Further lines of a record stand behind this, so that none can be taken for a record of its own. */
const CONTINUED = '    │ ';

const RESET = '\x1b[0m';
const DIM = '\x1b[2m';
/** By the first severity number of each range of OpenTelemetry's logs data model, from the highest. */
const RANGES = [
  { from: 21, name: 'FATAL', color: '\x1b[1;31m' },
  { from: 17, name: 'ERROR', color: '\x1b[31m' },
  { from: 13, name: 'WARN', color: '\x1b[33m' },
  { from: 9, name: 'INFO', color: '\x1b[36m' },
  { from: 5, name: 'DEBUG', color: DIM },
  { from: 1, name: 'TRACE', color: DIM },
] as const;

/**
 * A record for people to read in a terminal: `2026-11-21 16:20:01.123 ERROR payments  payment failed  order.id=1042`,
 * in the process's time zone, a stack trace on lines of its own. Nothing in it can act on the terminal.
 */
export function lineOf(record: ReadableLogRecord, isColored: boolean): string {
  const range = RANGES.find(({ from }) => (record.severityNumber ?? 0) >= from);
  const paint = (text: string, color = '') => (isColored && color && text ? `${color}${text}${RESET}` : text);
  const level = visible(record.severityText || range?.name || '')
    .slice(0, 20)
    .padEnd(5);
  const logger = visible(record.instrumentationScope.name).slice(0, LONGEST_VALUE);
  const [first = '', ...more] = [...linesOf(textOf(record.body ?? record.eventName)), ...linesOf(stackOf(record))];
  const attributes = paint(attributesOf(record), DIM);
  const head = [timeOf(record), paint(level, range?.color), logger, '', first, ...(attributes && ['', attributes])];
  return [head.join(' '), ...more.map((line) => paint(CONTINUED, DIM) + line)].join('\n').concat('\n');
}

function timeOf({ hrTime: [seconds, nanoseconds] }: ReadableLogRecord): string {
  const time = new Date(seconds * 1_000 + nanoseconds / 1e6);
  if (Number.isNaN(time.getTime())) return '-';
  const digits = (value: number, count = 2) => String(value).padStart(count, '0');
  const date = [time.getFullYear(), digits(time.getMonth() + 1), digits(time.getDate())].join('-');
  const clock = [time.getHours(), time.getMinutes(), time.getSeconds()].map((value) => digits(value)).join(':');
  return `${date} ${clock}.${digits(time.getMilliseconds(), 3)}`;
}

/** Text stays as it is, anything else becomes JSON. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(safeValue(value));
}

function stackOf({ attributes }: ReadableLogRecord): string {
  const stack = attributes['exception.stacktrace'] ?? attributes['exception.message'];
  return typeof stack === 'string' ? stack : '';
}

function linesOf(text: string): string[] {
  if (text === '') return [];
  const lines = text.slice(0, LONGEST_TEXT).split(/\r?\n/).map(visible);
  const hidden = text.length - LONGEST_TEXT;
  return hidden > 0 ? [...lines, `… ${hidden} more characters`] : lines;
}

function attributesOf({ attributes }: ReadableLogRecord): string {
  const shown = Object.keys(attributes).filter((name) => !name.startsWith('exception.'));
  const texts = shown.slice(0, MOST_ATTRIBUTES).map((name) => `${cut(name)}=${cut(textOf(attributes[name]))}`);
  return shown.length > MOST_ATTRIBUTES ? [...texts, '…'].join(' ') : texts.join(' ');
}

const cut = (text: string): string => visible(text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text);
