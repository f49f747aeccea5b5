import { fieldNamed, KEYWORDS, RESERVED_VALUE_START, RESOURCE_PREFIX, WORD_END } from './syntax.ts';
import type { Field, FieldTest, Query } from './tree.ts';

/**
 * A query as text, for links and search boxes: parsing it gives the same tree back. (Trees that no text stands for,
 * with an empty word or a joint of fewer than two terms, come back as what they mean or not at all.)
 */
export function formatQuery(query: Query): string {
  return query.type === 'all' ? '' : format(query);
}

function format(query: Query): string {
  switch (query.type) {
    case 'all':
      return '*';
    case 'and':
      return query.terms.map((term) => (isJoint(term) ? `(${format(term)})` : format(term))).join(' ');
    case 'or':
      return query.terms.map((term) => (term.type === 'or' ? `(${format(term)})` : format(term))).join(' OR ');
    case 'not':
      return isJoint(query.term) || query.term.type === 'not' ? `-(${format(query.term)})` : `-${format(query.term)}`;
    case 'text':
      return formatWord(query.text);
    case 'level':
      return `level:${query.op}${query.level.toLowerCase()}`;
    case 'field':
      return `${formatField(query.field)}:${formatTest(query.test)}`;
  }
}

function isJoint(query: Query): boolean {
  return query.type === 'and' || query.type === 'or';
}

function formatWord(text: string): string {
  const isPlain = isBare(text) && !text.includes(':') && !text.startsWith('-') && !KEYWORDS.has(text);
  return isPlain ? text : quote(text);
}

/** A field as a query and a facet request name it. */
export function formatField(field: Field): string {
  if (field.kind === 'named') return field.name;
  const { key } = field;
  const isPlain = isBare(key) && !key.includes(':');
  if (field.kind === 'resource') return RESOURCE_PREFIX + (isPlain ? key : quote(key));
  const isTaken = fieldNamed(key).kind !== 'attribute';
  return isPlain && !isTaken && !/^[-\d]/.test(key) ? key : quote(key);
}

function formatTest(test: FieldTest): string {
  switch (test.op) {
    case 'present':
      return '*';
    case 'equals':
      return formatValue(test.value);
    case 'prefix':
      return `${formatValue(test.value)}*`;
    default:
      return `${test.op}${formatNumber(test.value)}`;
  }
}

/** Every digit of a whole number: an exponent would be read as a number that may be rounded. */
function formatNumber(value: number | bigint): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

function formatValue(value: string): string {
  return isBare(value) && !RESERVED_VALUE_START.test(value) ? value : quote(value);
}

/** Whether a text can stand without quotes as far as its characters go. */
function isBare(text: string): boolean {
  return text !== '' && !WORD_END.test(text) && !/[*\\]/.test(text);
}

function quote(text: string): string {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}
