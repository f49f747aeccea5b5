import { parseQuery } from '../receiver/query/parse.ts';
import { shown } from '../receiver/query/syntax.ts';
import {
  and,
  type Comparison,
  type Field,
  fieldEquals,
  MATCH_ALL,
  type NamedField,
  type Query,
} from '../receiver/query/tree.ts';
import { LOWEST_SEVERITY, type NamedLevel } from '../receiver/record/severity.ts';
import { MAX_PAGE } from '../receiver/store/store.ts';
import { type TimeZone, timeZoneNamed } from './health/time-zone.ts';
import { parseTime, TIME_FORMS } from './parse-time.ts';

/** A query string as Koa reads it. */
export type QueryString = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What is wrong with a parameter. The message names it, quotes the value and says what is allowed. */
export interface ParamFault {
  readonly parameter: string;
  readonly message: string;
  /** For a query that doesn't parse: where in its text, in UTF-16 units. */
  readonly position?: number;
  readonly length?: number;
}

export type ParamResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly fault: ParamFault };

/** The page size of lists when none is asked for (CONTRACT.md, "HTTP API"). */
export const DEFAULT_LIMIT = 50;
const LEVEL_COMPARISON = /^(>=|<=|>|<)\s*(.*)$/;

/**
 * The parameter's one value; absent when missing or empty, as a form sends an empty field. Given more than once it is
 * its first.
 */
export function single(query: QueryString, parameter: string): string | undefined {
  return all(query, parameter)[0];
}

/** All values of a parameter that may be repeated, empty ones left out. */
export function all(query: QueryString, parameter: string): string[] {
  const value = query[parameter];
  const values = value === undefined ? [] : typeof value === 'string' ? [value] : value;
  return values.filter((each) => each !== '');
}

/** A whole number between the bounds, or the default when missing. */
export function wholeNumber(
  query: QueryString,
  parameter: string,
  { min, max, missing }: { min: number; max: number; missing: number },
): ParamResult<number> {
  const text = single(query, parameter);
  if (text === undefined) return { ok: true, value: missing };
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return { ok: true, value };
  return fault(parameter, `must be a whole number from ${min} to ${max}, not ${shown(text)}`);
}

/** One of a few words, or undefined when missing. */
export function oneOf<Word extends string>(
  query: QueryString,
  parameter: string,
  words: readonly Word[],
): ParamResult<Word | undefined> {
  const text = single(query, parameter);
  const word = words.find((each) => each === text);
  if (word !== undefined || text === undefined) return { ok: true, value: word };
  return fault(parameter, `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}, not ${shown(text)}`);
}

/** How many entries a list may have. Who asks for more than MAX_PAGE gets that many: no list is longer. */
export function limitParam(query: QueryString, missing: number = DEFAULT_LIMIT): ParamResult<number> {
  const limit = wholeNumber(query, 'limit', { min: 1, max: Number.MAX_SAFE_INTEGER, missing });
  if (limit.ok) return { ok: true, value: Math.min(limit.value, MAX_PAGE) };
  return fault('limit', `must be a whole number from 1 to ${MAX_PAGE}, not ${shown(single(query, 'limit') ?? '')}`);
}

/** A page number; anything that is none is page 1 (PARITY.md P32). */
export function pageParam(query: QueryString): number {
  const text = single(query, 'page') ?? '';
  const page = /^\d{1,9}$/.test(text) ? Number(text) : 1;
  return Math.max(page, 1);
}

/** A zone by IANA name: the one asked for, else the configured one, else UTC. */
export function timeZoneParam(query: QueryString, configured: string | null): ParamResult<TimeZone> {
  const name = single(query, 'tz') ?? configured ?? 'UTC';
  const zone = timeZoneNamed(name);
  if (zone !== null) return { ok: true, value: zone };
  return fault('tz', `must be an IANA time zone such as Europe/Budapest, not ${shown(name)}`);
}

/** Which records are asked for. Times are nanoseconds since the Unix epoch, `[from, to)`; an absent one is open. */
export interface RecordFilter {
  readonly query: Query;
  readonly from?: bigint;
  readonly to?: bigint;
}

/**
 * The filter of `q`, `service`, `logger`, `level`, `from` and `to` together. `level` is a name (`error`, or a severity
 * text of one's own), a comparison (`>=warn`) or several of them (`warn,error`, or the parameter repeated); `service` and
 * `logger` may be repeated too, which means any of them. Times without an offset are `zone`'s, when one is given.
 */
export function recordFilter(query: QueryString, now: bigint, zone: TimeZone | null = null): ParamResult<RecordFilter> {
  const text = textQuery(query);
  if (!text.ok) return text;
  const level = levelQuery(query);
  if (!level.ok) return level;
  const from = timeParam(query, 'from', now, zone);
  if (!from.ok) return from;
  const to = timeParam(query, 'to', now, zone);
  if (!to.ok) return to;
  if (from.value !== undefined && to.value !== undefined && from.value > to.value) {
    return fault(
      'from',
      `must not be later than "to": ${shown(single(query, 'from')!)} is after ${shown(single(query, 'to')!)}`,
    );
  }
  return {
    ok: true,
    value: {
      query: and(
        anyEquals(query, 'service', named('service')),
        anyEquals(query, 'logger', named('logger')),
        level.value,
        text.value,
      ),
      ...(from.value === undefined ? {} : { from: from.value }),
      ...(to.value === undefined ? {} : { to: to.value }),
    },
  };
}

/**
 * The records of `recordFilter` for which the terms hold too, and whose fields are what the parameters named for them say
 * (`anyEquals`).
 */
export function narrowedFilter(
  query: QueryString,
  { now, zone }: { readonly now: bigint; readonly zone: TimeZone | null },
  fields: Readonly<Record<string, Field>>,
  terms: readonly Query[],
): ParamResult<RecordFilter> {
  const filter = recordFilter(query, now, zone);
  if (!filter.ok) return filter;
  const equal = Object.entries(fields).map(([parameter, field]) => anyEquals(query, parameter, field));
  return { ok: true, value: { ...filter.value, query: and(...terms, ...equal, filter.value.query) } };
}

/** One time parameter, absent when missing. */
function timeParam(
  query: QueryString,
  parameter: string,
  now: bigint,
  zone: TimeZone | null = null,
): ParamResult<bigint | undefined> {
  const text = single(query, parameter);
  if (text === undefined) return { ok: true, value: undefined };
  const value = parseTime(text.trim(), now, zone);
  if (value !== null) return { ok: true, value };
  return fault(parameter, `must be a time such as ${TIME_FORMS}, not ${shown(text)}`);
}

/** A field as the query language names it: `level`, `http.route`, `resource.host.name`, `"quoted key"`. */
export function fieldParam(query: QueryString): ParamResult<Field> {
  const text = single(query, 'field');
  if (text === undefined) return fault('field', 'is missing: name a field, such as level, service or http.route');
  const parsed = parseQuery(`${text}:*`);
  if (parsed.ok && parsed.query.type === 'field' && parsed.query.test.op === 'present') {
    return { ok: true, value: parsed.query.field };
  }
  return fault('field', `must be one field's name, in quotes if it has blanks or signs in it, not ${shown(text)}`);
}

function textQuery(query: QueryString): ParamResult<Query> {
  const text = single(query, 'q');
  if (text === undefined) return { ok: true, value: MATCH_ALL };
  const parsed = parseQuery(text);
  if (parsed.ok) return { ok: true, value: parsed.query };
  const { message, position, length } = parsed.error;
  return { ok: false, fault: { parameter: 'q', message, position, length } };
}

function levelQuery(query: QueryString): ParamResult<Query> {
  const terms: Query[] = [];
  for (const text of all(query, 'level').flatMap((value) => value.split(','))) {
    const name = text.trim();
    if (name === '') continue;
    const [, op, level] = LEVEL_COMPARISON.exec(name) ?? [];
    if (op === undefined) {
      terms.push(fieldEquals('level', name));
    } else if (isNamedLevel(level!.toUpperCase())) {
      terms.push({ type: 'level', op: op as Comparison, level: level!.toUpperCase() as NamedLevel });
    } else {
      return fault(
        'level',
        `can be compared with ${Object.keys(LOWEST_SEVERITY).join(', ')}, not with ${shown(level!)}`,
      );
    }
  }
  return { ok: true, value: or(terms) };
}

const isNamedLevel = (name: string): name is NamedLevel => Object.hasOwn(LOWEST_SEVERITY, name);

const named = (name: NamedField): Field => ({ kind: 'named', name });

/** Records whose field is a parameter's value; any of them where it is repeated, all records where it is missing. */
function anyEquals(query: QueryString, parameter: string, field: Field): Query {
  return or(all(query, parameter).map((value) => ({ type: 'field', field, test: { op: 'equals', value } })));
}

function or(terms: readonly Query[]): Query {
  if (terms.length === 0) return MATCH_ALL;
  return terms.length === 1 ? terms[0]! : { type: 'or', terms };
}

/** What a parameter's value should have been. */
export function fault(parameter: string, problem: string): { readonly ok: false; readonly fault: ParamFault } {
  return { ok: false, fault: { parameter, message: `"${parameter}" ${problem}.` } };
}
