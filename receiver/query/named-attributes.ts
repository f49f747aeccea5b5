import type { NamedField } from './tree.ts';

/** The attributes that some named fields stand for: the present name first, then those of older conventions. */
export const NAMED_ATTRIBUTES = {
  group: ['logvitals.group.id'],
  actor: ['user.id', 'enduser.id'],
  action: ['logvitals.audit.action'],
  tool: ['logvitals.audit.tool'],
  'object.type': ['logvitals.object.type'],
  'object.id': ['logvitals.object.id'],
} as const satisfies Partial<Record<NamedField, readonly string[]>>;

/** The attributes a named field is read from, the first that a record has; undefined for one that is no attribute. */
export function attributesOfNamed(name: NamedField): readonly string[] | undefined {
  return (NAMED_ATTRIBUTES as Partial<Record<NamedField, readonly string[]>>)[name];
}
