import type { Document } from 'mongodb';
import { compare } from '../../../query/evaluate.ts';
import { fold } from '../../../query/fold.ts';
import type { Comparison, Field, FieldTest, NamedField, Query } from '../../../query/tree.ts';
import { LEVELS, type Level, type NamedLevel } from '../../../record/severity.ts';
import { pathOf } from '../readable.ts';
import { presenceTerm, TERM_FIELDS, type TermField, termsOfEquality } from '../terms.ts';
import { prefixPattern, textPattern } from './text-pattern.ts';

/** What a document must have. */
export type Condition = Document;

/**
 * A condition that every document of a matching record meets, others perhaps too; null where all documents may match.
 * `compileQuery` decides.
 */
export function conditionOf(query: Query): Condition | null {
  switch (query.type) {
    case 'all':
    // What is let through too generously would be held back too strictly.
    case 'not':
      return null;
    case 'and':
      return allOf(query.terms.map(conditionOf));
    case 'or':
      return anyOf(query.terms.map(conditionOf));
    case 'text':
      return textCondition(query.text);
    case 'level':
      return { level: { $in: levelsThatCompare(query.op, query.level) } };
    case 'field':
      return fieldCondition(query.field, query.test);
  }
}

export function allOf(conditions: readonly (Condition | null)[]): Condition | null {
  const some = conditions.filter((condition) => condition !== null);
  return some.length > 1 ? { $and: some } : (some[0] ?? null);
}

function anyOf(conditions: readonly (Condition | null)[]): Condition | null {
  const some = conditions.filter((condition) => condition !== null);
  if (some.length < conditions.length) return null;
  return some.length === 1 ? some[0]! : { $or: some };
}

/** The levels that a comparison is true of, by their numbers. */
export function levelsThatCompare(op: Comparison, level: NamedLevel): Level[] {
  const bound = LEVELS.indexOf(level);
  return LEVELS.filter((name, index) => name !== 'UNSPECIFIED' && compare(index, op, bound));
}

/** Texts are where people read them; what is no text is looked for in its exact form. */
function textCondition(text: string): Condition | null {
  const pattern = textPattern(text);
  if (pattern === null) return null;
  return {
    $or: [
      { body: { $regex: pattern } },
      { 'attributes.exception.stacktrace': { $regex: pattern } },
      { 'exact.body': { $regex: pattern } },
      { 'exact.attributes': { $exists: true } },
    ],
  };
}

function fieldCondition(field: Field, test: FieldTest): Condition | null {
  switch (field.kind) {
    case 'attribute':
      return attributeCondition('attributes', field.key, test);
    case 'resource':
      return attributeCondition('resource', field.key, test);
    case 'named':
      return namedCondition(field.name, test);
  }
}

/** Named fields that stand in a field of the document as they are. */
const DOCUMENT_FIELDS: Partial<Readonly<Record<NamedField, string>>> = {
  service: 'service',
  logger: 'logger',
  event: 'eventName',
  trace: 'traceId',
  span: 'spanId',
};

function namedCondition(name: NamedField, test: FieldTest): Condition | null {
  if (name === 'level') return test.op === 'equals' ? levelCondition(test.value) : null;
  if (name === 'body') return test.op === 'present' ? { body: { $exists: true } } : bodyCondition(test);
  const field = DOCUMENT_FIELDS[name];
  if (field !== undefined) return textFieldCondition(field, test);
  const presence = test.op === 'present' ? presenceTerm(name) : null;
  if (presence !== null) return { terms: presence };
  const terms = test.op === 'equals' && isTermField(name) ? termsOfEquality(name, test.value) : null;
  // Any term at all: other tests are seldom.
  return terms ? { terms: terms.length === 1 ? terms[0] : { $in: terms } } : { terms: { $exists: true } };
}

function isTermField(name: NamedField): name is TermField {
  return TERM_FIELDS.some((field) => field === name);
}

function levelCondition(value: string): Condition | null {
  const terms = termsOfEquality('level', value);
  if (terms) return { terms: terms[0] };
  const wanted = fold(value);
  const pattern = textPattern(value);
  if (pattern === null) return null;
  return {
    $or: [{ level: { $in: LEVELS.filter((level) => fold(level) === wanted) } }, { severityText: { $regex: pattern } }],
  };
}

function bodyCondition(test: FieldTest): Condition | null {
  const ofText = textFieldCondition('body', test);
  return ofText && { $or: [ofText, { 'exact.body': { $exists: true } }] };
}

/** Of a field that holds a text, or nothing. */
function textFieldCondition(name: string, test: FieldTest): Condition | null {
  switch (test.op) {
    case 'equals':
      return test.value.isWellFormed() ? { [name]: test.value } : null;
    case 'prefix': {
      const pattern = prefixPattern(test.value);
      return pattern === null ? null : { [name]: { $regex: pattern } };
    }
    default:
      return { [name]: { $exists: true } };
  }
}

/** Attributes whose readable form is not exact are all let through. */
function attributeCondition(container: 'attributes' | 'resource', key: string, test: FieldTest): Condition {
  const isInexact = { [`exact.${container}`]: { $exists: true } };
  const path = pathOf(key);
  if (path === null) return isInexact;
  const name = [container, ...path].join('.');
  const values = test.op === 'equals' ? valuesOfText(test.value) : null;
  return { $or: [{ [name]: values ? { $in: values } : { $exists: true } }, isInexact] };
}

/** The plain values that a text stands for in a query; null for a text that MongoDB cannot hold. */
function valuesOfText(text: string): (string | boolean | number | bigint)[] | null {
  if (!text.isWellFormed()) return null;
  const values: (string | boolean | number | bigint)[] = [text];
  if (text === 'true' || text === 'false') values.push(text === 'true');
  if (/^-?\d{1,19}$/.test(text)) {
    const whole = BigInt(text);
    if (BigInt.asIntN(64, whole) === whole) values.push(whole);
  }
  const number = Number(text);
  if (String(number) === text && Number.isFinite(number)) values.push(number);
  return values;
}
