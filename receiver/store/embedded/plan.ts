import { compileQuery } from '../../query/evaluate.ts';
import { and, type NamedField, type Query } from '../../query/tree.ts';
import type { LogRecord } from '../../record/log-record.ts';
import { LEVELS, levelIndexOf, WARNING_FROM } from '../../record/severity.ts';
import type { DaySummary, LoggerSummary, RowSource, Severity } from './day-reader.ts';
import { keyOf, MANY_VALUES, traceKeyOf } from './keys.ts';
import { isErrorLevel } from './logger-table.ts';

type Matcher = (record: LogRecord) => boolean;

/** A query taken apart by what each of its AND terms needs to see. All parts must hold. */
export interface Plan {
  /** Asks for service and logger alone: told from a day's table of loggers. Null when no term does. */
  readonly loggers: ((logger: { readonly service: string; readonly logger: string }) => boolean) | null;
  /** Asks for the level alone: told from a day's table of severities. */
  readonly severities: ((severity: Severity) => boolean) | null;
  /** Narrows by an index of keys; terms of these are in `rest` too, for a key stands for more than one text. */
  readonly key: { readonly column: KeyColumn; readonly keys: readonly number[] } | null;
  /** What only the record itself can tell; null when nothing is left to ask. */
  readonly rest: Matcher | null;
}

const INDEX_OF_KEY = {
  trace_key: 'record_by_trace',
  group_key: 'record_by_group',
  object_key: 'record_by_object',
} as const;
type KeyColumn = keyof typeof INDEX_OF_KEY;

export function planQuery(query: Query): Plan {
  const terms = query.type === 'and' ? query.terms : [query];
  const ofLoggers = terms.filter((term) => asksOnly(term, ['service', 'logger']));
  const ofSeverities = terms.filter((term) => asksOnly(term, ['level']));
  const rest = terms.filter((term) => term.type !== 'all' && !ofLoggers.includes(term) && !ofSeverities.includes(term));
  // These terms look at nothing of a record but what they are given here.
  const matchLoggers = compileQuery(and(...ofLoggers)) as (logger: object) => boolean;
  const matchSeverities = compileQuery(and(...ofSeverities)) as (severity: object) => boolean;
  return {
    loggers: ofLoggers.length > 0 ? matchLoggers : null,
    severities: ofSeverities.length > 0 ? matchSeverities : null,
    key: rest.map(keyOfTerm).find((key) => key !== null) ?? null,
    rest: rest.length > 0 ? compileQuery(and(...rest)) : null,
  };
}

/** Whether a query can be answered from these fields. */
function asksOnly(query: Query, fields: readonly NamedField[]): boolean {
  switch (query.type) {
    case 'and':
    case 'or':
      return query.terms.every((term) => asksOnly(term, fields));
    case 'not':
      return asksOnly(query.term, fields);
    case 'level':
      return fields.includes('level');
    case 'field':
      return query.field.kind === 'named' && fields.includes(query.field.name);
    default:
      return false;
  }
}

function keyOfTerm(query: Query): Plan['key'] {
  if (query.type !== 'field' || query.field.kind === 'resource' || query.test.op !== 'equals') return null;
  const { value } = query.test;
  const name = query.field.kind === 'named' ? query.field.name : query.field.key;
  switch (name) {
    case 'trace': {
      const key = query.field.kind === 'named' ? traceKeyOf(value) : null;
      return key === null ? null : { column: 'trace_key', keys: [key] };
    }
    case 'group':
    case 'logvitals.group.id':
      if (name === 'group' && query.field.kind === 'attribute') return null;
      return { column: 'group_key', keys: [keyOf(value), MANY_VALUES] };
    case 'object.id':
    case 'logvitals.object.id':
      if (name === 'object.id' && query.field.kind === 'attribute') return null;
      return { column: 'object_key', keys: [keyOf(value), MANY_VALUES] };
    default:
      return null;
  }
}

/** How a day is searched by a plan. */
export interface DayPlan {
  /** To be merged; none when the day can hold no match. */
  readonly sources: readonly RowSource[];
  /** What is left to ask of each row. */
  readonly matches: Matcher | null;
}

/** Loggers beyond so many are not walked one by one and merged, but picked out of all. */
const MERGED_LOGGERS = 32;

export function planDay(plan: Plan, summary: DaySummary): DayPlan {
  const loggers = candidateLoggers(plan, summary);
  const severities = candidateSeverities(plan, summary);
  const areAllIssues = severities?.every(([, { severityNumber }]) => severityNumber >= WARNING_FROM) ?? false;
  const areAllErrors =
    severities?.every(([, { severityNumber }]) => isErrorLevel(levelIndexOf(severityNumber))) ?? false;
  const isNowhere =
    loggers.length === 0 ||
    severities?.length === 0 ||
    (areAllIssues && loggers.every(({ newestIssue }) => newestIssue === null)) ||
    (areAllErrors && loggers.every(({ newestError }) => newestError === null));
  if (isNowhere) return { sources: [], matches: null };

  const conditions: string[] = [];
  if (areAllIssues) conditions.push(`severity >= ${WARNING_FROM}`);
  if (severities && severities.length < (summary.severities?.size ?? 0)) {
    conditions.push(`severity_kind IN (${severities.map(([id]) => id).join()})`);
  }
  // Too many pairs to look up: each row is asked.
  const asked = [plan.severities && !severities ? (plan.severities as Matcher) : null, plan.rest].filter(
    (m) => m !== null,
  );
  const matches = asked.length > 0 ? (record: LogRecord) => asked.every((matcher) => matcher(record)) : null;

  const isEveryLogger = loggers.length === summary.loggers.size;
  const pickLoggers = isEveryLogger ? [] : [`logger IN (${loggers.map(({ id }) => id).join()})`];
  if (plan.key) {
    const { column, keys } = plan.key;
    const sources = keys.map((key) => ({
      index: INDEX_OF_KEY[column],
      conditions: [`${column} = ${key}`, ...pickLoggers, ...conditions],
    }));
    return { sources, matches };
  }
  if (isEveryLogger || loggers.length > MERGED_LOGGERS) {
    const index = areAllIssues ? 'issue_by_time' : 'record_by_time';
    return { sources: [{ index, conditions: [...pickLoggers, ...conditions] }], matches };
  }
  const index = areAllIssues ? 'issue_by_logger' : 'record_by_logger';
  const sources = loggers.map(({ id }) => ({ index, conditions: [`logger = ${id}`, ...conditions] }));
  return { sources, matches };
}

export function candidateLoggers(plan: Plan, summary: DaySummary): LoggerSummary[] {
  const loggers = [...summary.loggers.values()];
  return plan.loggers ? loggers.filter(plan.loggers) : loggers;
}

/** The day's severities that match, or null when all do, or when the day has too many to tell. */
function candidateSeverities(plan: Plan, summary: DaySummary): [number, Severity][] | null {
  const { severities } = plan;
  if (!severities || !summary.severities) return null;
  return [...summary.severities].filter(([, severity]) => severities(severity));
}

/**
 * Which levels' records match, when that can be told from the counts alone; null when it can't: a level whose records
 * match in part, or something to ask of the records themselves.
 */
export function countedLevels(plan: Plan, summary: DaySummary): ReadonlySet<number> | null {
  const all = LEVELS.map((_, levelIndex) => levelIndex);
  if (plan.rest) return null;
  if (!plan.severities) return new Set(all);
  if (!summary.severities) return null;
  const matching = new Set<number>();
  const others = new Set<number>();
  for (const severity of summary.severities.values()) {
    (plan.severities(severity) ? matching : others).add(levelIndexOf(severity.severityNumber));
  }
  return [...matching].some((levelIndex) => others.has(levelIndex)) ? null : matching;
}
