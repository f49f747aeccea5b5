import { sql } from 'kysely';
import { NAMED_ATTRIBUTES } from '../../../query/named-attributes.ts';
import type { FieldTest, NamedField } from '../../../query/tree.ts';
import { MANY, shortText } from '../plain-text.ts';
import { attributeFits, MAYBE_NUMBER } from './attribute-condition.ts';
import {
  ANY_ROW,
  allOf,
  anyOf,
  atMost,
  between,
  type Condition,
  EVERY_ROW,
  exactly,
  not,
  type SqlTruth,
} from './condition.ts';
import { equalsText, isKept, namesLevel, startsWith } from './text-condition.ts';

type Sql = ReturnType<typeof sql>;

/** Named fields of a record that are attributes with a short column of their own. */
const ATTRIBUTE_COLUMNS = {
  group: { column: sql`group_id`, keys: NAMED_ATTRIBUTES.group },
  actor: { column: sql`actor`, keys: NAMED_ATTRIBUTES.actor },
  action: { column: sql`action`, keys: NAMED_ATTRIBUTES.action },
  tool: { column: sql`tool`, keys: NAMED_ATTRIBUTES.tool },
  'object.type': { column: sql`object_type`, keys: NAMED_ATTRIBUTES['object.type'] },
  'object.id': { column: sql`object_id`, keys: NAMED_ATTRIBUTES['object.id'] },
} as const;

/** Short columns by the attribute that decides alone what they hold. */
const COLUMN_OF: ReadonlyMap<string, Sql> = new Map(
  Object.values(ATTRIBUTE_COLUMNS).map(({ column, keys }) => [keys[0], column]),
);

/** Rows of `record` whose attribute fits. What its short column rules out need not be looked for in the attributes. */
export function attributeFieldFits(key: string, test: FieldTest): Condition {
  const fits = attributeFits(key, test);
  const column = COLUMN_OF.get(key);
  return column && test.op === 'equals' ? allOf([exactly(mayEqual(column, test.value)), fits]) : fits;
}

/** Whether a `shortColumn` may be of this value; of an array it says nothing. */
function mayEqual(column: Sql, value: string): SqlTruth {
  return sql`${column} = any(${[shortText(value), MANY]}::text[])`;
}

/** Rows of `record` whose named field fits; those of service and logger are for `loggersThat` to find. */
export function namedFieldFits(name: Exclude<NamedField, 'service' | 'logger'>, test: FieldTest): Condition {
  switch (name) {
    case 'level':
      return levelFits(test);
    case 'body':
      return textFits(sql`body`, test);
    case 'trace':
      return textFits(sql`trace_id`, test);
    case 'span':
      return textFits(sql`span_id`, test);
    case 'event':
      return shortTextFits(sql`event_name`, test);
    default: {
      const { column, keys } = ATTRIBUTE_COLUMNS[name];
      return attributeColumnFits(column, keys, test);
    }
  }
}

function levelFits(test: FieldTest): Condition {
  if (test.op === 'present') return EVERY_ROW;
  // Numbers that severity texts spell are for the evaluator.
  return test.op === 'equals' || test.op === 'prefix' ? namesLevel(test.value, test.op === 'prefix') : ANY_ROW;
}

/** Of a text column; null is an absent field. */
function textFits(column: Sql, test: FieldTest): Condition {
  switch (test.op) {
    case 'present':
      return exactly(sql`${column} is not null`);
    case 'equals':
      return equalsText(column, test.value);
    case 'prefix':
      return startsWith(column, test.value);
    default:
      return atMost(sql`${column} ~ ${MAYBE_NUMBER}`);
  }
}

/** Of a column of `shortText`: longer values may have the same. */
function shortTextFits(column: Sql, test: FieldTest): Condition {
  if (test.op !== 'equals' && test.op !== 'prefix') return textFits(column, test);
  const { value } = test;
  const isWhole = isKept(value) && shortText(`${value}..`).length === value.length + 2;
  if (test.op === 'equals') return isWhole ? equalsText(column, value) : atMost(sql`${column} = ${shortText(value)}`);
  return isWhole ? startsWith(column, value) : startsWithCut(column, value);
}

function startsWithCut(column: Sql, value: string): Condition {
  const cut = shortText(value);
  return isKept(cut) ? atMost(sql`starts_with(${column}, ${cut})`) : atMost(startsWith(column, value).may);
}

/** Of a column of `shortColumn`: an array's rows are for the evaluator, and so is what is no text. */
function attributeColumnFits(column: Sql, keys: readonly string[], test: FieldTest): Condition {
  const ofAttributes = (): Condition => anyOf(keys.map((key) => attributeFits(key, test)));
  // The first of several names decides alone, whatever it holds, so only `present` asks for any of them.
  if (test.op === 'present') return ofAttributes();
  if (test.op !== 'equals' && test.op !== 'prefix')
    return keys.length === 1 ? ofAttributes() : atMost(ofAttributes().may);
  if (test.op === 'equals') {
    const may = mayEqual(column, test.value);
    if (test.value === MANY || !shortTextFits(column, test).isExact) return atMost(may);
    return between(shortTextFits(column, test).must, may);
  }
  const isMany = exactly(sql`${column} = ${MANY}`);
  return anyOf([allOf([shortTextFits(column, test), not(isMany)]), atMost(isMany.may)]);
}
