/** A place in the order of all records: time, then arrival. */
export interface Position {
  /** Nanoseconds since the Unix epoch, below 2^63. */
  readonly timestamp: bigint;
  /** The record's number in the whole database, from 1, below 2^53; 0 stands before all of its time. */
  readonly sequence: number;
}

const TIMESTAMP_DIGITS = 16;
/** Enough for 2^53. */
const SEQUENCE_DIGITS = 14;
/** Timestamps stay below 2^63, so the first digit does below 8. */
const ID = /^([0-7][0-9a-f]{15})-([0-9a-f]{14})$/;

/** An id: timestamp and sequence in hexadecimal, so that ids compare as strings in the order of records. */
export function formatId(timestamp: bigint, sequence: number): string {
  return `${timestamp.toString(16).padStart(TIMESTAMP_DIGITS, '0')}-${sequence.toString(16).padStart(SEQUENCE_DIGITS, '0')}`;
}

/** Where a record with this id stands, or null when no database made the id. */
export function parseId(id: string): Position | null {
  const [, timestamp, digits] = ID.exec(id) ?? [];
  if (timestamp === undefined || digits === undefined) return null;
  const sequence = Number.parseInt(digits, 16);
  return Number.isSafeInteger(sequence) ? { timestamp: BigInt(`0x${timestamp}`), sequence } : null;
}
