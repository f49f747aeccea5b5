import { fieldTexts } from '../../query/field-values.ts';
import { LEVELS, levelIndexOf } from '../../record/severity.ts';
import type { Facets, FacetsRequest, Histogram, HistogramRequest } from '../store.ts';
import type { DayFiles } from './day-files.ts';
import type { Pace } from './pace.ts';
import { candidateLoggers, countedLevels, type Plan, planQuery } from './plan.ts';
import { countDay, Slots, zeroCounts } from './slots.ts';
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

/** The counts, or null when the summaries of some day cannot tell. */
async function countFromSummaries(files: DayFiles, plan: Plan, slots: Slots, pace: Pace): Promise<number[] | null> {
  const counts = zeroCounts(slots);
  for (const day of files.days()) {
    if (!slots.touches(day)) continue;
    await pace.pause();
    const summary = files.summary(day);
    const levels = countedLevels(plan, summary);
    if (!levels) return null;
    const loggers = new Set(candidateLoggers(plan, summary));
    countDay(files, day, summary, { slots, issuesOnly: false }, (logger, slot, levelIndex, count) => {
      if (loggers.has(logger) && levels.has(levelIndex)) counts[slot * LEVELS.length + levelIndex]! += count;
    });
  }
  return counts;
}

/** See `LogStore.facets`. */
export async function readFacets(
  files: DayFiles,
  { field, query, from, to, limit }: Omit<FacetsRequest, 'signal'>,
  pace: Pace,
): Promise<Facets> {
  const textsOf = fieldTexts(field);
  const counts = new Map<string, number>();
  let characters = 0;
  let complete = true;
  for await (const { records } of walk(
    files,
    { plan: planQuery(query), order: 'newest', from, to, firstRows: MANY_ROWS },
    pace,
  )) {
    for (const text of records.flatMap(textsOf)) {
      const count = counts.get(text);
      if (count !== undefined) counts.set(text, count + 1);
      else if (counts.size < VALUES_HELD && characters + text.length <= VALUE_CHARACTERS_HELD) {
        counts.set(text, 1);
        characters += text.length;
      } else complete = false;
    }
    if (pace.isExhausted) {
      complete = false;
      break;
    }
  }
  const values = [...counts].map(([value, count]) => ({ value, count }));
  values.sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  return { values: values.slice(0, limit), complete };
}
