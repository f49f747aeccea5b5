import type { NamedLevel } from '../record/severity.ts';

/** Fields with a name of their own in the query language (CONTRACT.md); `object.type` and `object.id` among them. */
export const NAMED_FIELDS = [
  'level',
  'service',
  'logger',
  'body',
  'event',
  'trace',
  'span',
  'group',
  'actor',
  'action',
  'tool',
  'object.type',
  'object.id',
] as const;
export type NamedField = (typeof NAMED_FIELDS)[number];

export type Field =
  | { readonly kind: 'named'; readonly name: NamedField }
  | { readonly kind: 'attribute'; readonly key: string }
  | { readonly kind: 'resource'; readonly key: string };

export type Comparison = '<' | '<=' | '>' | '>=';

/** What is asked of a field. */
export type FieldTest =
  | { readonly op: 'equals'; readonly value: string }
  | { readonly op: 'prefix'; readonly value: string }
  | { readonly op: 'present' }
  /** A whole number that no double is exactly is a bigint, so that 64-bit integers compare exactly. */
  | { readonly op: Comparison; readonly value: number | bigint };

/** A parsed query: one tree for every store. */
export type Query =
  /** Matches every record (the empty query). */
  | { readonly type: 'all' }
  | { readonly type: 'and'; readonly terms: readonly Query[] }
  | { readonly type: 'or'; readonly terms: readonly Query[] }
  | { readonly type: 'not'; readonly term: Query }
  /** Case-insensitive literal substring of the body's text or the stack trace. `text` is as typed, not folded. */
  | { readonly type: 'text'; readonly text: string }
  /** `level:error` is a level name (equals); `level:AUDIT` matches severityText; comparisons of levels are below. */
  | { readonly type: 'field'; readonly field: Field; readonly test: FieldTest }
  /** `level:>=warn`. */
  | { readonly type: 'level'; readonly op: Comparison; readonly level: NamedLevel };

export const MATCH_ALL: Query = { type: 'all' };

/** All of the given queries at once, flattened; `all` terms vanish. */
export function and(...terms: readonly Query[]): Query {
  const flat = terms.flatMap((term) => (term.type === 'and' ? term.terms : term.type === 'all' ? [] : [term]));
  if (flat.length === 0) return MATCH_ALL;
  return flat.length === 1 ? flat[0]! : { type: 'and', terms: flat };
}

/** `service:value` and the like, for callers that hold the value already and need no parsing. */
export function fieldEquals(name: NamedField, value: string): Query {
  return { type: 'field', field: { kind: 'named', name }, test: { op: 'equals', value } };
}
