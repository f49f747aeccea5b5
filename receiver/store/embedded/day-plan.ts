import type { LogRecord } from '../../record/log-record.ts';
import { LEVELS, levelIndexOf, WARNING_FROM } from '../../record/severity.ts';
import type { DaySummary, LoggerSummary, RowSource, Severity } from './day-reader.ts';
import { isErrorLevel } from './logger-table.ts';
import type { KeyColumn, Matcher, Plan } from './plan.ts';

/** How a day is searched by a plan. */
export interface DayPlan {
  /** To be merged; none when the day can hold no match. */
  readonly sources: readonly RowSource[];
  /** What is left to ask of each row; null when all of them match. */
  readonly matches: Matcher | null;
}

/** Loggers beyond so many are not walked one by one and merged, but picked out of all. */
const MERGED_LOGGERS = 32;
/** Loggers beyond so many are not listed to SQLite either: each row is asked. */
const LISTED_LOGGERS = 1000;

const INDEX_OF_KEY: Readonly<Record<KeyColumn, string>> = {
  trace_key: 'record_by_trace',
  group_key: 'record_by_group',
  object_key: 'record_by_object',
};

/** What of a day a plan is about. */
interface Candidates {
  readonly loggers: readonly LoggerSummary[];
  /** With their ids; null when all match, or when the day has too many to tell. */
  readonly severities: readonly (readonly [number, Severity])[] | null;
  /** Only warnings and errors match. */
  readonly areIssues: boolean;
}

export function planDay(plan: Plan, summary: DaySummary): DayPlan {
  const candidates: Candidates = {
    loggers: candidateLoggers(plan, summary),
    ...candidateSeverities(plan, summary),
  };
  if (holdsNone(candidates)) return { sources: [], matches: null };
  return { sources: sourcesOf(plan, summary, candidates), matches: rowMatcher(plan, candidates) };
}

export function candidateLoggers(plan: Plan, summary: DaySummary): LoggerSummary[] {
  const loggers = [...summary.loggers.values()];
  return plan.loggers ? loggers.filter(plan.loggers) : loggers;
}

function candidateSeverities(plan: Plan, summary: DaySummary): Pick<Candidates, 'severities' | 'areIssues'> {
  const matches = plan.severities;
  if (!matches || !summary.severities) return { severities: null, areIssues: false };
  const severities = [...summary.severities].filter(([, severity]) => matches(severity));
  return { severities, areIssues: severities.every(([, { severityNumber }]) => severityNumber >= WARNING_FROM) };
}

/** Whether the summary alone tells that the day has no match. */
function holdsNone({ loggers, severities, areIssues }: Candidates): boolean {
  if (loggers.length === 0 || severities?.length === 0) return true;
  if (!areIssues) return false;
  const areErrors = severities?.every(([, { severityNumber }]) => isErrorLevel(levelIndexOf(severityNumber)));
  return loggers.every(({ newestIssue, newestError }) => (areErrors ? newestError : newestIssue) === null);
}

function sourcesOf(plan: Plan, summary: DaySummary, { loggers, severities, areIssues }: Candidates): RowSource[] {
  const conditions: string[] = [];
  if (areIssues) conditions.push(`severity >= ${WARNING_FROM}`);
  if (severities && severities.length < (summary.severities?.size ?? 0)) {
    conditions.push(`severity_kind IN (${severities.map(([id]) => id).join()})`);
  }
  const isEveryLogger = loggers.length === summary.loggers.size;
  if (!plan.key && !isEveryLogger && loggers.length <= MERGED_LOGGERS) {
    const index = areIssues ? 'issue_by_logger' : 'record_by_logger';
    return loggers.map(({ id }) => ({ index, conditions: [`logger = ${id}`, ...conditions] }));
  }
  if (!isEveryLogger && loggers.length <= LISTED_LOGGERS) {
    conditions.push(`logger IN (${loggers.map(({ id }) => id).join()})`);
  }
  if (plan.key) {
    const { column, keys } = plan.key;
    return keys.map((key) => ({ index: INDEX_OF_KEY[column], conditions: [`${column} = ${key}`, ...conditions] }));
  }
  return [{ index: areIssues ? 'issue_by_time' : 'record_by_time', conditions }];
}

/** What the sources leave open. */
function rowMatcher(plan: Plan, { loggers, severities }: Candidates): Matcher | null {
  const asked: Matcher[] = [];
  if (plan.loggers && loggers.length > LISTED_LOGGERS) asked.push(plan.loggers);
  if (plan.severities && !severities) asked.push(plan.severities);
  if (plan.rest) asked.push(plan.rest);
  return asked.length === 0 ? null : (record: LogRecord) => asked.every((matches) => matches(record));
}

/**
 * Which levels' records match, when that can be told from the counts alone; null when it can't: a level whose records
 * match in part, or something to ask of the records themselves.
 */
export function countedLevels(plan: Plan, summary: DaySummary): ReadonlySet<number> | null {
  if (plan.rest) return null;
  if (!plan.severities) return new Set(LEVELS.keys());
  if (!summary.severities) return null;
  const matching = new Set<number>();
  const others = new Set<number>();
  for (const severity of summary.severities.values()) {
    (plan.severities(severity) ? matching : others).add(levelIndexOf(severity.severityNumber));
  }
  return [...matching].some((levelIndex) => others.has(levelIndex)) ? null : matching;
}
