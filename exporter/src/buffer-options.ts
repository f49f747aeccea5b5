import { optionError, wholeNumberOption } from './option-error.ts';
import { type SeverityName, severities } from './severities.ts';
import { severityOption } from './severity-option.ts';

/** How records are held and when they are sent. */
export interface BufferOptions {
  /**
   * A record of this severity or above is sent at once, with all that wait: a name, a number from 1 to 24, or `null` for
   * never. Default `'WARN'`.
   */
  readonly flushSeverity?: SeverityName | number | null | undefined;
  /** So many waiting records are sent at once; also the most that one request carries. Default 512. */
  readonly batchSize?: number | undefined;
  /**
   * Milliseconds a record waits at most while the receiver answers; with a spool, before it is written there. Default
   * 1,000; with a spool 100.
   */
  readonly flushInterval?: number | undefined;
  /** So many records wait at most, beside one batch on its way; then the oldest makes room. Default 2,048. */
  readonly maxQueueSize?: number | undefined;
  /**
   * Bytes that waiting records take at most, beside one batch on its way, as far as their texts tell; then the oldest
   * make room. From 65,536. Default 33,554,432 (32 MiB).
   */
  readonly maxQueueBytes?: number | undefined;
  /**
   * Bytes of records that one request carries at most, measured in the same way, so that the receiver takes it. A record
   * that is larger by itself is dropped. From 65,536 to `maxQueueBytes`. Default 8,388,608 (8 MiB).
   */
  readonly maxRequestBytes?: number | undefined;
}

export const BUFFER_OPTIONS: readonly (keyof BufferOptions)[] = [
  'flushSeverity',
  'batchSize',
  'flushInterval',
  'maxQueueSize',
  'maxQueueBytes',
  'maxRequestBytes',
];

export interface BufferSettings {
  /** Infinity: never. */
  readonly flushSeverity: number;
  readonly batchSize: number;
  /** Milliseconds. */
  readonly flushInterval: number;
  readonly maxQueueSize: number;
  readonly maxQueueBytes: number;
  readonly maxRequestBytes: number;
}

const DEFAULT_BATCH_SIZE = 512;
const DEFAULT_FLUSH_INTERVAL = 1_000;
/** What stands in memory alone dies with the application. */
const DEFAULT_SPOOL_INTERVAL = 100;
const DEFAULT_MAX_QUEUE_SIZE = 2_048;
const MEBIBYTE = 1024 * 1024;
const DEFAULT_MAX_QUEUE_BYTES = 32 * MEBIBYTE;
/** Receivers take 20 MiB (the OpenTelemetry Collector) or 64 (logvitals), and JSON escapes some of what is counted. */
const DEFAULT_MAX_REQUEST_BYTES = 8 * MEBIBYTE;
const LEAST_BYTES = 64 * 1024;
/** Beyond these a number is a slip; Node's timers end here as well. */
const MOST_RECORDS = 10_000_000;
const LONGEST_INTERVAL = 2 ** 31 - 1;

/** @throws TypeError naming the option at fault. */
export function resolveBuffer(options: BufferOptions, hasSpool = false): BufferSettings {
  const defaultInterval = hasSpool ? DEFAULT_SPOOL_INTERVAL : DEFAULT_FLUSH_INTERVAL;
  const maxQueueBytes = bytes('maxQueueBytes', options.maxQueueBytes ?? DEFAULT_MAX_QUEUE_BYTES);
  const defaultRequestBytes = Math.min(DEFAULT_MAX_REQUEST_BYTES, maxQueueBytes);
  const maxQueueSize = wholeNumber('maxQueueSize', options.maxQueueSize ?? DEFAULT_MAX_QUEUE_SIZE, MOST_RECORDS);
  return {
    flushSeverity: severityNumber(options.flushSeverity),
    batchSize: wholeNumber('batchSize', options.batchSize ?? Math.min(DEFAULT_BATCH_SIZE, maxQueueSize), maxQueueSize),
    flushInterval: wholeNumber('flushInterval', options.flushInterval ?? defaultInterval, LONGEST_INTERVAL),
    maxQueueSize,
    maxQueueBytes,
    maxRequestBytes: bytes('maxRequestBytes', options.maxRequestBytes ?? defaultRequestBytes, maxQueueBytes),
  };
}

function severityNumber(value: BufferOptions['flushSeverity']): number {
  if (value === undefined) return severities.WARN.severityNumber;
  if (value === null) return Number.POSITIVE_INFINITY;
  return severityOption('flushSeverity', value, ', or null');
}

function wholeNumber(name: string, value: unknown, most: number): number {
  return wholeNumberOption(name, value, most, name === 'batchSize' ? ', the maxQueueSize' : '');
}

function bytes(name: string, value: unknown, most?: number): number {
  const isWithin = Number.isSafeInteger(value) && Number(value) >= LEAST_BYTES && Number(value) <= (most ?? Infinity);
  if (isWithin) return Number(value);
  const limit = most === undefined ? '' : ` to ${most}, the maxQueueBytes`;
  throw optionError(name, value, `a whole number of bytes from ${LEAST_BYTES}${limit}`);
}
