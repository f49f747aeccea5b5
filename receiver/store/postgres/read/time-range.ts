import { type RawBuilder, sql } from 'kysely';
import type { Position } from '../../common/ids.ts';
import type { Order } from '../../common/page-walk.ts';
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
