/** `@logvitals/exporter/spool`: delivery from disk. `register({ spool })` loads it by itself. */
export { createSpoolProcessor } from './delivery/create-spool-processor.ts';
export { sendRecordsNow, sendRequestsNow } from './delivery/last-words.ts';
export type { SpoolOptions } from './delivery/spool-options.ts';
export type { SpoolProcessor } from './delivery/spool-processor.ts';
