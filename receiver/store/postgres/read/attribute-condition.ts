import { sql } from 'kysely';
import type { FieldTest } from '../../../query/tree.ts';
import { isPlainText, plainText } from '../plain-text.ts';
import { allOf, anyOf, atMost, type Condition, exactly, NO_ROW } from './condition.ts';
import { isKept, startsWith } from './text-condition.ts';

/** Beginnings of texts that may be numbers (`numberOf` has the last word). */
export const MAYBE_NUMBER = '^-?[0-9]';

/**
 * Rows of `record` or `resource` whose attribute fits. Where a row has `exact`, its readable attributes do not say all,
 * and the evaluator decides.
 */
export function attributeFits(key: string, test: FieldTest): Condition {
  const isThere = hasKey(key);
  if (test.op === 'present') return isThere;
  const value = sql`attributes -> ${plainText(key)}`;
  const readable = readableFits(value, sql`attributes ->> ${plainText(key)}`, test);
  const isReadable = exactly(sql`exact is null`);
  const isUnreadable = atMost(sql`exact is not null`);
  return allOf([isThere, anyOf([allOf([isReadable, readable]), isUnreadable])]);
}

/** Rows that have an attribute, of whatever value. */
function hasKey(key: string): Condition {
  const has = sql<boolean>`attributes ? ${plainText(key)}`;
  return isKept(key) ? exactly(has) : atMost(has);
}

type Sql = ReturnType<typeof sql>;

function readableFits(value: Sql, text: Sql, test: Exclude<FieldTest, { op: 'present' }>): Condition {
  switch (test.op) {
    case 'equals':
      return equalsReadable(value, test.value);
    case 'prefix':
      return beginsReadable(value, text, test.value);
    default:
      return comparesReadable(value, text, test.op, test.value);
  }
}

/** `@>` holds for a scalar and for an array that has it among its elements, as equality of fields does. */
function equalsReadable(value: Sql, wanted: string): Condition {
  if (!isPlainText(wanted)) return NO_ROW;
  const equals = exactly(sql`(${value}) @> any(${scalarsOf(wanted)}::jsonb[])`);
  return wanted.startsWith('{') ? anyOf([equals, holdsNested(value)]) : equals;
}

/** The JSON scalars that a query writes like this. */
function scalarsOf(text: string): string[] {
  const scalars = [JSON.stringify(text)];
  if (text === 'true' || text === 'false') scalars.push(text);
  const number = Number(text);
  if (Number.isFinite(number) && String(number) === text) scalars.push(JSON.stringify(number));
  return scalars;
}

/** Maps and arrays within arrays have a text, too: their OTLP JSON. */
const holdsNested = (value: Sql): Condition => atMost(sql`jsonb_typeof(${value}) in ('object', 'array')`);

function beginsReadable(value: Sql, text: Sql, wanted: string): Condition {
  const kind = sql`jsonb_typeof(${value})`;
  const begins = startsWith(text, wanted);
  return anyOf([
    allOf([exactly(sql`${kind} in ('string', 'boolean')`), begins]),
    // PostgreSQL writes small fractions without an exponent.
    allOf([exactly(sql`${kind} = 'number' and ${text} not like '%.%'`), begins]),
    atMost(sql`${kind} = 'number' and ${text} like '%.%'`),
    holdsNested(value),
  ]);
}

function comparesReadable(value: Sql, text: Sql, op: '<' | '<=' | '>' | '>=', bound: number | bigint): Condition {
  const kind = sql`jsonb_typeof(${value})`;
  const number = sql`case when ${kind} = 'number' then (${value})::numeric end`;
  return anyOf([
    exactly(sql`${number} ${sql.raw(op)} ${decimal(bound)}::numeric`),
    atMost(sql`${kind} = 'array'`),
    atMost(sql`${kind} = 'string' and ${text} ~ ${MAYBE_NUMBER}`),
  ]);
}

/** All digits of a whole number; of a fraction as many as tell it from any other, which keeps the order. */
function decimal(bound: number | bigint): string {
  return typeof bound === 'number' && Number.isInteger(bound) ? BigInt(bound).toString() : String(bound);
}
