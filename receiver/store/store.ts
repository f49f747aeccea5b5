import type { Field, Query } from '../query/tree.ts';
import type { LogRecord, StoredRecord } from '../record/log-record.ts';
import type { IssueLevel } from '../record/severity.ts';
import type { Alert, AlertCommit, AlertState } from './alert.ts';

/**
 * What every storage does. Implementations: `embedded/`, the reference in `test/store/memory-store.ts`, and any object
 * a user names in the configuration (PARITY.md P41). `test/store/contract.ts` is the proof that one keeps these promises.
 *
 * Times are nanoseconds since the Unix epoch as bigint; ranges are `[from, to)`. An absent bound is open.
 * Every method may reject with `StoreUnavailableError` (try again later) or `StoreError` (do not).
 */
export interface LogStore {
  /**
   * Stores batches, all of them or none of them per batch. When the promise resolves, the records are durable (they
   * survive `kill -9`), the counts behind `cards` include them and every read sees them.
   *
   * Idempotent: a batch whose `key` was appended within the last `DEDUPLICATION_WINDOW` is not stored again, and a
   * record whose `log.record.uid` attribute is held already (same service, same timestamp) is not either. Nothing but
   * these two makes a record a duplicate.
   */
  append(batches: readonly Batch[]): Promise<AppendedBatch[]>;

  /** Counts for health cards, one entry per logger that is known to hold records. Never reads raw records of whole slots. */
  cards(request: CardsRequest): Promise<LoggerCounts[]>;

  /** Records that match, newest first unless asked otherwise, a page at a time. */
  search(request: SearchRequest): Promise<SearchPage>;

  /** One record, or null for an id that is unknown or was pruned. Malformed ids are unknown ids. */
  get(id: string): Promise<StoredRecord | null>;

  /**
   * The record's neighbours in the same service and logger, both lists in time order, the record itself in neither;
   * fewer when they are large, or so far away that finding them takes too long.
   */
  context(
    id: string,
    before: number,
    after: number,
    options?: Abortable,
  ): Promise<{ before: StoredRecord[]; after: StoredRecord[] } | null>;

  /** Matching records counted by bucket and level. */
  histogram(request: HistogramRequest): Promise<Histogram>;

  /**
   * The most frequent values of each field among matching records, in the order of the fields, in one pass. Values come
   * most frequent first, then by value.
   */
  facets(request: FacetsRequest): Promise<Facets[]>;

  /**
   * Members of an event group (`logvitals.group.id`), in time order, at most `limit`; fewer when they are large, or so
   * many records have to be looked at that it takes too long.
   */
  group(id: string, limit: number, options?: Abortable): Promise<StoredRecord[]>;

  /** Records of a trace, in time order, at most `limit`; fewer as with `group`. */
  trace(traceId: string, limit: number, options?: Abortable): Promise<StoredRecord[]>;

  /** Service and logger names known, with the time of their newest record. */
  loggers(): Promise<KnownLogger[]>;

  /**
   * Removes records strictly older than `olderThan`, at most `batchSize` in one transaction so that ingest goes on,
   * and corrects the counts with them. With `dryRun` only counts; the number equals what the run would remove.
   */
  prune(request: PruneRequest): Promise<{ removed: number }>;

  /** States of the given keys, in their order. Unknown keys have version 0 and state ''. */
  alertStates(keys: readonly string[]): Promise<AlertState[]>;

  /**
   * Saves each step whose key still has the version it was computed from, its alerts with it, atomically per step;
   * says for each whether it was saved. This is what makes an alert fire once among several receivers (P26).
   */
  commitAlerts(steps: readonly AlertCommit[]): Promise<boolean[]>;

  /** Alert history, newest first. `before` is an alert's id. */
  alerts(request: { limit: number; before?: string | undefined }): Promise<Alert[]>;

  /** Resolves when the storage can be read and written; rejects with the reason otherwise. Cheap: it is asked often. */
  ping(): Promise<void>;

  /** Ends pending work, then releases everything. Later calls reject. */
  close(): Promise<void>;
}

/** A request's bytes are recognised as a retry for so long, in milliseconds. Longer than any exporter keeps retrying an acknowledged batch. */
export const DEDUPLICATION_WINDOW = 6 * 60 * 60 * 1000;

/** The records of one export request. */
export interface Batch {
  /**
   * What makes a retry of this request recognisable (a digest of its bytes), or null when nothing does: a request with
   * records that carry no time of their own may be repeated on purpose, byte for byte.
   */
  readonly key: string | null;
  readonly records: readonly LogRecord[];
}

export interface AppendedBatch {
  /** True when the whole batch was held already. */
  readonly duplicate: boolean;
  /** How many of the batch's records were stored now: 0 of a duplicate, fewer than all when some were held (`log.record.uid`). */
  readonly stored: number;
  /**
   * The id of the record at this place of the batch, or null when it was held already. Ids are made when they are asked
   * for, for nearly none ever is.
   */
  idOf(place: number): string | null;
}

/** Reads that can take long stop when the signal aborts (they reject with its reason). */
export interface Abortable {
  readonly signal?: AbortSignal | undefined;
}

export interface CardsRequest extends Abortable {
  /**
   * Slot boundaries in ascending order, n + 1 for n slots; empty when only the recent records matter. Any nanosecond:
   * stores keep finer counts than hours for the sake of time zones.
   */
  readonly boundaries: readonly bigint[];
  /** Recent warnings and errors are counted from here, inclusive, to the end of time, exactly. */
  readonly recentFrom: bigint;
  /** The card of this logger alone; no card when it holds no records. */
  readonly only?: { readonly service: string; readonly logger: string } | undefined;
}

export interface LoggerCounts {
  readonly service: string;
  readonly logger: string;
  /**
   * Records by slot and level: `counts[slot * LEVELS.length + levelIndex]`. An array or a typed one, and loggers may
   * share one: a hundred thousand of them in ninety slots are a lot of numbers.
   */
  readonly counts: ArrayLike<number>;
  /** Records since `recentFrom`, each level apart. */
  readonly recent: Readonly<Record<IssueLevel, number>>;
  /** Time of the newest record, whatever its level and slot. */
  readonly lastSeen: bigint;
  /** Newest error or warning within the boundaries, or null. */
  readonly newestIssue: Issue | null;
  /** Newest error within the boundaries, or null. */
  readonly newestError: Issue | null;
}

/** An error or warning in short. */
export interface Issue {
  readonly id: string;
  readonly timestamp: bigint;
  readonly severityNumber: number;
  readonly severityText: string;
  /** The body's text, cut to `ISSUE_BODY_LENGTH` UTF-16 units. */
  readonly body: string;
}

export const ISSUE_BODY_LENGTH = 300;

export interface SearchRequest extends Abortable {
  readonly query: Query;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  /** 1 … MAX_PAGE. */
  readonly limit: number;
  /** A `next` of an earlier page of the same search. */
  readonly cursor?: string | undefined;
  /** Matching records to pass over after the cursor, 0 … MAX_OFFSET; for page numbers. */
  readonly offset?: number | undefined;
  /** Default 'newest'. */
  readonly order?: 'newest' | 'oldest' | undefined;
}

export const MAX_PAGE = 1000;
export const MAX_OFFSET = 100_000;

export interface SearchPage {
  readonly records: readonly StoredRecord[];
  /** Where to go on, or null at the end. */
  readonly next: string | null;
  /** False when a bound of the store (time, bytes of a page) ended the search early; `next` then goes on from there. */
  readonly complete: boolean;
}

export interface HistogramRequest extends Abortable {
  readonly query: Query;
  /** Bucket boundaries in ascending order, n + 1 for n buckets. */
  readonly boundaries: readonly bigint[];
}

export interface Histogram {
  /** Records by bucket and level: `counts[bucket * LEVELS.length + levelIndex]`. */
  readonly counts: readonly number[];
  /** False when the time budget ended the count early: the newest buckets are right, older ones too small. */
  readonly complete: boolean;
}

export interface FacetsRequest extends Abortable {
  /** A few: for each, the distinct values are held while they are counted. */
  readonly fields: readonly Field[];
  readonly query: Query;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  /** At most so many values of each field. */
  readonly limit: number;
}

/** The values of one field. */
export interface Facets {
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** False when a bound (time, or distinct values held) ended the count early. */
  readonly complete: boolean;
}

export interface KnownLogger {
  readonly service: string;
  readonly logger: string;
  readonly lastSeen: bigint;
}

export interface PruneRequest extends Abortable {
  readonly olderThan: bigint;
  readonly batchSize: number;
  readonly dryRun: boolean;
}
