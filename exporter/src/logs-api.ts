import * as api from '@opentelemetry/api';
import type { LoggerProvider } from '@opentelemetry/sdk-logs';

/** The part of either logs API that registering needs. The older one answers with the provider that is registered. */
interface LogsApi {
  setGlobalLoggerProvider(provider: LoggerProvider): boolean | object;
  disable(): void;
}

/** CommonJS `require`, which finds the older API without asking for it to be installed. */
export type Require = (module: string) => unknown;

/**
 * Makes the provider the one behind `logs.getLogger()`, in both places where applications find `logs`: `@opentelemetry/api`
 * since 1.10 and the older `@opentelemetry/api-logs`, which libraries go on using beside the newer.
 * @returns what takes the provider away again.
 * @throws Error when neither is installed, or when another provider is there already.
 */
export function registerGlobally(provider: LoggerProvider, require: Require): () => void {
  const registered: LogsApi[] = [];
  const unregister = () => {
    for (const logs of registered.splice(0)) logs.disable();
  };
  const available = [newerLogsApi(), olderLogsApi(require)].filter((logs) => logs !== undefined);
  if (available.length === 0) {
    throw new Error(
      '@logvitals/exporter: no OpenTelemetry logs API is installed; install @opentelemetry/api 1.10 or later, or, ' +
        'beside @opentelemetry/sdk-logs 0.2xx, @opentelemetry/api-logs',
    );
  }
  for (const logs of available) {
    const answer = logs.setGlobalLoggerProvider(provider);
    if (answer !== true && answer !== provider) {
      unregister();
      throw new Error(
        '@logvitals/exporter: a LoggerProvider is registered already; call register() once and before other set-ups ' +
          'of OpenTelemetry logs, or add new FlushOnSeverityProcessor({ exporter: new LogvitalsExporter() }) to the ' +
          'processors of the provider that is there',
      );
    }
    registered.push(logs);
  }
  return unregister;
}

function newerLogsApi(): LogsApi | undefined {
  return (api as { logs?: LogsApi }).logs;
}

function olderLogsApi(require: Require): LogsApi | undefined {
  try {
    return (require('@opentelemetry/api-logs') as { logs?: LogsApi }).logs;
  } catch {
    // Not installed, as is usual beside the newer API.
    return undefined;
  }
}
