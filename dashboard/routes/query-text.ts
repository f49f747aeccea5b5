import { formatQuery } from '../../receiver/query/format.ts';
import { parseQuery } from '../../receiver/query/parse.ts';
import { and, type Field, MATCH_ALL, type Query } from '../../receiver/query/tree.ts';

/** A query's terms that must all hold. */
function termsOf(text: string): readonly Query[] {
  const parsed = parseQuery(text);
  const query = parsed.ok ? parsed.query : MATCH_ALL;
  return query.type === 'and' ? query.terms : [query];
}

const equals = (field: Field, value: string): Query => ({ type: 'field', field, test: { op: 'equals', value } });

const isSame = (one: Query, other: Query): boolean => formatQuery(one) === formatQuery(other);

/** Whether the query asks for that value of that field already. */
export function asksFor(text: string, field: Field, value: string): boolean {
  return termsOf(text).some((term) => isSame(term, equals(field, value)));
}

/** The query with the field's value asked for too, or no longer when it was. */
export function toggled(text: string, field: Field, value: string): string {
  const wanted = equals(field, value);
  const terms = termsOf(text);
  const rest = terms.filter((term) => !isSame(term, wanted));
  return formatQuery(rest.length < terms.length ? and(...rest) : and(...terms, wanted));
}

/** The words a query looks for, to be marked where they stand; not those it excludes. */
export function searchedWords(query: Query): string[] {
  switch (query.type) {
    case 'text':
      return [query.text];
    case 'and':
    case 'or':
      return query.terms.flatMap(searchedWords);
    default:
      return [];
  }
}
