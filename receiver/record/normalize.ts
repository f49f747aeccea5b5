import type { AnyValue, KeyValueList } from './any-value.ts';
import type { DraftGroup, DraftRecord } from './draft.ts';
import type { LogRecord } from './log-record.ts';
import { valueText } from './value-text.ts';

/** What `service.name` is called when a resource has none (OpenTelemetry resource conventions). */
const UNKNOWN_SERVICE = 'unknown_service';

/** Service and logger names are cut to so many UTF-16 units: they label cards, alerts and counts. What they were cut from is kept whole. */
export const MAX_NAME_LENGTH = 512;

/** Attributes that name the logger where the scope has no name, first that is set wins (CONTRACT.md, "Record"). */
const LOGGER_ATTRIBUTES = ['logger.name', 'log.logger', 'logger'] as const;

/** Records a step normalizes before it yields. */
const RECORDS_PER_STEP = 512;

export interface NormalizedRecords {
  /** In the order they were sent. */
  readonly records: readonly LogRecord[];
  /** Whether every record carried a time of its own. */
  readonly isTimed: boolean;
}

/**
 * Completes drafts in place: time fall-backs (O41, P5), service and logger (CONTRACT.md, "Record"), flags (O45).
 * `receivedAt` is in nanoseconds since the Unix epoch. Yields now and then, so that the caller can let others run.
 */
export function* normalize(groups: readonly DraftGroup[], receivedAt: bigint): Generator<void, NormalizedRecords> {
  const normalized: LogRecord[] = [];
  let isTimed = true;
  for (const { resource, scope, records } of groups) {
    const service = serviceOf(resource.attributes);
    const loggerOfScope = cutName(scope.name);
    for (const record of records) {
      record.service = service;
      record.logger = loggerOfScope || loggerOf(record.attributes) || service;
      if (record.timestamp === 0n && record.observedTimestamp === 0n) isTimed = false;
      normalizeTimes(record, receivedAt);
      record.flags &= 0xff;
      if (normalized.push(record) % RECORDS_PER_STEP === 0) yield;
    }
  }
  return { records: normalized, isTimed };
}

function normalizeTimes(record: DraftRecord, receivedAt: bigint): void {
  if (record.timestamp === 0n) record.timestamp = record.observedTimestamp || receivedAt;
  if (record.observedTimestamp === 0n) record.observedTimestamp = receivedAt;
}

function serviceOf(resource: KeyValueList): string {
  return nameIn(resource, 'service.name') || UNKNOWN_SERVICE;
}

function loggerOf(attributes: KeyValueList): string {
  for (const key of LOGGER_ATTRIBUTES) {
    const name = nameIn(attributes, key);
    if (name !== '') return name;
  }
  return '';
}

function nameIn(attributes: KeyValueList, key: string): string {
  const value = attributes.get(key);
  return value === undefined ? '' : cutName(plainText(value));
}

/** A number or boolean plainly, `5` and not `{"intValue":"5"}`: this is a name to read. */
function plainText(value: AnyValue): string {
  return typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : valueText(value);
}

function cutName(name: string): string {
  return name.length > MAX_NAME_LENGTH ? name.slice(0, MAX_NAME_LENGTH).toWellFormed() : name;
}
