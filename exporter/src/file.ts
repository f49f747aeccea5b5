import type { LogRecordExporter } from '@opentelemetry/sdk-logs';
import type { FileOptions } from './local/file-options.ts';
import { FileOutput } from './local/file-output.ts';
import { OutputExporter, type OutputProcessor, QueuedOutput } from './local/output.ts';

const QUEUE = { interval: 200, maxQueueSize: 10_000 };

/**
 * Writes records to files as OTLP JSON lines, which `logvitals import` reads:
 * `register({ processors: [fileOutput({ path: 'logs/shop.jsonl' })] })`.
 * @throws TypeError when an option makes no sense.
 */
export const fileOutput = (options: FileOptions): OutputProcessor => new QueuedOutput(new FileOutput(options), QUEUE);

/**
 * The same for a processor of OpenTelemetry's own.
 * @throws TypeError when an option makes no sense.
 */
export const fileExporter = (options: FileOptions): LogRecordExporter => new OutputExporter(new FileOutput(options));

export type { FileOptions } from './local/file-options.ts';
export type { OutputCounts, OutputProcessor } from './local/output.ts';
