import { attributesOfNamed } from '../../../query/named-attributes.ts';
import type { Field } from '../../../query/tree.ts';

/** The attributes that a field is read from, the first that a record has; undefined for a field that is no attribute. */
export function attributesOf(field: Field): readonly string[] | undefined {
  if (field.kind === 'attribute') return [field.key];
  return field.kind === 'named' ? attributesOfNamed(field.name) : undefined;
}

/** Whether records of one site all have the same in a field. */
export function isOfSites(field: Field): boolean {
  return field.kind === 'named' && (field.name === 'level' || field.name === 'service' || field.name === 'logger');
}
