import { compileQuery } from '../../query/evaluate.ts';
import { and, type NamedField, type Query } from '../../query/tree.ts';
import type { LogRecord } from '../../record/log-record.ts';
import type { Severity } from './day-reader.ts';
import { keyOf, MANY_VALUES, traceKeyOf } from './keys.ts';

export type Matcher = (record: LogRecord) => boolean;

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

export type KeyColumn = 'trace_key' | 'group_key' | 'object_key';

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

const TRACE_ID = /^[0-9a-f]{32}$/;

function keyOfTerm(query: Query): Plan['key'] {
  if (query.type !== 'field' || query.field.kind === 'resource' || query.test.op !== 'equals') return null;
  const { value } = query.test;
  const name = query.field.kind === 'named' ? query.field.name : query.field.key;
  switch (name) {
    case 'trace': {
      if (query.field.kind === 'attribute') return null;
      // Records have whole trace ids or none, so nothing else can be found.
      return { column: 'trace_key', keys: TRACE_ID.test(value) ? [traceKeyOf(value)] : [] };
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
