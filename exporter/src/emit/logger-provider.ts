import * as api from '@opentelemetry/api';

/** The part of a record that both lines of OpenTelemetry take alike. */
export interface EmittedRecord {
  readonly eventName: string;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
  timestamp?: Date;
  context?: unknown;
}

export interface Logger {
  emit(record: EmittedRecord): void;
  enabled?(options: { severityNumber: number; eventName: string; context?: unknown }): boolean;
}

interface LoggerProvider {
  getLogger(name: string): Logger;
}

/**
 * Where `@opentelemetry/api-logs` keeps the provider that is registered, for all copies of itself. Asked with the version
 * of this arrangement, it answers with the provider. Reading it needs no `require` of a package that may be missing.
 */
const OLDER_API = Symbol.for('io.opentelemetry.js.api.logs');
const OLDER_API_VERSION = 1;

/** The provider that is registered globally, in either line of OpenTelemetry; undefined when none is. */
function globalLoggerProvider(): LoggerProvider | undefined {
  const older = (globalThis as { [OLDER_API]?: (version: number) => LoggerProvider })[OLDER_API]?.(OLDER_API_VERSION);
  if (older) return older;
  const newer = (api as { logs?: { getLoggerProvider(): LoggerProvider } }).logs?.getLoggerProvider();
  // Before anything is registered, the newer API answers with its stand-in, which alone has this method.
  return newer && !('_setDelegate' in newer) ? newer : undefined;
}

/** More scopes than an application has loggers; beyond them, loggers are asked for each time. */
const MOST_LOGGERS = 1_000;

let loggersOf: LoggerProvider | undefined;
const loggers = new Map<string, Logger>();

/** The logger of a scope, from the provider that is registered globally now; undefined when none is. */
export function globalLogger(scope: string): Logger | undefined {
  const provider = globalLoggerProvider();
  if (provider !== loggersOf) {
    loggersOf = provider;
    loggers.clear();
  }
  const known = loggers.get(scope);
  if (known !== undefined || provider === undefined) return known;
  const logger = provider.getLogger(scope);
  if (loggers.size < MOST_LOGGERS) loggers.set(scope, logger);
  return logger;
}
