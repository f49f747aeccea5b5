import { expect, test } from 'vitest';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import { attributeOf } from '../../receiver/record/attribute-of.ts';
import { DraftRecord, DraftResource, DraftScope } from '../../receiver/record/draft.ts';

function recordWith(attributes: Record<string, AnyValue>): DraftRecord {
  const record = new DraftRecord(new DraftResource(), new DraftScope());
  record.attributes = new Map(Object.entries(attributes));
  return record;
}

test.each([
  ['code.file.path', { 'code.filepath': 'a.ts' }, 'a.ts'],
  ['code.line.number', { 'code.lineno': 7n }, 7n],
  ['code.function.name', { 'code.namespace': 'shop.Cart', 'code.function': 'add' }, 'shop.Cart.add'],
  ['code.function.name', { 'code.function': 'add' }, 'add'],
  ['code.function.name', { 'code.namespace': 'shop.Cart' }, 'shop.Cart'],
  ['user.id', { 'enduser.id': 'u1' }, 'u1'],
  ['user.id', { 'enduser.id': 'old', 'user.id': 'new' }, 'new'],
  ['user.id', { 'user.id': '', 'enduser.id': 'old' }, ''],
  ['http.route', { 'http.route': '/a' }, '/a'],
  ['http.route', {}, undefined],
  ['code.function.name', {}, undefined],
  ['constructor', {}, undefined],
])('attribute %s by its present and its older names, case %#', (key, attributes, expected) => {
  expect(attributeOf(recordWith(attributes as Record<string, AnyValue>), key)).toBe(expected);
});
