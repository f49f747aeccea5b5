import { sql } from 'kysely';
import { fold } from '../../../query/fold.ts';
import type { Comparison } from '../../../query/tree.ts';
import { LEVELS, type Level, LOWEST_SEVERITY, type NamedLevel } from '../../../record/severity.ts';
import { STACK_SEPARATOR } from '../copy-rows.ts';
import { isPlainText, plainText } from '../plain-text.ts';
import { allOf, anyOf, atMost, type Condition, EVERY_ROW, exactly, NO_ROW } from './condition.ts';

/** What text search looks at; the trigram index is of the same expression. */
const SEARCHED = sql`coalesce(folded, lower(body collate "C"))`;

const REPLACEMENT = '\ufffd';
const LONE_SURROGATE = /\p{Surrogate}+/u;

/** Rows whose body or stack trace contains a text, in any case. */
export function containsText(text: string): Condition {
  const needle = fold(text);
  if (needle === '') return EVERY_ROW;
  // Half of a pair matches a whole one in the record: only what stands around it is looked for.
  const pieces = needle.replaceAll('\0', REPLACEMENT).split(LONE_SURROGATE);
  const contains = sql<boolean>`${SEARCHED} like ${`%${pieces.map(escapeLike).join('%')}%`}`;
  const isCertain = isPlainText(needle) && !needle.includes(REPLACEMENT) && !needle.includes(STACK_SEPARATOR);
  return isCertain ? exactly(contains) : atMost(contains);
}

/** A text as a pattern of `like` that nothing else matches. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&');
}

/** Rows whose level stands in this order to another; a row without a severity number in none. */
export function comparesLevel(op: Comparison, level: NamedLevel): Condition {
  const fits: Readonly<Record<Comparison, (index: number, bound: number) => boolean>> = {
    '<': (index, bound) => index < bound,
    '<=': (index, bound) => index <= bound,
    '>': (index, bound) => index > bound,
    '>=': (index, bound) => index >= bound,
  };
  const bound = LEVELS.indexOf(level);
  const levels = LEVELS.filter((each, index) => each !== 'UNSPECIFIED' && fits[op](index, bound));
  return inLevels(levels);
}

/** Rows of a level by its name, or by their severity text, in any case. */
export function namesLevel(value: string, isPrefix: boolean): Condition {
  const wanted = fold(value);
  const levels = LEVELS.filter((level) => (isPrefix ? fold(level).startsWith(wanted) : fold(level) === wanted));
  if (levels.length === LEVELS.length) return EVERY_ROW;
  return anyOf([inLevels(levels), hasSeverityText(wanted, isPrefix)]);
}

/** `lower` of "C" folds ASCII alone, so any other text may fold to what is wanted. */
function hasSeverityText(wanted: string, isPrefix: boolean): Condition {
  const folded = sql`lower(severity_text collate "C")`;
  const fits = isPrefix ? startsWith(folded, wanted) : equalsText(folded, wanted);
  return anyOf([fits, atMost(sql`octet_length(severity_text) <> char_length(severity_text)`)]);
}

function inLevels(levels: readonly Level[]): Condition {
  if (levels.length === 0) return NO_ROW;
  // Neighbours make one range, so that the partial indexes of warnings and errors are seen to fit.
  const ranges = levels.map(severitiesOf).sort((one, other) => one.from - other.from);
  const joined: { from: number; to: number }[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last?.to === range.from) last.to = range.to;
    else joined.push({ ...range });
  }
  return anyOf(joined.map(({ from, to }) => allOf([...lowest(from), ...highest(to)])));
}

const lowest = (from: number): Condition[] =>
  from === Number.NEGATIVE_INFINITY ? [] : [exactly(sql`severity_number >= ${sql.lit(from)}`)];
const highest = (to: number): Condition[] =>
  to === Number.POSITIVE_INFINITY ? [] : [exactly(sql`severity_number < ${sql.lit(to)}`)];

/** Severity numbers of a level, `[from, to)`. */
function severitiesOf(level: Level): { readonly from: number; readonly to: number } {
  if (level === 'UNSPECIFIED') return { from: Number.NEGATIVE_INFINITY, to: LOWEST_SEVERITY.TRACE };
  const from = LOWEST_SEVERITY[level];
  return { from, to: level === 'FATAL' ? Number.POSITIVE_INFINITY : from + 4 };
}

/** Rows where a plain text (`plainText`) was this value. */
export function equalsText(column: ReturnType<typeof sql>, value: string): Condition {
  const equals = sql<boolean>`${column} = ${plainText(value)}`;
  return isKept(value) ? exactly(equals) : atMost(equals);
}

/** Rows where a plain text began with this value. */
export function startsWith(column: ReturnType<typeof sql>, value: string): Condition {
  const begins = sql<boolean>`starts_with(${column}, ${plainStart(value)})`;
  return isKept(value) ? exactly(begins) : atMost(begins);
}

/** Whether a text that became this one by `plainText` was this one before. */
export function isKept(value: string): boolean {
  return isPlainText(value) && !value.includes(REPLACEMENT);
}

/** The beginning that a text column holds as it is: half of a pair may begin a whole one there. */
function plainStart(value: string): string {
  const strange = value.search(/\0|\p{Surrogate}/u);
  return strange < 0 ? value : value.slice(0, strange);
}
