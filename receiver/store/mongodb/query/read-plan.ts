import type { FieldTest, NamedField, Query } from '../../../query/tree.ts';
import type { IndexName } from '../indexes.ts';
import { issueTerm, isWholeTerm, presenceTerm, TERM_FIELDS, termsOfEquality } from '../terms.ts';
import { allOf, type Condition, conditionOf, levelsThatCompare } from './condition.ts';

/** How the records that may match a query are found. */
export interface ReadPlan {
  readonly index: IndexName;
  /** On the index's fields before `_id`. */
  readonly equality: Condition;
  /** What else documents have to meet; null when the index alone finds them. */
  readonly rest: Condition | null;
  /** Whether every document that is found so matches. */
  readonly isExact: boolean;
}

/** Chooses the index that fewest records have to be looked at through: a trace, a term, a logger, in this order. */
export function planRead(query: Query): ReadPlan {
  const parts = query.type === 'and' ? query.terms : [query];
  const { index, equality, uses, areTermsExact = true } = chooseIndex(parts);
  const others = parts.filter((part) => part.type !== 'all' && !uses.includes(part));
  const isExact = others.length === 0 && areTermsExact && !Object.values(equality).includes('');
  return { index, equality, rest: allOf(others.map(conditionOf)), isExact };
}

interface Choice extends Omit<ReadPlan, 'rest' | 'isExact'> {
  /** The parts of the query that the equality says as well as a condition could. */
  readonly uses: readonly Query[];
  /** Whether every record with these terms meets the parts that they are used for. */
  readonly areTermsExact?: boolean;
}

function chooseIndex(parts: readonly Query[]): Choice {
  const trace = findEquality(parts, 'trace');
  if (trace) return { index: 'byTrace', equality: { traceId: trace.value }, uses: [trace.part] };
  const service = findEquality(parts, 'service');
  const logger = findEquality(parts, 'logger');
  const ofLogger = service && logger && { service: service.value, logger: logger.value };
  const usesOfLogger = ofLogger ? [service.part, logger.part] : [];
  const term = findTerm(parts);
  if (term && ofLogger) {
    return {
      index: 'byLoggerTerm',
      equality: { ...ofLogger, terms: term.terms },
      uses: [...usesOfLogger, ...term.uses],
      areTermsExact: term.isExact,
    };
  }
  if (term) return { index: 'byTerm', equality: { terms: term.terms }, uses: term.uses, areTermsExact: term.isExact };
  if (ofLogger) return { index: 'byLogger', equality: ofLogger, uses: usesOfLogger };
  return { index: 'byId', equality: {}, uses: [] };
}

interface Equality {
  readonly part: Query;
  readonly value: string;
}

function findEquality(parts: readonly Query[], name: NamedField): Equality | null {
  for (const part of parts) {
    const test = testOf(part, name);
    if (test?.op === 'equals' && test.value.isWellFormed()) return { part, value: test.value };
  }
  return null;
}

function testOf(part: Query, name: NamedField): FieldTest | null {
  return part.type === 'field' && part.field.kind === 'named' && part.field.name === name ? part.test : null;
}

interface TermChoice {
  readonly terms: string | { readonly $in: readonly string[] };
  readonly uses: readonly Query[];
  readonly isExact: boolean;
}

function findTerm(parts: readonly Query[]): TermChoice | null {
  for (const field of TERM_FIELDS) {
    const found = findEquality(parts, field);
    const terms = found && termsOfEquality(field, found.value);
    if (terms)
      return { terms: oneOf(terms), uses: [found.part], isExact: field === 'event' && isWholeTerm(found.value) };
  }
  return findPresence(parts) ?? findIssueLevels(parts);
}

/** `action:*`, `group:*`, and either of both. */
function findPresence(parts: readonly Query[]): TermChoice | null {
  for (const part of parts) {
    const terms = (part.type === 'or' ? part.terms : [part]).map(presenceTermOf);
    if (terms.length > 0 && terms.every((term) => term !== null))
      return { terms: oneOf(terms), uses: [part], isExact: true };
  }
  return null;
}

function presenceTermOf(part: Query): string | null {
  if (part.type !== 'field' || part.field.kind !== 'named' || part.test.op !== 'present') return null;
  return presenceTerm(part.field.name);
}

/** `level:>=warn` and the like. */
function findIssueLevels(parts: readonly Query[]): TermChoice | null {
  for (const part of parts) {
    if (part.type !== 'level') continue;
    const [lowest] = levelsThatCompare(part.op, part.level);
    if (lowest === 'WARN' || lowest === 'ERROR') return { terms: issueTerm(lowest), uses: [part], isExact: true };
    if (lowest === 'FATAL') return { terms: issueTerm('ERROR'), uses: [], isExact: false };
  }
  return null;
}

function oneOf(terms: readonly string[]): TermChoice['terms'] {
  return terms.length === 1 ? terms[0]! : { $in: terms };
}
