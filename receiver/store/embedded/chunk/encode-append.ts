import type { LogRecord } from '../../../record/log-record.ts';
import type { Batch } from '../../store.ts';

/** An append on its way to the writer's thread. */
export interface AppendMessage {
  readonly batches: readonly { readonly key: string | null; readonly size: number }[];
  /** The batches' records one after another: bytes that `Chunk.read` reads. */
  readonly chunk: Uint8Array<ArrayBuffer>;
  /** Milliseconds since the Unix epoch. */
  readonly receivedAt: number;
}

/** Encodes an append. Throws StoreError for a record that cannot be stored at all. */
export declare function encodeAppend(batches: readonly Batch[], receivedAt: number): AppendMessage;

/** Records as the bytes of a chunk, in their order, all with sequence 0. Throws StoreError for a record that cannot be stored at all. */
export declare function encodeRecords(records: Iterable<LogRecord>): Uint8Array<ArrayBuffer>;
