import { expect, test } from 'vitest';
import type { JsonValue } from '../../../dashboard/api/record-json.ts';
import { changedFields } from '../../../dashboard/events/changed-fields.ts';

/** Fields in short: `~ path before → after`. */
function inShort(old_value: JsonValue, new_value: JsonValue): string[] | undefined {
  const signs = { added: '+', removed: '-', changed: '~' };
  return changedFields({ old_value, new_value })?.fields.map(
    ({ kind, path, before, after }) => `${signs[kind]} ${path}: ${before} → ${after}`,
  );
}

test('P75 changed fields come with their paths, old and new, added and removed', () => {
  expect(
    inShort(
      { status: 'open', total: 12, address: { city: 'Győr', zip: '9021' }, note: 'x', lines: { 3: { qty: 1 } } },
      {
        status: 'paid',
        total: 14.5,
        address: { city: 'Pécs', zip: null },
        note: null,
        lines: { 3: { qty: 2 }, 4: { qty: 1 } },
      },
    ),
  ).toEqual([
    '~ status: open → paid',
    '~ total: 12 → 14.5',
    '~ address.city: Győr → Pécs',
    '- address.zip: "9021" → null',
    '- note: x → null',
    '~ lines.3.qty: 1 → 2',
    '+ lines.4.qty: null → 1',
  ]);
});

test('P75 what was added or removed as a whole is told by its leaves', () => {
  expect(inShort(null, { name: 'Oak desk', size: { width: 120 } })).toEqual([
    '+ name: null → Oak desk',
    '+ size.width: null → 120',
  ]);
  expect(inShort({ tags: ['a', 'b'], size: { width: 120 } }, { tags: ['a'], size: null })).toEqual([
    '~ tags: ["a","b"] → ["a"]',
    '- size.width: 120 → null',
  ]);
  expect(inShort({ size: { width: 1 } }, { size: 'small' })).toEqual(['~ size: {"width":1} → small']);
  expect(inShort({ options: {} }, { options: { a: true } })).toEqual(['+ options.a: null → true']);
});

test('P75 texts that could be taken for something else are in quotes', () => {
  expect(
    inShort({ a: 'true', b: '', c: ' x', d: 'null', e: '{}' }, { a: true, b: 'y', c: 'x', d: 'n', e: 'o' }),
  ).toEqual(['~ a: "true" → true', '~ b: "" → y', '~ c: " x" → x', '~ d: "null" → n', '~ e: "{}" → o']);
});

test('P75 nothing that changed is an empty list; what is no old and new value is none', () => {
  expect(inShort(null, null)).toEqual([]);
  expect(inShort({ a: 1, b: { c: ['x'] }, d: 1 }, { a: 1, b: { c: ['x'] }, d: '1' })).toEqual(['~ d: 1 → "1"']);
  const others: JsonValue[] = [null, 'text', 7, [], {}, { before: 1, after: 2 }];
  for (const other of others) expect(changedFields(other)).toBeNull();
});

test('a sender’s names are names, whatever they are, and endless ones are cut', () => {
  const hostile = JSON.parse('{"__proto__":{"polluted":1},"constructor":2}');
  expect(inShort({}, hostile)).toEqual(['+ __proto__.polluted: null → 1', '+ constructor: null → 2']);
  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`f${index}`, index]));
  const changes = { old_value: {}, new_value: many };
  expect(changedFields(changes)?.fields).toHaveLength(1000);
  expect(changedFields(changes)?.count).toBe(5000);
  expect(changedFields(changes, 3)?.fields.map(({ path }) => path)).toEqual(['f0', 'f1', 'f2']);
});
