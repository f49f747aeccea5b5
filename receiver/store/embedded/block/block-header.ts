import { DamagedBytesError } from '../bytes.ts';

/** What the values of a key are, one bit each; a key has several where its values are mixed. */
export const KIND = {
  /** A well-formed text. */
  text: 1,
  /** A whole number below 2^51. */
  integer: 2,
  /** Any other 64-bit whole number. */
  longInteger: 4,
  double: 8,
  no: 16,
  yes: 32,
  nothing: 64,
  /** Arrays, key-value lists, bytes, texts that are not well-formed. */
  other: 128,
} as const;

/** What records of one call site share: rows name it by its place in the header. */
export interface Site {
  /** Ids of the day file's tables. */
  readonly logger: number;
  readonly severity: number;
  readonly scope: number;
  /** Place in the header's shapes. */
  readonly shape: number;
  /** Which of a record's rarer parts it has: a sum of chunk/'s HAS bits. */
  readonly has: number;
  /** W3C trace flags. */
  readonly flags: number;
  /** How many of the block's records are from here. */
  readonly records: number;
}

/** An attribute key of a block. */
export interface BlockKey {
  readonly key: string;
  /** A sum of KIND bits: all kinds its values are of. */
  readonly kinds: number;
  /** Lowest and highest of its integers and doubles (not of texts that read as numbers), rounded outwards; min > max when it has none but NaN. */
  readonly min: number;
  readonly max: number;
}

/** Everything needed to rule a block out without unpacking more of it. */
export interface BlockHeader {
  readonly records: number;
  /** Nanoseconds since the day's start. */
  readonly minTime: number;
  readonly maxTime: number;
  readonly minSequence: number;
  readonly maxSequence: number;
  readonly sites: readonly Site[];
  /** The day's ids of the resources that occur, each once. */
  readonly resources: readonly number[];
  readonly keys: readonly BlockKey[];
  /** Lists of attribute keys in the records' order, as places in `keys`. */
  readonly shapes: readonly (readonly number[])[];
}

/** Throws a DamagedBytesError for bytes that are no header. */
export function readBlockHeader(bytes: Uint8Array): BlockHeader {
  throw new DamagedBytesError(`not readable yet: ${bytes.length} bytes`);
}
