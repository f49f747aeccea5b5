import { sql } from 'kysely';
import { compileQuery } from '../../../query/evaluate.ts';
import { and, type Field, type Query } from '../../../query/tree.ts';
import type { LoggerNames } from '../row-record.ts';
import { attributeFits } from './attribute-condition.ts';
import { allOf, anyOf, between, type Condition, EVERY_ROW, exactly, NO_ROW, not } from './condition.ts';
import { attributeFieldFits, namedFieldFits } from './field-condition.ts';
import { comparesLevel, containsText } from './text-condition.ts';

export interface WhereContext {
  /** Quoted, to stand before a table's name. */
  readonly schema: string;
  /** Ids of all loggers whose names match. */
  readonly loggersThat: (matches: (names: LoggerNames) => boolean) => readonly number[];
}

/** What SQL can say of a query about rows of `record`. */
export function whereClause(query: Query, context: WhereContext): Condition {
  if (asksLoggers(query) && asksOnlyLoggers(query)) return loggersFit(query, context);
  switch (query.type) {
    case 'all':
      return EVERY_ROW;
    case 'and': {
      // Terms about names are looked up together: a service and a logger are one id.
      const ofLoggers = query.terms.filter((term) => asksLoggers(term) && asksOnlyLoggers(term));
      const others = query.terms.filter((term) => !ofLoggers.includes(term));
      const names = ofLoggers.length > 0 ? [loggersFit(and(...ofLoggers), context)] : [];
      return allOf([...names, ...others.map((term) => whereClause(term, context))]);
    }
    case 'or':
      return anyOf(query.terms.map((term) => whereClause(term, context)));
    case 'not':
      return not(whereClause(query.term, context));
    case 'text':
      return containsText(query.text);
    case 'level':
      return comparesLevel(query.op, query.level);
    case 'field': {
      const { field, test } = query;
      if (field.kind === 'attribute') return attributeFieldFits(field.key, test);
      if (field.kind === 'resource') return resourceFits(attributeFits(field.key, test), context);
      // The names of loggers were dealt with above.
      return namedFieldFits(field.name as Exclude<typeof field.name, 'service' | 'logger'>, test);
    }
  }
}

/** Whether a query is about nothing but services and loggers. */
export function asksOnlyLoggers(query: Query): boolean {
  switch (query.type) {
    case 'all':
      return true;
    case 'and':
    case 'or':
      return query.terms.every(asksOnlyLoggers);
    case 'not':
      return asksOnlyLoggers(query.term);
    case 'field':
      return isOfLogger(query.field);
    default:
      return false;
  }
}

const isOfLogger = (field: Field): boolean =>
  field.kind === 'named' && (field.name === 'service' || field.name === 'logger');

/** Whether a query's names of loggers have to be looked up. */
export function asksLoggers(query: Query): boolean {
  switch (query.type) {
    case 'and':
    case 'or':
      return query.terms.some(asksLoggers);
    case 'not':
      return asksLoggers(query.term);
    case 'field':
      return isOfLogger(query.field);
    default:
      return false;
  }
}

function loggersFit(query: Query, { loggersThat }: WhereContext): Condition {
  // Such a query looks at nothing of a record but what it is given here.
  const ids = loggersThat(compileQuery(query) as (names: LoggerNames) => boolean);
  if (ids.length === 0) return NO_ROW;
  return exactly(ids.length === 1 ? sql`logger_id = ${ids[0]}::integer` : sql`logger_id = any(${ids}::integer[])`);
}

/** A subquery as a value is hashed once and asked for each row; as a join it would keep rows from coming in their order. */
function resourceFits({ may, must, isExact }: Condition, { schema }: WhereContext): Condition {
  const among = (truth: Condition['may']) =>
    sql<boolean>`(resource_id in (select id from ${sql.raw(`${schema}.resource`)} where ${truth})) is true`;
  return isExact ? exactly(among(may)) : between(among(must), among(may));
}
