import { BUFFER_OPTIONS, type BufferOptions, resolveBuffer } from '../buffer-options.ts';
import { refuseUnknownOptions } from '../option-error.ts';
import { RECEIVER_OPTIONS, type ReceiverOptions } from '../receiver.ts';
import { resolveSender } from './sender-settings.ts';
import { resolveSpool, type SpoolOptions } from './spool-options.ts';
import { SpoolProcessor } from './spool-processor.ts';

/**
 * What `register({ spool })` delivers by, for an OpenTelemetry set-up of one's own, and for applications that are bundled.
 * @throws TypeError when an option or variable makes no sense, Error when the spool's directory can't be used.
 */
export function createSpoolProcessor(
  spool: SpoolOptions,
  options: ReceiverOptions & BufferOptions = {},
): SpoolProcessor {
  refuseUnknownOptions(options, [...RECEIVER_OPTIONS, ...BUFFER_OPTIONS]);
  const settings = resolveSpool(spool);
  return new SpoolProcessor(settings, resolveBuffer(options, true), resolveSender(options, process.env));
}
