import { fieldTexts } from '../../query/field-values.ts';
import type { Field } from '../../query/tree.ts';
import { LEVELS, levelIndexOf } from '../../record/severity.ts';
import type { Facets, FacetsRequest, Histogram, HistogramRequest } from '../store.ts';
import type { DayFiles } from './day-files.ts';
import { candidateLoggers, countedLevels } from './day-plan.ts';
import type { Pace } from './pace.ts';
import { type Plan, planQuery } from './plan.ts';
import { type AddCount, countDay, END_OF_TIME, Slots, zeroCounts } from './slots.ts';
import { walk } from './walk.ts';

/** Rows to fetch at a time when all are wanted. */
const MANY_ROWS = 1024;
/** Distinct values a count of facets holds, and their characters together. */
const VALUES_HELD = 20_000;
const VALUE_CHARACTERS_HELD = 8_000_000;

/** See `LogStore.histogram`. Counts from summaries what they can tell, else from the records, newest first. */
export async function readHistogram(
  files: DayFiles,
  { query, boundaries }: Omit<HistogramRequest, 'signal'>,
  pace: Pace,
): Promise<Histogram> {
  const slots = new Slots(boundaries);
  if (slots.size === 0) return { counts: [], complete: true };
  const plan = planQuery(query);
  const counted = await countFromSummaries(files, plan, slots, pace);
  if (counted) return { counts: counted, complete: true };
  const counts = zeroCounts(slots);
  const range = { from: boundaries[0]!, to: boundaries.at(-1)! };
  for await (const { records } of walk(files, { plan, order: 'newest', ...range, firstRows: MANY_ROWS }, pace)) {
    for (const { timestamp, severityNumber } of records) {
      counts[slots.indexOf(timestamp) * LEVELS.length + levelIndexOf(severityNumber)]! += 1;
    }
    if (pace.isExhausted) return { counts, complete: false };
  }
  return { counts, complete: true };
}

/** The counts, or null when the summaries cannot tell. */
async function countFromSummaries(files: DayFiles, plan: Plan, slots: Slots, pace: Pace): Promise<number[] | null> {
  const counts = zeroCounts(slots);
  const isComplete = await countMatching(files, plan, slots, pace, (_, slot, levelIndex, count) => {
    counts[slot * LEVELS.length + levelIndex]! += count;
  });
  return isComplete ? counts : null;
}

/** Counts matching records by logger, slot and level; false when the summaries of some day cannot tell. */
async function countMatching(files: DayFiles, plan: Plan, slots: Slots, pace: Pace, add: AddCount): Promise<boolean> {
  for (const day of files.days()) {
    if (!slots.touches(day)) continue;
    await pace.pause();
    const summary = files.summary(day);
    const levels = countedLevels(plan, summary);
    if (!levels) return false;
    const loggers = new Set(candidateLoggers(plan, summary));
    countDay(files, day, summary, { slots, issuesOnly: false }, (logger, slot, levelIndex, count) => {
      if (loggers.has(logger) && levels.has(levelIndex)) add(logger, slot, levelIndex, count);
    });
  }
  return true;
}

/**
 * See `LogStore.facets`. Services and loggers are counted from summaries where these can tell, all else in one walk of
 * the records.
 */
export async function readFacets(
  files: DayFiles,
  { fields, query, from, to, limit }: Omit<FacetsRequest, 'signal'>,
  pace: Pace,
): Promise<Facets[]> {
  const plan = planQuery(query);
  const slots = new Slots([from ?? 0n, to ?? END_OF_TIME]);
  const counted = (await countNames(files, plan, slots, pace, fields)) ?? new Map<Field, DistinctValues>();
  const walked = new Map(
    fields.filter((field) => !counted.has(field)).map((field) => [field, new DistinctValues()] as const),
  );
  if (walked.size > 0) {
    const tallies = [...walked].map(([field, values]) => ({ values, textsOf: fieldTexts(field) }));
    for await (const { records } of walk(files, { plan, order: 'newest', from, to, firstRows: MANY_ROWS }, pace)) {
      for (const record of records) {
        for (const { values, textsOf } of tallies) for (const text of textsOf(record)) values.add(text, 1);
      }
      if (pace.isExhausted) {
        for (const { values } of tallies) values.isComplete = false;
        break;
      }
    }
  }
  return fields.map((field) => (counted.get(field) ?? walked.get(field)!).mostFrequent(limit));
}

/** Those of the fields that summaries count, or null when some day's cannot tell. */
async function countNames(
  files: DayFiles,
  plan: Plan,
  slots: Slots,
  pace: Pace,
  fields: readonly Field[],
): Promise<Map<Field, DistinctValues> | null> {
  const names = fields.filter(isLoggerField).map((field) => ({ field, values: new DistinctValues() }));
  if (names.length === 0) return null;
  const isComplete = await countMatching(files, plan, slots, pace, (logger, _, __, count) => {
    for (const { field, values } of names) {
      // A field that is empty is absent.
      if (logger[field.name] !== '') values.add(logger[field.name], count);
    }
  });
  return isComplete ? new Map(names.map(({ field, values }) => [field, values])) : null;
}

const isLoggerField = (field: Field): field is Field & { kind: 'named'; name: 'service' | 'logger' } =>
  field.kind === 'named' && (field.name === 'service' || field.name === 'logger');

/** Values with their counts, as many as may be held. */
class DistinctValues {
  readonly #counts = new Map<string, number>();
  #characters = 0;
  /** Whether everything there was is in it. */
  isComplete = true;

  add(value: string, amount: number): void {
    const count = this.#counts.get(value);
    if (count !== undefined) this.#counts.set(value, count + amount);
    else if (this.#counts.size < VALUES_HELD && this.#characters + value.length <= VALUE_CHARACTERS_HELD) {
      this.#counts.set(value, amount);
      this.#characters += value.length;
    } else this.isComplete = false;
  }

  mostFrequent(limit: number): Facets {
    const values = [...this.#counts].map(([value, count]) => ({ value, count }));
    values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
    return { values: values.slice(0, limit), complete: this.isComplete };
  }
}
