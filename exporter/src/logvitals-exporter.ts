import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import type { LogRecordExporter, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { refuseUnknownOptions } from './option-error.ts';
import { RECEIVER_OPTIONS, type ReceiverOptions, resolveReceiver } from './receiver.ts';

type ResultCallback = Parameters<LogRecordExporter['export']>[1];

/**
 * Sends records to a logvitals receiver over OTLP/HTTP, JSON. OpenTelemetry's own `OTLPLogExporter` does the sending,
 * retrying (within the timeout) and reading of its variables; this adds where to and with which token.
 * It fits any `LogRecordProcessor`, OpenTelemetry's `BatchLogRecordProcessor` included.
 */
export class LogvitalsExporter implements LogRecordExporter {
  readonly #otlp: OTLPLogExporter;

  /** @throws TypeError when an option or variable makes no sense. */
  constructor(options: ReceiverOptions = {}) {
    refuseUnknownOptions(options, RECEIVER_OPTIONS);
    const { url, headers, timeoutMillis, compression } = resolveReceiver(options, process.env);
    this.#otlp = new OTLPLogExporter({
      url,
      headers,
      ...(timeoutMillis !== undefined && { timeoutMillis }),
      // The type is an enum that neither OpenTelemetry line exports from this package; its values are these strings.
      ...(compression !== undefined && { compression: compression as never }),
    });
  }

  export(records: ReadableLogRecord[], resultCallback: ResultCallback): void {
    this.#otlp.export(records, resultCallback);
  }

  /** Resolves when every export under way has ended, well or not. */
  forceFlush(): Promise<void> {
    return this.#otlp.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#otlp.shutdown();
  }
}
