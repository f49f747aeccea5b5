import type { Binary } from 'mongodb';
import type { IssueLevel, Level } from '../../record/severity.ts';
import type { Alert } from '../alert.ts';

/** The collections and what their documents look like (docs/mongodb.md). Fields that say nothing are absent. */

export type Readable = null | string | boolean | bigint | number | Uint8Array | readonly Readable[] | ReadableMap;
/** A document, or a part of one: written from a Map, read as an object. */
export type ReadableMap = ReadonlyMap<string, Readable>;

/** What the readable fields do not say exactly, as OTLP's JSON; these texts win over them. */
export interface Exact {
  /** Of every body that is no text. Also what text search looks at then. */
  readonly body?: string;
  readonly attributes?: string;
  readonly resource?: string;
  readonly scope?: string;
}

export interface ScopeDocument<Attributes> {
  /** Absent when it is the logger's name. */
  readonly name?: string;
  readonly version?: string;
  readonly attributes?: Attributes;
  readonly schemaUrl?: string;
  readonly droppedAttributesCount?: number;
}

/** A record (collection `logs`), its attributes as `Attributes`: Maps when written, objects when read. */
export interface LogDocument<Attributes = ReadableMap, Value = Readable> {
  /** The record's id: ids compare in the order of records, so this field alone gives order and range. */
  readonly _id: string;
  /** To the millisecond, for people and for the TTL index; nanoseconds beside it. */
  readonly timestamp: Date;
  readonly timestampNanos: bigint;
  /** Absent when it is the timestamp. */
  readonly observedTimestamp?: Date;
  readonly observedTimestampNanos?: bigint;
  readonly level: Level;
  readonly severityNumber: number;
  readonly severityText?: string;
  readonly service: string;
  readonly logger: string;
  readonly body?: Value;
  readonly attributes?: Attributes;
  readonly resource?: Attributes;
  readonly resourceSchemaUrl?: string;
  readonly resourceDroppedAttributesCount?: number;
  readonly scope?: ScopeDocument<Attributes>;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly flags?: number;
  readonly eventName?: string;
  readonly droppedAttributesCount?: number;
  readonly exact?: Exact;
  /** What the record is looked for by, beside its logger and its trace (`terms.ts`). */
  readonly terms?: readonly string[];
  /** The step that counts it: the one that wrote it, or took it over (`journal.ts`). */
  readonly storedBy: string;
}

/** A logger that holds records, or did (collection `loggers`). */
export interface LoggerDocument {
  readonly _id: LoggerName;
  readonly lastSeen: Date;
  readonly lastSeenNanos: bigint;
  /** Ids of its newest warning, error and fatal error. */
  readonly newest?: Partial<Readonly<Record<IssueLevel, string>>>;
}

export interface LoggerName {
  readonly service: string;
  readonly logger: string;
}

/** Records of a place in time, by level. */
export type LevelCounts = Partial<Readonly<Record<Level, number>>>;

/** Records of one logger and UTC day (collection `counts`). */
export interface CountsDocument {
  /** `["2026-11-21","shop","shop.cart"]` */
  readonly _id: string;
  readonly day: Date;
  readonly service: string;
  readonly logger: string;
  readonly total: number;
  /** By the hour's number, 0 … 23. */
  readonly hours?: Readonly<Record<string, LevelCounts>>;
  /** By the number of the quarter of an hour, 0 … 95. */
  readonly quarters?: Readonly<Record<string, LevelCounts>>;
  /** The last step of each lane that is in these numbers (`journal.ts`). */
  readonly applied?: Readonly<Record<string, number>>;
}

/** A request that was stored, or is being stored (collection `requests`). */
export interface RequestDocument {
  /** The batch's key. */
  readonly _id: string;
  readonly at: Date;
  /** The sequence of its first record; the others follow. */
  readonly first: number;
  /** There until its records are all stored and counted. */
  readonly pending?: true;
}

/** A `log.record.uid` that is taken (collection `uids`). */
export interface UidDocument {
  /** Digest of service, time and uid. */
  readonly _id: Binary;
  /** The record that has it. */
  readonly id: string;
  readonly timestamp: Date;
}

/** An append that is under way (collection `journal`). */
export interface JournalDocument {
  /** Its lane and number. */
  readonly _id: string;
  /**
   * Absent while it stores; `counting` when it stores nothing more, so that anybody may count for it;
   * `taken` when others may make its records theirs, and it has to begin again.
   */
  readonly state?: 'counting' | 'taken';
  readonly at: Date;
  /** The records it stores (`encoded-ids.ts`). */
  readonly records: Binary;
}

/** Records that are being removed. */
export interface RemovalDocument {
  /** Lane and number. */
  readonly step: string;
  /** `encoded-ids.ts`. */
  readonly records: Binary;
  /** What that takes off the counts. */
  readonly counts: readonly CountDelta[];
}

/** So many records more, or fewer, of a logger in a quarter of an hour. */
export interface CountDelta extends LoggerName {
  /** Start of the quarter. */
  readonly quarter: Date;
  readonly level: Level;
  readonly count: number;
}

/** What one threshold remembers (collection `alertStates`). */
export interface AlertStateDocument {
  readonly _id: string;
  readonly version: number;
  readonly state: string;
  /** Alerts that fired and are not in the history yet. */
  readonly pending?: readonly AlertDocument[];
}

/** An alert as the contract has it, times as 64-bit nanoseconds (collection `alerts`). */
export type AlertDocument = Omit<Alert, 'id'> & { readonly _id: string };

/** What there is one of in the whole database (collection `meta`), each field in the document it is named after. */
export interface MetaDocument {
  readonly _id: 'format' | 'sequence' | 'prune';
  /** Of `format`: the last migration that was taken. */
  readonly version?: number;
  /** Of `sequence`: numbers up to here are given, or reserved by a receiver. */
  readonly reserved?: number;
  /** Of `prune`: who removes records at present, … */
  readonly holder?: string;
  /** … until when nobody else may, … */
  readonly until?: Date;
  /** … and what is not removed wholly yet. */
  readonly removal?: RemovalDocument;
}
