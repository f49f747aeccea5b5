import { DistinctValues } from '../../../query/distinct-values.ts';
import { compileQuery } from '../../../query/evaluate.ts';
import { fieldTexts } from '../../../query/field-values.ts';
import type { Query } from '../../../query/tree.ts';
import type { StoredRecord } from '../../../record/log-record.ts';
import { LEVELS, levelIndexOf } from '../../../record/severity.ts';
import type { Position } from '../../common/ids.ts';
import type { Facets, FacetsRequest, Histogram, HistogramRequest } from '../../store.ts';
import { notBefore } from '../horizon.ts';
import { countedQuery } from '../query/counted-query.ts';
import { planRead } from '../query/read-plan.ts';
import { idsWithin } from './id-range.ts';
import { countBySlot } from './kept-counts.ts';
import { candidateSource } from './read-records.ts';
import type { ReadContext } from './search.ts';

/** See `LogStore.histogram`. */
export async function readHistogram(context: ReadContext, request: HistogramRequest): Promise<Histogram> {
  const { query, signal } = request;
  const horizon = context.horizon();
  const boundaries = request.boundaries.map((boundary) => notBefore(boundary, horizon)!);
  const counts = new Array<number>(Math.max(0, boundaries.length - 1) * LEVELS.length).fill(0);
  if (boundaries.length < 2) return { counts, complete: true };
  const counted = countedQuery(query);
  if (counted) {
    const { only, levels } = counted;
    await countBySlot(context.database, { boundaries, only, levels, signal }, (logger, slot, level, count) => {
      if (counted.matchesLogger(logger)) counts[slot * LEVELS.length + LEVELS.indexOf(level)]! += count;
    });
    return { counts, complete: true };
  }
  let slot = boundaries.length - 2;
  const complete = await visitMatches(
    context,
    { query, from: boundaries[0]!, to: boundaries.at(-1)!, signal },
    (record) => {
      // Newest first, so slots only go back.
      while (record.timestamp < boundaries[slot]!) slot--;
      counts[slot * LEVELS.length + levelIndexOf(record.severityNumber)]! += 1;
    },
  );
  return { counts, complete };
}

/** See `LogStore.facets`. */
export async function readFacets(context: ReadContext, request: FacetsRequest): Promise<Facets[]> {
  const { fields, limit } = request;
  const tallies = fields.map((field) => ({ textsOf: fieldTexts(field), values: new DistinctValues() }));
  if (tallies.length === 0) return [];
  const isComplete = await visitMatches(context, request, (record) => {
    for (const { textsOf, values } of tallies) for (const text of textsOf(record)) values.add(text, 1);
  });
  return tallies.map(({ values }) => {
    if (!isComplete) values.isComplete = false;
    return values.mostFrequent(limit);
  });
}

interface MatchRange {
  readonly query: Query;
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Records of a stretch. */
const STRETCH = 2000;

/** Visits every match, newest first; false when the time was over before. */
async function visitMatches(
  { database, horizon, budget }: ReadContext,
  { query, from, to, signal }: MatchRange,
  visit: (record: StoredRecord) => void,
): Promise<boolean> {
  const end = performance.now() + budget;
  const matches = compileQuery(query);
  const ids = idsWithin(notBefore(from, horizon()), to);
  const source = candidateSource(database, { plan: planRead(query), ids, order: 'newest', signal });
  let reached: Position | null = null;
  do {
    const { records, next } = await source.fetch(reached, STRETCH);
    signal?.throwIfAborted();
    for (const record of records) if (matches(record)) visit(record);
    reached = next;
    if (reached !== null && performance.now() >= end) return false;
  } while (reached !== null);
  return true;
}
