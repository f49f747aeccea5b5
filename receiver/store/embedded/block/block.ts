import type { BlockHeader } from './block-header.ts';
import type { BlockRecord } from './block-record.ts';
import type { BlockSource } from './block-source.ts';
import type { AttributeColumn, BodyColumn, IdColumn } from './columns.ts';

/** A block opened for reading: sections are fetched, checked and unpacked when first asked for. Damaged bytes throw a DamagedBytesError. */
export declare class Block {
  constructor(source: BlockSource);
  readonly header: BlockHeader;
  /** How many records it holds. */
  readonly size: number;
  /** Nanoseconds since the day's start, ascending; among equal ones by sequence. */
  readonly times: Float64Array;
  readonly sequences: Float64Array;
  /** Per row its place in `header.sites`. */
  readonly sites: Uint8Array | Uint16Array | Uint32Array;
  /** Per row the day's id of its resource. */
  readonly resources: Uint8Array | Uint16Array | Uint32Array;
  readonly body: BodyColumn;
  readonly traces: IdColumn;
  readonly spans: IdColumn;
  /** Undefined for a key that no record of the block has. */
  attribute(key: string): AttributeColumn | undefined;
  observedTimestamp(row: number): bigint;
  eventName(row: number): string;
  dropped(row: number): number;
  record(row: number): BlockRecord;
  /** About how many bytes of memory its unpacked parts take, for caches. */
  readonly heldBytes: number;
}
