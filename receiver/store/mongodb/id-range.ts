import type { Order } from '../common/cursor.ts';
import { formatId, type Position } from '../common/ids.ts';
import { END_OF_TIME } from '../common/slots.ts';

/** A condition on `_id`. */
export interface IdRange {
  $gt?: string;
  $gte?: string;
  $lt?: string;
  $lte?: string;
}

/** Greater than all ids: they begin with a digit below 8. */
const BEYOND_ALL = '8';

/** Ids of the times `[from, to)`. */
export function idsWithin(from: bigint | undefined, to: bigint | undefined): IdRange {
  return { $gte: startOf(from ?? 0n), $lt: to === undefined ? BEYOND_ALL : startOf(to) };
}

/** The part of a range that lies behind a position in this order. */
export function idsBehind(range: IdRange, { timestamp, sequence }: Position, order: Order): IdRange {
  const id = formatId(timestamp, sequence);
  if (order === 'newest') return range.$lt === undefined || id < range.$lt ? { ...range, $lt: id } : range;
  if (range.$gte !== undefined && id < range.$gte) return range;
  const { $gte: _, ...rest } = range;
  return { ...rest, $gt: id };
}

/** Sequences begin at 1, so this stands before every record of the time. */
function startOf(time: bigint): string {
  if (time <= 0n) return '';
  return time >= END_OF_TIME || time >= 2n ** 63n ? BEYOND_ALL : formatId(time, 0);
}
