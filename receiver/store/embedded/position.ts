import { cursorOf, type Order, parseCursor as parseCursorWith } from '../common/cursor.ts';
import { type Day, dayOf, startOf, timeWithin } from './day.ts';

/** A place in the order of all records: (day, time within it, arrival). */
export interface Position {
  readonly day: Day;
  readonly time: number;
  /** The record's number in its day's file, in order of arrival, from 1; 0 stands before all of its time. */
  readonly sequence: number;
}

const TIMESTAMP_DIGITS = 16;
const SEQUENCE_DIGITS = 10;
/** Timestamps stay below 2^63, so the first digit does below 8. */
const ID = /^([0-7][0-9a-f]{15})-([0-9a-f]{10})$/;

/** An id: timestamp and number of arrival in hexadecimal, so that ids compare as strings in the order of records. */
export function formatId(timestamp: bigint, sequence: number): string {
  return `${timestamp.toString(16).padStart(TIMESTAMP_DIGITS, '0')}-${sequence.toString(16).padStart(SEQUENCE_DIGITS, '0')}`;
}

/** Where a record with this id stands, or null when it is no id of this store's. */
export function parseId(id: string): Position | null {
  const [, timestamp, sequence] = ID.exec(id) ?? [];
  if (timestamp === undefined || sequence === undefined) return null;
  const nanoseconds = BigInt(`0x${timestamp}`);
  const day = dayOf(nanoseconds);
  return { day, time: timeWithin(day, nanoseconds), sequence: Number.parseInt(sequence, 16) };
}

/** A cursor: go on behind this position, in this order. */
export const formatCursor = (order: Order, { day, time, sequence }: Position): string =>
  cursorOf(order, formatId(startOf(day) + BigInt(time), sequence));

/** Where a search goes on. Throws InvalidCursorError for anything `formatCursor` did not make for this order. */
export const parseCursor = (order: Order, cursor: string): Position => parseCursorWith(order, cursor, parseId);
