import type { Field } from '../../receiver/query/tree.ts';
import type { Abortable, LogStore } from '../../receiver/store/store.ts';
import { DAY } from '../times.ts';
import { KIND_QUERIES } from './event-filter.ts';

/** So many days back from now, to the nanosecond: whole days of 24 hours, whatever the clocks do. */
const PERIODS = [7, 30] as const;
/** Distinct actions, tools and users counted at most. */
const MOST_VALUES = 10_000;
const FIELDS: readonly Field[] = (['action', 'actor', 'tool'] as const).map((name) => ({ kind: 'named', name }));

export interface ValueCount {
  readonly value: string;
  readonly count: number;
}

/** What happened within the last `days` (PARITY.md P78). */
export interface PeriodStats {
  readonly days: number;
  readonly from: bigint;
  readonly to: bigint;
  /** Events with an action. */
  readonly actions: number;
  /** Different users (`user.id`) among them. */
  readonly users: number;
  /** The most frequent ones first. */
  readonly byAction: readonly ValueCount[];
  readonly byUser: readonly ValueCount[];
  readonly byTool: readonly ValueCount[];
  /** False when a bound of the store ended the count early; the numbers are then too small. */
  readonly complete: boolean;
}

/** One pass of the store over each period. */
export function loadStats(store: Pick<LogStore, 'facets'>, now: bigint, { signal }: Abortable): Promise<PeriodStats[]> {
  return Promise.all(
    PERIODS.map((days) => loadPeriod(store, { days, from: now - BigInt(days) * DAY, to: now }, signal)),
  );
}

async function loadPeriod(
  store: Pick<LogStore, 'facets'>,
  period: Pick<PeriodStats, 'days' | 'from' | 'to'>,
  signal: AbortSignal | undefined,
): Promise<PeriodStats> {
  const { from, to } = period;
  const counted = await store.facets({
    fields: FIELDS,
    query: KIND_QUERIES.action,
    from,
    // What happened at this very moment is within.
    to: to + 1n,
    limit: MOST_VALUES,
    signal,
  });
  const [byAction, byUser, byTool] = counted.map(({ values }) => values);
  return {
    ...period,
    actions: byAction!.reduce((sum, { count }) => sum + count, 0),
    users: byUser!.length,
    byAction: byAction!,
    byUser: byUser!,
    byTool: byTool!,
    complete: counted.every(({ values, complete }) => complete && values.length < MOST_VALUES),
  };
}
