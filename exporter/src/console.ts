import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import { type ConsoleOptions, ConsoleOutput } from './local/console-output.ts';
import { OutputExporter, type OutputProcessor, QueuedOutput } from './local/output.ts';

/** People watch the console: what is logged in one breath goes together, and no more. */
const QUEUE = { interval: 1, maxQueueSize: 10_000 };

/**
 * Shows records on the console, one line each, for people: `register({ processors: [consoleOutput()] })`.
 * @throws TypeError when an option makes no sense.
 */
export const consoleOutput = (options: ConsoleOptions = {}): OutputProcessor =>
  new QueuedOutput(new ConsoleOutput(options, process.env), QUEUE);

/**
 * The same for a processor of OpenTelemetry's own.
 * @throws TypeError when an option makes no sense.
 */
export const consoleExporter = (options: ConsoleOptions = {}): LogRecordExporter =>
  new OutputExporter(new ConsoleOutput(options, process.env));

export type { ConsoleOptions } from './local/console-output.ts';
export type { OutputCounts, OutputProcessor } from './local/output.ts';
