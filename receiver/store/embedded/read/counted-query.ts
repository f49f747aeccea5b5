import { compileQuery } from '../../../query/evaluate.ts';
import { and, type NamedField, type Query } from '../../../query/tree.ts';
import { LEVELS, levelIndexOf } from '../../../record/severity.ts';
import type { DayListing, Severity } from './day-listing.ts';

interface LoggerNames {
  readonly service: string;
  readonly logger: string;
}

/** A query that asks for nothing but services, loggers and levels: kept counts can answer it. */
export interface CountedQuery {
  matchesLogger(logger: LoggerNames): boolean;
  /**
   * The levels (places in LEVELS) whose sealed records match, of a day; null when counts cannot tell: some records of a
   * level match and others don't, for levels can be asked for by their texts.
   */
  levelsOf(listing: DayListing): ReadonlySet<number> | null;
}

/** Null for a query that has to look at the records themselves. */
export function countedQuery(query: Query): CountedQuery | null {
  const terms = query.type === 'and' ? query.terms : [query];
  const ofLoggers = terms.filter((term) => asksOnly(term, ['service', 'logger']));
  const ofSeverities = terms.filter((term) => !ofLoggers.includes(term) && asksOnly(term, ['level']));
  if (ofLoggers.length + ofSeverities.length < terms.length) return null;
  // These terms look at nothing of a record but what they are given here.
  const matchesLogger = compileQuery(and(...ofLoggers)) as (logger: object) => boolean;
  const matchesSeverity = compileQuery(and(...ofSeverities)) as (severity: object) => boolean;
  return {
    matchesLogger,
    levelsOf: ({ severities }) =>
      ofSeverities.length === 0 ? ALL_LEVELS : severities && levelsThatMatch(severities, matchesSeverity),
  };
}

const ALL_LEVELS: ReadonlySet<number> = new Set(LEVELS.keys());

function levelsThatMatch(
  severities: readonly Severity[],
  matches: (severity: Severity) => boolean,
): ReadonlySet<number> | null {
  const matching = new Set<number>();
  const others = new Set<number>();
  for (const severity of severities) {
    (matches(severity) ? matching : others).add(levelIndexOf(severity.severityNumber));
  }
  return matching.isDisjointFrom(others) ? matching : null;
}

/** Whether a query can be answered from these fields; one that matches everything can. */
function asksOnly(query: Query, fields: readonly NamedField[]): boolean {
  switch (query.type) {
    case 'all':
      return true;
    case 'and':
    case 'or':
      return query.terms.every((term) => asksOnly(term, fields));
    case 'not':
      return asksOnly(query.term, fields);
    case 'level':
      return fields.includes('level');
    case 'field':
      return query.field.kind === 'named' && fields.includes(query.field.name);
    case 'text':
      return false;
  }
}
