import { compileQuery } from '../../../query/evaluate.ts';
import { and, type NamedField, type Query } from '../../../query/tree.ts';
import { LEVELS, type Level, LOWEST_SEVERITY } from '../../../record/severity.ts';
import type { LoggerName } from '../documents.ts';

/** A query that asks for nothing but services, loggers and levels by number: kept counts can answer it. */
export interface CountedQuery {
  /** The one logger it asks for, if it does. */
  readonly only: LoggerName | undefined;
  readonly levels: readonly Level[];
  matchesLogger(logger: LoggerName): boolean;
}

/** Null for a query that has to look at the records themselves. */
export function countedQuery(query: Query): CountedQuery | null {
  const parts = query.type === 'and' ? query.terms : [query];
  const ofLevels = parts.filter(({ type }) => type === 'level');
  const ofLoggers = parts.filter((part) => part.type !== 'level' && asksOnlyForLogger(part));
  if (ofLevels.length + ofLoggers.length < parts.length) return null;
  // These parts look at nothing of a record but what they are given here.
  const matchesLogger = compileQuery(and(...ofLoggers)) as (logger: LoggerName) => boolean;
  const matchesLevel = compileQuery(and(...ofLevels)) as (severity: object) => boolean;
  const levels = LEVELS.filter((level) =>
    matchesLevel({ severityNumber: level === 'UNSPECIFIED' ? 0 : LOWEST_SEVERITY[level] }),
  );
  const service = equalityOf(ofLoggers, 'service');
  const logger = equalityOf(ofLoggers, 'logger');
  const only = service !== undefined && logger !== undefined ? { service, logger } : undefined;
  return { only, levels, matchesLogger };
}

function asksOnlyForLogger(query: Query): boolean {
  switch (query.type) {
    case 'all':
      return true;
    case 'and':
    case 'or':
      return query.terms.every(asksOnlyForLogger);
    case 'not':
      return asksOnlyForLogger(query.term);
    case 'field':
      return query.field.kind === 'named' && (query.field.name === 'service' || query.field.name === 'logger');
    default:
      return false;
  }
}

function equalityOf(parts: readonly Query[], name: NamedField): string | undefined {
  for (const part of parts) {
    if (part.type === 'field' && part.field.kind === 'named' && part.field.name === name && part.test.op === 'equals') {
      return part.test.value;
    }
  }
  return undefined;
}
