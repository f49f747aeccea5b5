import type { Field, NamedField } from '../../../query/tree.ts';

/** Named fields that are attributes, by their names, the present one first (receiver/query/field-values.ts). */
const ATTRIBUTES_OF: Partial<Readonly<Record<NamedField, readonly string[]>>> = {
  group: ['logvitals.group.id'],
  actor: ['user.id', 'enduser.id'],
  action: ['logvitals.audit.action'],
  tool: ['logvitals.audit.tool'],
  'object.type': ['logvitals.object.type'],
  'object.id': ['logvitals.object.id'],
};

/** The attributes that a field is read from, the first that a record has; undefined for a field that is no attribute. */
export function attributesOf(field: Field): readonly string[] | undefined {
  if (field.kind === 'attribute') return [field.key];
  return field.kind === 'named' ? ATTRIBUTES_OF[field.name] : undefined;
}

/** Whether records of one site all have the same in a field. */
export function isOfSites(field: Field): boolean {
  return field.kind === 'named' && (field.name === 'level' || field.name === 'service' || field.name === 'logger');
}
