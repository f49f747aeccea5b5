import type { Batch } from '../store/store.ts';

/** What the transports hand over: one request, decoded and normalized. */
export interface IngestRequest {
  readonly batch: Batch;
  /** Decoded size, for the queue's limit in bytes. */
  readonly bytes: number;
}

/** Expected outcomes are values, not exceptions: the transports map each to a status. */
export type IngestOutcome =
  /** Durable, evaluated, or known from an earlier delivery. */
  | { readonly status: 'stored' }
  /** The queue is full; nothing was kept. */
  | { readonly status: 'overloaded'; readonly retryAfterSeconds: number }
  /** The storage is away; nothing was kept. `reason` is safe to show. */
  | { readonly status: 'unavailable'; readonly retryAfterSeconds: number; readonly reason: string }
  /** The storage refused for good; nothing was kept. */
  | { readonly status: 'failed'; readonly reason: string };

/** The one way in for records. `submit` resolves only after the records are durable; it never rejects. */
export interface Ingest {
  submit(request: IngestRequest): Promise<IngestOutcome>;
}
