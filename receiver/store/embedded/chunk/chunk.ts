import type { Day } from '../day.ts';
import type { ChunkTables } from './chunk-tables.ts';

/** Which of a record's rarer parts a row has, one bit each. */
export const HAS = { trace: 1, span: 2, eventName: 4, dropped: 8, uid: 16 } as const;

/** Records row by row, in bytes that need nothing else to be read. Immutable but for the sequences. */
export declare class Chunk {
  /** Checks the rows' frames and the tables: a DamagedBytesError for bytes that are no chunk. Values are checked when they are read. */
  static read(bytes: Uint8Array): Chunk;
  readonly bytes: Uint8Array;
  readonly tables: ChunkTables;
  /** How many rows it has. */
  readonly size: number;
  /** Where each row begins in `bytes`. */
  readonly rowStarts: Uint32Array;
  /** The bytes to store: `read` then notices any damage. Sequences that are set afterwards undo it. */
  withChecksum(): Uint8Array;
  rowEnd(row: number): number;
  day(row: number): Day;
  /** Nanoseconds since the day's start, exactly. */
  timeWithin(row: number): number;
  timestamp(row: number): bigint;
  observedTimestamp(row: number): bigint;
  /** Observed time minus time, in nanoseconds: exact where it is a safe integer. */
  observedDelay(row: number): number;
  sequence(row: number): number;
  setSequence(row: number, sequence: number): void;
  /** Places in the tables. */
  logger(row: number): number;
  severity(row: number): number;
  resource(row: number): number;
  scope(row: number): number;
  shape(row: number): number;
  /** A sum of HAS bits. */
  has(row: number): number;
  /** W3C trace flags. */
  flags(row: number): number;
  /** Where the 16 bytes of the trace id begin in `bytes`; -1 without one. */
  traceAt(row: number): number;
  /** Where the 8 bytes of the span id begin in `bytes`; -1 without one. */
  spanAt(row: number): number;
  /** What `log.record.uid` makes the record known by, as `uniqueKeyOf` says; null without one. */
  uidKey(row: number): Uint8Array | null;
  eventName(row: number): string;
  dropped(row: number): number;
  /** Where the body's value begins in `bytes`; the attributes' values follow in the shape's order. */
  bodyAt(row: number): number;
}
