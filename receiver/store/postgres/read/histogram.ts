import { type RawBuilder, sql } from 'kysely';
import { compileQuery } from '../../../query/evaluate.ts';
import { and, type Query } from '../../../query/tree.ts';
import { LEVELS, LOWEST_SEVERITY, levelIndexOf } from '../../../record/severity.ts';
import { cutSlots } from '../../common/slots.ts';
import type { Histogram, HistogramRequest } from '../../store.ts';
import { splitTime, timeParameter } from '../time.ts';
import { runSql } from './run-sql.ts';
import { decided, scan } from './scan.ts';
import { conditionOf, type ReadContext } from './search.ts';
import { countPieces, LEVEL_INDEX } from './slot-counts.ts';
import { isWithin } from './time-range.ts';
import { asksOnlyLoggers } from './where-clause.ts';

/** See `LogStore.histogram`. Kept counts answer what asks for nothing but services, loggers and orders of levels. */
export async function readHistogram(context: ReadContext, request: HistogramRequest): Promise<Histogram> {
  const { query, boundaries, signal } = request;
  signal?.throwIfAborted();
  const counts = new Array<number>(Math.max(0, boundaries.length - 1) * LEVELS.length).fill(0);
  if (counts.length === 0) return { counts, complete: true };
  const terms = query.type === 'and' ? query.terms : [query];
  const ofLevels = terms.filter(asksOnlyLevels);
  const ofLoggers = terms.filter((term) => !ofLevels.includes(term) && asksOnlyLoggers(term));
  if (ofLevels.length + ofLoggers.length < terms.length) {
    return { counts, complete: await countRecords(context, request, counts) };
  }
  const { may } = await conditionOf(context, and(...ofLoggers), request);
  const wantsLevel = levelsThatFit(and(...ofLevels));
  const pieces = await countPieces(context.connection, cutSlots(boundaries), {
    ofLoggers: may,
    isByLogger: false,
    signal,
  });
  for (const { piece, counts: ofPiece } of pieces) {
    for (const [level, count] of ofPiece.entries()) {
      if (wantsLevel[level]) counts[piece.slot * LEVELS.length + level]! += count;
    }
  }
  return { counts, complete: true };
}

/** Whether a query is about the order of levels alone; those asked for by name may be severity texts. */
function asksOnlyLevels(query: Query): boolean {
  switch (query.type) {
    case 'all':
    case 'level':
      return true;
    case 'and':
    case 'or':
      return query.terms.every(asksOnlyLevels);
    case 'not':
      return asksOnlyLevels(query.term);
    default:
      return false;
  }
}

/** For each of LEVELS whether its records match. */
function levelsThatFit(query: Query): boolean[] {
  // Such a query looks at nothing of a record but its severity number.
  const matches = compileQuery(query) as (record: { readonly severityNumber: number }) => boolean;
  return LEVELS.map((level) => matches({ severityNumber: level === 'UNSPECIFIED' ? 0 : LOWEST_SEVERITY[level] }));
}

/** Adds the records that match, one by one as they stand in the table; says whether all of them. */
async function countRecords(
  context: ReadContext,
  { query, boundaries, signal }: HistogramRequest,
  counts: number[],
): Promise<boolean> {
  const condition = await conditionOf(context, query, { signal });
  const range = { query, from: boundaries[0]!, to: boundaries.at(-1)!, signal };
  const bucket = bucketOf(boundaries);
  return scan(context, range, async (stretch, ending) => {
    const rows: RawBuilder<{ bucket: number; level: number; count: number }> = sql`
      select ${bucket} - 1 as bucket, ${LEVEL_INDEX} as level, count(*) as count
      from ${sql.raw(`${context.connection.schema}.record`)}
      where ${isWithin(stretch)} and ${condition.must} group by 1, 2`;
    const found = await runSql(context.connection, rows, { signal: ending });
    if (!condition.isExact) {
      for await (const { timestamp, severityNumber } of decided(context, { ...condition, query }, stretch, ending)) {
        const place = boundaries.findLastIndex((boundary) => boundary <= timestamp);
        found.push({ bucket: place, level: levelIndexOf(severityNumber), count: 1 });
      }
    }
    return () => {
      for (const { bucket: place, level, count } of found) counts[place * LEVELS.length + level]! += count;
    };
  });
}

/** The number of a row's bucket, from 1. Whole microseconds are quicker to compare than nanoseconds. */
function bucketOf(boundaries: readonly bigint[]): RawBuilder<number> {
  const split = boundaries.map(splitTime);
  if (split.every(({ ns }) => ns === 0)) {
    return sql`width_bucket(time, ${split.map(({ microseconds }) => timeParameter(microseconds))}::timestamptz[])`;
  }
  const nanoseconds = sql`(extract(epoch from time) * 1000000)::bigint * 1000 + ns`;
  return sql`width_bucket(${nanoseconds}, ${boundaries.map(String)}::bigint[])`;
}
