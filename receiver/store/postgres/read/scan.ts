import { sql } from 'kysely';
import { compileQuery } from '../../../query/evaluate.ts';
import type { Query } from '../../../query/tree.ts';
import type { StoredRecord } from '../../../record/log-record.ts';
import type { Order } from '../../common/cursor.ts';
import type { Position } from '../../common/ids.ts';
import type { Candidates } from '../../common/page-walk.ts';
import { RowCandidates } from './candidates.ts';
import type { Condition, SqlTruth } from './condition.ts';
import { isRareByIndex } from './rare-by-index.ts';
import type { ReadContext } from './search.ts';
import type { TimeRange } from './time-range.ts';
import { type Look, TimeWalk } from './time-walk.ts';

const ORDER: Order = 'newest';
/** Records read at a time, of those that SQL cannot decide about. */
const BATCH = 1000;

export interface ScanOptions extends TimeRange {
  /** What is looked for in it. */
  readonly query: Query;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Goes through all of a time range, newest first; false when the time for it was over early. `read` reads a stretch and
 * gives what adds it to a result: a stretch that takes too long is given up and a shorter one read.
 */
export async function scan(
  { connection, budget }: ReadContext,
  options: ScanOptions,
  read: (stretch: TimeRange, signal: AbortSignal) => Promise<() => void>,
): Promise<boolean> {
  const end = performance.now() + budget;
  const isServedByIndex = isRareByIndex(options.query);
  const walk = new TimeWalk(connection, { ...options, order: ORDER, isServedByIndex });
  let reached: bigint | null = null;
  do {
    const look: Look<() => void> | null = await walk.look(reached, read);
    options.signal?.throwIfAborted();
    if (!look) return true;
    look.result();
    reached = look.stretch.from;
  } while (performance.now() < end);
  return reached <= options.from;
}

/** Records in a stretch that SQL cannot decide about and that match: the evaluator has seen to it. */
export async function* decided(
  context: ReadContext,
  { query, may, must }: Pick<Condition, 'may' | 'must'> & { readonly query: Query },
  stretch: TimeRange,
  signal: AbortSignal,
): AsyncGenerator<StoredRecord> {
  const matches = compileQuery(query);
  const truth: SqlTruth = sql`${may} and (${must}) is not true`;
  const options = { ...stretch, truth, signal, order: ORDER, isExact: false, isServedByIndex: true };
  const source = new RowCandidates(context.connection, context.parts, options);
  let reached: Position | null = null;
  do {
    const { records, next }: Candidates = await source.fetch(reached, BATCH);
    yield* records.filter(matches);
    reached = next;
  } while (reached !== null);
}
