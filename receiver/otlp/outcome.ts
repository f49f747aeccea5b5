/** What became of an export request. Both transports answer it by `STATUS_OF`, so that they cannot differ. */
export type ExportOutcome =
  /** Durable. `rejected` records were not kept; `message` says why, or is a warning, or ''. */
  { readonly kind: 'accepted'; readonly rejected: number; readonly message: string } | Refusal;

/** Nothing was kept. `message` is for the client's log: short, and free of secrets. */
export interface Refusal {
  readonly kind: RefusalKind;
  readonly message: string;
  /** How long to wait before trying again; only where trying again can help. */
  readonly retryAfterSeconds?: number;
}

export type RefusalKind =
  | 'malformed'
  | 'too_large'
  | 'overloaded'
  | 'unavailable'
  | 'failed'
  | 'unauthenticated'
  | 'forbidden'
  | 'unknown_media_type'
  | 'unknown_encoding'
  | 'not_found'
  | 'method_not_allowed';

export interface TransportStatus {
  readonly http: number;
  readonly grpc: number;
}

/**
 * HTTP status and gRPC code of each outcome. Clients try again after 503 and UNAVAILABLE alone, so those are for what
 * passes by itself (O19, O22, O25); RESOURCE_EXHAUSTED goes without RetryInfo, which means do not retry (O26).
 */
export const STATUS_OF: Readonly<Record<ExportOutcome['kind'], TransportStatus>> = {
  accepted: { http: 200, grpc: 0 },
  malformed: { http: 400, grpc: 3 },
  too_large: { http: 413, grpc: 8 },
  overloaded: { http: 503, grpc: 14 },
  unavailable: { http: 503, grpc: 14 },
  failed: { http: 500, grpc: 13 },
  unauthenticated: { http: 401, grpc: 16 },
  forbidden: { http: 403, grpc: 7 },
  unknown_media_type: { http: 415, grpc: 3 },
  unknown_encoding: { http: 400, grpc: 12 },
  not_found: { http: 404, grpc: 12 },
  method_not_allowed: { http: 405, grpc: 12 },
};

/** Exporters give up on longer delays (the JavaScript one compares with its timeout of 10 s), so none is longer (O22). */
const MAX_RETRY_AFTER_SECONDS = 9;

/** A delay as both transports give it: whole seconds, 1 to 9. */
export function retryDelay(seconds: number): number {
  return Math.min(MAX_RETRY_AFTER_SECONDS, Math.max(1, Math.ceil(seconds)));
}
