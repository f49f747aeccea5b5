import { type Comparison, type Field, NAMED_FIELDS } from './tree.ts';

/** Why a text is no query, and where, in UTF-16 units of the text. */
export interface QueryFault {
  /** For people: what is wrong and what to write instead. */
  readonly message: string;
  readonly position: number;
  readonly length: number;
}

/** How lexer and parser stop at a fault; `parseQuery` turns it into its result. */
export class QuerySyntaxError extends Error {
  readonly fault: QueryFault;

  constructor(fault: QueryFault) {
    super(fault.message);
    this.fault = fault;
  }
}

/** Words that join others; a quoted "OR" is a text like any other. */
export const KEYWORDS: ReadonlySet<string> = new Set(['OR', 'AND', 'NOT']);

/** Longest first, so that `>=` is not read as `>`. */
export const COMPARISONS: readonly Comparison[] = ['>=', '<=', '>', '<'];

/** What ends an unquoted word, key or value. */
export const WORD_END = /[\s()"]/;

/** Beginnings that an unquoted value cannot have: they would be a comparison, or the rest of a path, time or URL. */
export const RESERVED_VALUE_START = /^(?:[<>:]|\/\/)/;

/** `http://…`: searched as text, because nobody means a field called `http`. */
export const URL_SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*$/;

export const RESOURCE_PREFIX = 'resource.';

/** The field that an unquoted name stands for: one of the named ones, a resource's attribute, else a record's. */
export function fieldNamed(name: string): Field {
  const named = NAMED_FIELDS.find((field) => field === name);
  if (named) return { kind: 'named', name: named };
  if (name.startsWith(RESOURCE_PREFIX)) return { kind: 'resource', key: name.slice(RESOURCE_PREFIX.length) };
  return { kind: 'attribute', key: name };
}

const LONGEST_QUOTE = 40;

/** A piece of the query as error messages show it: quoted, and cut when long. */
export function shown(piece: string): string {
  return JSON.stringify(piece.length > LONGEST_QUOTE ? `${piece.slice(0, LONGEST_QUOTE)}…` : piece);
}
