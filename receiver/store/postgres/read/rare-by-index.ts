import type { NamedField, Query } from '../../../query/tree.ts';

/** Fields that an index leads to the few records of, when all of a group are given. */
const INDEXED: readonly (readonly NamedField[])[] = [['trace'], ['group'], ['object.type', 'object.id']];

/** Whether terms of the query have an index of their own that leads to few records, wherever in time these are. */
export function isRareByIndex(query: Query): boolean {
  const terms = query.type === 'and' ? query.terms : [query];
  const given = new Set(terms.flatMap((term) => equalled(term) ?? []));
  return INDEXED.some((fields) => fields.every((field) => given.has(field)));
}

/** The named field that a term says the value of. */
function equalled(term: Query): NamedField | null {
  const isEquality = term.type === 'field' && term.field.kind === 'named' && term.test.op === 'equals';
  return isEquality ? (term.field as { readonly name: NamedField }).name : null;
}
