import type { ExportFormatName } from '../../dashboard/api/export-formats.ts';
import type { RecordJson } from '../../dashboard/api/record-json.ts';
import type { RecordFilter } from '../../dashboard/params.ts';

/** Which records: the query as typed, for servers, and the whole filter parsed, for storages. */
export interface RecordRequest {
  readonly text: string;
  readonly filter: RecordFilter;
}

/** Old records to remove. */
export interface Removal {
  readonly days: number;
  readonly batchSize: number;
  readonly dryRun: boolean;
}

/** Where commands find records: a running server, or a storage that no server has open. Both answer alike. */
export interface RecordSource {
  /** Newest first, at most `limit`. */
  search(request: RecordRequest, limit: number): AsyncIterable<RecordJson>;
  /** All that match, newest first, written in a format. */
  export(request: RecordRequest, format: ExportFormatName): AsyncIterable<string | Uint8Array>;
  /** New records as they come, until the signal aborts. */
  follow(request: RecordRequest, signal: AbortSignal): AsyncIterable<RecordJson>;
  /** Removes (or counts) records strictly older than so many days; gives their number. */
  prune(removal: Removal): Promise<number>;
  close(): Promise<void>;
}
