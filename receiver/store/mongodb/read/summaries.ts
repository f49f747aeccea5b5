import { DistinctValues } from '../../../query/distinct-values.ts';
import { compileQuery } from '../../../query/evaluate.ts';
import { fieldTexts } from '../../../query/field-values.ts';
import type { Field, Query } from '../../../query/tree.ts';
import type { LogRecord, StoredRecord } from '../../../record/log-record.ts';
import { LEVELS, levelIndexOf } from '../../../record/severity.ts';
import type { Position } from '../../common/ids.ts';
import { END_OF_TIME } from '../../common/slots.ts';
import type { Facets, FacetsRequest, Histogram, HistogramRequest } from '../../store.ts';
import type { LoggerName } from '../documents.ts';
import { notBefore } from '../horizon.ts';
import { idsWithin } from '../id-range.ts';
import { type CountedQuery, countedQuery } from '../query/counted-query.ts';
import { projectionOf } from '../query/projection.ts';
import { planRead } from '../query/read-plan.ts';
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
    { query, from: boundaries[0]!, to: boundaries.at(-1)!, fields: [], signal },
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
  const { fields, query, limit } = request;
  const tallies = fields.map((field) => ({ field, textsOf: fieldTexts(field), values: new DistinctValues() }));
  const counted = countedQuery(query);
  const ofNames = counted ? tallies.filter(({ field }) => isLoggerField(field)) : [];
  const ofRecords = tallies.filter((tally) => !ofNames.includes(tally));
  if (counted && ofNames.length > 0) {
    await countNames(context, counted, request, (logger, count) => {
      // The names are all that these fields look at.
      for (const { textsOf, values } of ofNames)
        for (const text of textsOf(logger as LogRecord)) values.add(text, count);
    });
  }
  if (ofRecords.length > 0) {
    const fieldsOfRecords = ofRecords.map(({ field }) => field);
    const isComplete = await visitMatches(context, { ...request, fields: fieldsOfRecords }, (record) => {
      for (const { textsOf, values } of ofRecords) for (const text of textsOf(record)) values.add(text, 1);
    });
    if (!isComplete) for (const { values } of ofRecords) values.isComplete = false;
  }
  return tallies.map(({ values }) => values.mostFrequent(limit));
}

const isLoggerField = (field: Field): boolean =>
  field.kind === 'named' && (field.name === 'service' || field.name === 'logger');

/** Matching records by logger, from the counts that are kept. */
async function countNames(
  { database, horizon }: ReadContext,
  { only, levels, matchesLogger }: CountedQuery,
  { from, to, signal }: FacetsRequest,
  onCount: (logger: LoggerName, count: number) => void,
): Promise<void> {
  const start = notBefore(from, horizon()) ?? 0n;
  const end = to ?? END_OF_TIME;
  if (start >= end) return;
  await countBySlot(database, { boundaries: [start, end], only, levels, signal }, (logger, _, __, count) => {
    if (matchesLogger(logger)) onCount(logger, count);
  });
}

interface MatchRange {
  readonly query: Query;
  /** What of a record is looked at, beside its time and level. */
  readonly fields: readonly Field[];
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Records of a stretch. */
const STRETCH = 2000;

/** Visits every match, newest first; false when the time was over before. */
async function visitMatches(
  { database, horizon, budget }: ReadContext,
  { query, fields, from, to, signal }: MatchRange,
  visit: (record: StoredRecord) => void,
): Promise<boolean> {
  const end = performance.now() + budget;
  const ids = idsWithin(notBefore(from, horizon()), to);
  const plan = planRead(query);
  // Where the index alone decides, the rest of a record need not be read.
  const matches = plan.isExact ? () => true : compileQuery(query);
  const projection = plan.isExact ? projectionOf(fields) : undefined;
  const source = candidateSource(database, { plan, ids, order: 'newest', projection, signal });
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
