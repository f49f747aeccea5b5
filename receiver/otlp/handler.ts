import { getHeapStatistics } from 'node:v8';
import type { Diagnostics } from '../diagnostics.ts';
import type { Ingest, IngestOutcome } from '../ingest/ingest.ts';
import type { MetricsRegistry } from '../metrics/registry.ts';
import type { Clock } from '../record/clock.ts';
import { NO_ROOM } from './body-refusal.ts';
import { ByteBudget, type Reservation } from './byte-budget.ts';
import type { DecodedRequest, DecodeLimits } from './decode/decoded.ts';
import { runAtOnce, runInSlices } from './decode/drive.ts';
import { Fault, MalformedError, NoRoomError, TooLargeError } from './decode/errors.ts';
import type { Encoding } from './encode.ts';
import type { ExportOutcome, Refusal } from './outcome.ts';
import { type ReadRequest, readRequest } from './read-request.ts';
import { SelfMetrics, type Transport } from './self-metrics.ts';

/** Parts of `Config.limits` that bound requests. */
export interface RequestLimits {
  /** Largest request, compressed and decompressed, in bytes. */
  readonly requestBytes: number;
  /** Longest string kept in a body or attribute, in bytes of UTF-8. */
  readonly valueBytes: number;
  /** Bytes of bodies held at once, all requests together; by default twice the largest request, and at least 64 MiB. */
  readonly inFlightBytes?: number;
  /** Memory that decoded records may take, all requests together; by default half of what this process may have. */
  readonly decodedBytes?: number;
}

export interface LogsHandlerOptions {
  readonly ingest: Ingest;
  readonly limits: RequestLimits;
  readonly now: Clock;
  readonly metrics: MetricsRegistry;
  readonly diagnostics: Diagnostics;
}

/** Bodies up to this size are decoded at once, in about a millisecond; larger ones in slices. */
const AT_ONCE_BYTES = 256 * 1024;

/** A record may be so many times as heavy as its longest value, and never has less room than MIN_RECORD_WEIGHT. */
const VALUES_PER_RECORD = 4;
const MIN_RECORD_WEIGHT = 4 * 1024 * 1024;
/** Decoded records take up to so many times their bytes; honest requests take three or four. */
const WEIGHT_PER_BYTE = 8;
/** What one request may take of the memory for decoded records, so that others find room beside it. */
const REQUEST_SHARE = 0.5;
const HEAP_SHARE = 0.5;
const LARGEST_REQUESTS_HELD = 2;
const MIN_IN_FLIGHT_BYTES = 64 * 1024 * 1024;

/**
 * The one way from a request's bytes to an answer, for both transports: decode, normalize, hand to ingest, say what
 * became of it. Never rejects.
 */
export class LogsHandler {
  readonly requestBytes: number;
  readonly #ingest: Ingest;
  readonly #limits: DecodeLimits;
  readonly #now: Clock;
  readonly #diagnostics: Diagnostics;
  readonly #inFlight: ByteBudget;
  readonly #decoded: ByteBudget;
  readonly #metrics: SelfMetrics;

  constructor(options: LogsHandlerOptions) {
    const { requestBytes, valueBytes, inFlightBytes } = options.limits;
    const { decodedBytes = Math.floor(getHeapStatistics().heap_size_limit * HEAP_SHARE) } = options.limits;
    this.requestBytes = requestBytes;
    this.#ingest = options.ingest;
    this.#limits = {
      valueBytes,
      recordWeight: Math.max(valueBytes * VALUES_PER_RECORD, MIN_RECORD_WEIGHT),
      requestWeight: Math.min(requestBytes * WEIGHT_PER_BYTE, Math.floor(decodedBytes * REQUEST_SHARE)),
    };
    this.#now = options.now;
    this.#diagnostics = options.diagnostics;
    this.#inFlight = new ByteBudget(
      inFlightBytes ?? Math.max(requestBytes * LARGEST_REQUESTS_HELD, MIN_IN_FLIGHT_BYTES),
    );
    this.#decoded = new ByteBudget(decodedBytes);
    this.#metrics = new SelfMetrics(options.metrics, this.#inFlight);
  }

  /** Room for one request's bytes among all that are in flight; to be released once it is answered. */
  reserve(): Reservation {
    return this.#inFlight.reserve();
  }

  /** Stores a request's records; resolves when they are durable, or refused. `bytes` is the decompressed body. */
  async export(bytes: Buffer, encoding: Encoding): Promise<ExportOutcome> {
    const receivedAt = this.#now();
    const room = this.#decoded.reserve();
    try {
      const { records, key, decoded } = await this.#read(bytes, encoding, receivedAt, room);
      if (records.length > 0) {
        const outcome = await this.#ingest.submit({ batch: { key, records }, bytes: bytes.length });
        if (outcome.status !== 'stored') return refusalOf(outcome);
      }
      this.#metrics.stored(records, decoded, receivedAt);
      return { kind: 'accepted', rejected: decoded.rejectedCount, message: remarks(decoded, this.#limits) };
    } catch (error) {
      return this.#refuse(error);
    } finally {
      room.release();
    }
  }

  /** To be told of each answer, whoever gave it. */
  answered(transport: Transport, outcome: ExportOutcome): void {
    this.#metrics.answered(transport, outcome);
  }

  #read(bytes: Buffer, encoding: Encoding, receivedAt: bigint, room: Reservation): ReadRequest | Promise<ReadRequest> {
    const steps = readRequest(bytes, encoding, { ...this.#limits, takeWeight: room.take }, receivedAt);
    return bytes.length <= AT_ONCE_BYTES ? runAtOnce(steps) : runInSlices(steps);
  }

  #refuse(error: unknown): Refusal {
    if (error instanceof MalformedError || error instanceof Fault) return { kind: 'malformed', message: error.message };
    if (error instanceof TooLargeError) return { kind: 'too_large', message: error.message };
    if (error instanceof NoRoomError) return NO_ROOM;
    this.#diagnostics.error(`an export request failed: ${error instanceof Error ? (error.stack ?? error) : error}`);
    return { kind: 'failed', message: 'internal error; the server log says more' };
  }
}

function refusalOf(outcome: Exclude<IngestOutcome, { status: 'stored' }>): Refusal {
  switch (outcome.status) {
    case 'overloaded':
      return {
        kind: 'overloaded',
        message: 'the queue is full; try again',
        retryAfterSeconds: outcome.retryAfterSeconds,
      };
    case 'unavailable':
      return { kind: 'unavailable', message: outcome.reason, retryAfterSeconds: outcome.retryAfterSeconds };
    case 'failed':
      return { kind: 'failed', message: outcome.reason };
  }
}

/** What partial success tells people: rejected records (O17), and cut values as a warning (O18). */
function remarks(decoded: DecodedRequest, limits: DecodeLimits): string {
  const parts: string[] = [];
  const { rejectedCount: rejected, accepted, truncatedValues } = decoded;
  if (rejected > 0) {
    parts.push(`${rejected} of ${rejected + accepted} log records rejected; the first because: ${decoded.firstFault}`);
  }
  if (truncatedValues > 0) {
    parts.push(`${truncatedValues} ${truncatedValues === 1 ? 'value' : 'values'} cut to ${limits.valueBytes} bytes`);
  }
  return parts.join('; ');
}
