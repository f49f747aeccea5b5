import type { AnyValue } from '../record/any-value.ts';
import type { LogRecord } from '../record/log-record.ts';
import { LEVELS, levelIndexOf, levelOf, type NamedLevel } from '../record/severity.ts';
import { valueText } from '../record/value-text.ts';
import { fieldReader, scalarText } from './field-values.ts';
import { fold } from './fold.ts';
import type { Comparison, Field, FieldTest, Query } from './tree.ts';

type Matcher = (record: LogRecord) => boolean;

/**
 * What a query means: the function says whether a record matches. Every store answers as this does, however it finds
 * its records (docs/query-language.md has the rules in words).
 */
export function compileQuery(query: Query): Matcher {
  return compile(query, foldedTextReader());
}

/** The texts that words are looked for in, folded: the body's and the stack trace's. */
type FoldedTexts = (record: SearchedRecord) => readonly string[];

/** A record that a store searches again and again may hold its folded texts. */
interface SearchedRecord extends LogRecord {
  /** As `foldTexts` gives them. */
  readonly foldedTexts?: readonly string[];
}

function compile(query: Query, foldedTexts: FoldedTexts): Matcher {
  switch (query.type) {
    case 'all':
      return () => true;
    case 'and': {
      const terms = query.terms.map((term) => compile(term, foldedTexts));
      return (record) => terms.every((matches) => matches(record));
    }
    case 'or': {
      const terms = query.terms.map((term) => compile(term, foldedTexts));
      return (record) => terms.some((matches) => matches(record));
    }
    case 'not': {
      const matches = compile(query.term, foldedTexts);
      return (record) => !matches(record);
    }
    case 'text': {
      const text = fold(query.text);
      return (record) => foldedTexts(record).some((folded) => folded.includes(text));
    }
    case 'level':
      return compileLevelComparison(query.op, query.level);
    case 'field':
      return compileFieldTest(query.field, query.test);
  }
}

/** The body's text, then the stack trace's if there is one, folded. */
export function foldTexts({ body, attributes }: Pick<LogRecord, 'body' | 'attributes'>): readonly string[] {
  const stackTrace = attributes.get('exception.stacktrace');
  const folded = fold(valueText(body));
  return stackTrace === undefined ? [folded] : [folded, fold(valueText(stackTrace))];
}

/** Folds a record's texts once, however many words of the query ask for them. Records never change, so one is known by its identity. */
function foldedTextReader(): FoldedTexts {
  let lastRecord: LogRecord | null = null;
  let lastTexts: readonly string[] = [];
  return (record) => {
    if (record.foldedTexts) return record.foldedTexts;
    if (record !== lastRecord) {
      lastTexts = foldTexts(record);
      lastRecord = record;
    }
    return lastTexts;
  };
}

/** Levels in their order; a record without a severity number stands in none of it. */
function compileLevelComparison(op: Comparison, level: NamedLevel): Matcher {
  const bound = LEVELS.indexOf(level);
  const unspecified = LEVELS.indexOf('UNSPECIFIED');
  return (record) => {
    const index = levelIndexOf(record.severityNumber);
    return index !== unspecified && compare(index, op, bound);
  };
}

function compileFieldTest(field: Field, test: FieldTest): Matcher {
  if (field.kind === 'named' && field.name === 'level' && (test.op === 'equals' || test.op === 'prefix')) {
    return compileLevelName(test.value, test.op === 'prefix');
  }
  const read = fieldReader(field);
  switch (test.op) {
    case 'present':
      return (record) => read(record) !== undefined;
    case 'equals': {
      const { value } = test;
      return (record) => read(record)?.some((item) => item !== null && scalarText(item) === value) ?? false;
    }
    case 'prefix': {
      const { value } = test;
      return (record) => read(record)?.some((item) => item !== null && scalarText(item).startsWith(value)) ?? false;
    }
    default: {
      const { op, value } = test;
      const matches = (item: AnyValue) => {
        const number = numberOf(item);
        return number !== null && compare(number, op, value);
      };
      return (record) => read(record)?.some(matches) ?? false;
    }
  }
}

/** Level names and severity texts, in any case: both what the number says and what the client wrote. */
function compileLevelName(value: string, prefix: boolean): Matcher {
  const wanted = fold(value);
  const matches = (name: string) => (prefix ? name.startsWith(wanted) : name === wanted);
  const levels = new Set(LEVELS.filter((level) => matches(fold(level))));
  return (record) =>
    levels.has(levelOf(record.severityNumber)) || (record.severityText !== '' && matches(fold(record.severityText)));
}

/** Longer digit strings are no measurements, and converting hostile ones would cost time. */
const PLAIN_DECIMAL = /^-?\d{1,30}(\.\d{1,30})?$/;

export function compare(value: number | bigint, op: Comparison, bound: number | bigint): boolean {
  switch (op) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
  }
}

/** JavaScript compares a bigint with a number exactly, so 64-bit integers stay exact here. */
export function numberOf(value: AnyValue): number | bigint | null {
  if (typeof value === 'bigint' || typeof value === 'number') return value;
  if (typeof value !== 'string' || !PLAIN_DECIMAL.test(value)) return null;
  return value.includes('.') ? Number(value) : BigInt(value);
}
