/** Levels by OpenTelemetry's severity numbers (logs data model, "Field: SeverityNumber"). */
export const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'UNSPECIFIED'] as const;
export type Level = (typeof LEVELS)[number];

/** The levels a threshold can be set for. */
export type NamedLevel = Exclude<Level, 'UNSPECIFIED'>;

/** The levels of warnings and errors. */
export type IssueLevel = 'WARN' | 'ERROR' | 'FATAL';

/** First severity number of each level; a level spans four numbers. */
export const LOWEST_SEVERITY: Readonly<Record<NamedLevel, number>> = {
  TRACE: 1,
  DEBUG: 5,
  INFO: 9,
  WARN: 13,
  ERROR: 17,
  FATAL: 21,
};

/** A record is a warning from here to one below ERROR_FROM (PARITY.md, rules). */
export const WARNING_FROM = LOWEST_SEVERITY.WARN;
/** A record is an error from here upwards, FATAL and numbers beyond 24 included. */
export const ERROR_FROM = LOWEST_SEVERITY.ERROR;

const FATAL_INDEX = LEVELS.indexOf('FATAL');
const UNSPECIFIED_INDEX = LEVELS.indexOf('UNSPECIFIED');

/** Index into LEVELS. Numbers outside 1..24 are kept as sent: 0 and below are UNSPECIFIED, beyond 24 count as FATAL. */
export function levelIndexOf(severityNumber: number): number {
  if (severityNumber < 1) return UNSPECIFIED_INDEX;
  return severityNumber > 24 ? FATAL_INDEX : (severityNumber - 1) >> 2;
}

/** The level's name, by the number alone. */
export function levelOf(severityNumber: number): Level {
  return LEVELS[levelIndexOf(severityNumber)]!;
}

export const isError = (severityNumber: number): boolean => severityNumber >= ERROR_FROM;
export const isWarning = (severityNumber: number): boolean =>
  severityNumber >= WARNING_FROM && severityNumber < ERROR_FROM;

/**
 * Severities beyond OpenTelemetry's own (PARITY.md P50). They stand inside INFO's range, so that any OTLP backend orders
 * them sensibly, and are told apart by their `severityText`.
 */
export const CUSTOM_SEVERITIES = { AUDIT: 10, API: 11, LOGIN: 12 } as const;

/** What pages show: the record's own severity text verbatim, else its level's name (PARITY.md, rules; P6). */
export function displayLevel(record: { readonly severityNumber: number; readonly severityText: string }): string {
  return record.severityText || levelOf(record.severityNumber);
}
