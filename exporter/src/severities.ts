/**
 * Severities to spread into a record: `logger.emit({ ...severities.AUDIT, body: 'invoice 17 deleted' })`.
 *
 * TRACE to FATAL are the first number of each range of OpenTelemetry's logs data model. AUDIT, API and LOGIN are
 * logvitals' own: they stand inside INFO's range (9 to 12), so that every OTLP backend orders them sensibly, and are told
 * apart by their text.
 */
export const severities = {
  TRACE: { severityNumber: 1, severityText: 'TRACE' },
  DEBUG: { severityNumber: 5, severityText: 'DEBUG' },
  INFO: { severityNumber: 9, severityText: 'INFO' },
  AUDIT: { severityNumber: 10, severityText: 'AUDIT' },
  API: { severityNumber: 11, severityText: 'API' },
  LOGIN: { severityNumber: 12, severityText: 'LOGIN' },
  WARN: { severityNumber: 13, severityText: 'WARN' },
  ERROR: { severityNumber: 17, severityText: 'ERROR' },
  FATAL: { severityNumber: 21, severityText: 'FATAL' },
} as const;

export type SeverityName = keyof typeof severities;

/** OpenTelemetry's highest severity number (FATAL4). */
export const HIGHEST_SEVERITY = 24;
