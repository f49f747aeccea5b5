import { type RawBuilder, sql } from 'kysely';
import type { Order } from '../../common/cursor.ts';
import type { Position } from '../../common/ids.ts';
import { splitTime, timeParameter } from '../time.ts';
import type { SqlTruth } from './condition.ts';

/** Timestamps, `[from, to)`, in nanoseconds since the Unix epoch. */
export interface TimeRange {
  readonly from: bigint;
  readonly to: bigint;
}

/** A time as a parameter, cut to microseconds. */
export function timestamptz(nanoseconds: bigint): RawBuilder<bigint> {
  return sql`${timeParameter(splitTime(nanoseconds).microseconds)}::timestamptz`;
}

/** Rows of `record` within a range. The bounds of `time` alone tell the server which days' tables to look at. */
export function isWithin({ from, to }: TimeRange): SqlTruth {
  return sql`${isFrom(from)} and ${isBefore(to)}`;
}

function isFrom(from: bigint): SqlTruth {
  const { ns } = splitTime(from);
  const time = timestamptz(from);
  return ns === 0 ? sql`time >= ${time}` : sql`time >= ${time} and (time, ns) >= (${time}, ${sql.lit(ns)})`;
}

function isBefore(to: bigint): SqlTruth {
  const { ns } = splitTime(to);
  const time = timestamptz(to);
  return ns === 0 ? sql`time < ${time}` : sql`time <= ${time} and (time, ns) < (${time}, ${sql.lit(ns)})`;
}

/** Rows of `record` behind a position, in this order. */
export function isBehind({ timestamp, sequence }: Position, order: Order): SqlTruth {
  const { ns } = splitTime(timestamp);
  const time = timestamptz(timestamp);
  const place = sql`(${time}, ${sql.lit(ns)}, ${sequence}::bigint)`;
  return order === 'newest'
    ? sql`time <= ${time} and (time, ns, sequence) < ${place}`
    : sql`time >= ${time} and (time, ns, sequence) > ${place}`;
}

/** `order by` of records. */
export function inOrder(order: Order): RawBuilder<unknown> {
  return order === 'newest' ? sql`time desc, ns desc, sequence desc` : sql`time, ns, sequence`;
}

/** A set of rows (from_time, from_ns, to_time, to_ns, number), one for each range. */
export function unnestedRanges<Range extends TimeRange>(
  ranges: readonly Range[],
  numberOf: (range: Range, place: number) => number,
): RawBuilder<unknown> {
  const bounds = (times: readonly bigint[]) => {
    const split = times.map(splitTime);
    const microseconds = split.map((time) => timeParameter(time.microseconds));
    return sql`${microseconds}::timestamptz[], ${split.map(({ ns }) => ns)}::smallint[]`;
  };
  const from = bounds(ranges.map((range) => range.from));
  const to = bounds(ranges.map((range) => range.to));
  return sql`unnest(${from}, ${to}, ${ranges.map(numberOf)}::integer[])`;
}

/**
 * Rows of `record` within a row of `unnestedRanges`. The bounds of all ranges together are told apart from it: by them
 * the server knows which days' tables it need not even plan for.
 */
export function isWithinUnnested(ranges: readonly TimeRange[]): SqlTruth {
  const earliest = ranges.map(({ from }) => from).reduce((one, other) => (one < other ? one : other));
  const latest = ranges.map(({ to }) => to).reduce((one, other) => (one > other ? one : other));
  return sql`time >= ${timestamptz(earliest)} and time <= ${timestamptz(latest)}
    and time >= from_time and (time, ns) >= (from_time, from_ns)
    and time <= to_time and (time, ns) < (to_time, to_ns)`;
}
