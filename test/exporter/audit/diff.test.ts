import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_EXCLUSIONS, type DiffOptions, diff } from '../../../exporter/src/audit.ts';

class Decimal {
  readonly #text: string;
  constructor(text: string) {
    this.#text = text;
  }
  toJSON() {
    return this.#text;
  }
}
class Invoice {
  readonly state: string;
  constructor(state: string) {
    this.state = state;
  }
}

test.each<[string, unknown, unknown, object | null, object | null, DiffOptions?]>([
  ['a changed leaf', { a: 1, b: 2 }, { a: 1, b: 3 }, { b: 2 }, { b: 3 }],
  [
    'a nested leaf',
    { a: { b: { c: 1, d: 2 } } },
    { a: { b: { c: 9, d: 2 } } },
    { a: { b: { c: 1 } } },
    { a: { b: { c: 9 } } },
  ],
  ['an added leaf', {}, { a: 1 }, { a: null }, { a: 1 }],
  ['a removed leaf', { a: 1 }, {}, { a: 1 }, { a: null }],
  ['an added object', { n: null }, { n: { a: 1 } }, { n: null }, { n: { a: 1 } }],
  ['a removed object', { n: { a: 1, id: 3 } }, {}, { n: { a: 1 } }, { n: null }],
  ['an object created', null, { a: 1, b: null }, { a: null }, { a: 1 }],
  ['an object deleted', { a: 1, n: { x: 1 } }, undefined, { a: 1, n: { x: 1 } }, { a: null, n: null }],
  [
    'objects in lists, by key',
    {
      lines: [
        { id: 1, n: 1 },
        { id: 2, n: 2 },
        { id: 3, n: 3 },
      ],
    },
    {
      lines: [
        { id: 3, n: 3 },
        { id: 1, n: 5 },
        { id: 4, n: 4 },
      ],
    },
    { lines: { 1: { n: 1 }, 2: { n: 2 }, 4: null } },
    { lines: { 1: { n: 5 }, 2: null, 4: { n: 4 } } },
  ],
  [
    'objects in lists, by another key',
    { l: [{ sku: 'x', n: 1 }] },
    { l: [{ sku: 'x', n: 2 }] },
    { l: { x: { n: 1 } } },
    { l: { x: { n: 2 } } },
    { key: 'sku' },
  ],
  ['the first object of a list', { l: [] }, { l: [{ id: 1, n: 1 }] }, { l: { 1: null } }, { l: { 1: { n: 1 } } }],
  ['the first text of a list', { l: [] }, { l: ['a'] }, { l: [] }, { l: ['a'] }],
  ['lists of objects without keys, whole', { l: [{ n: 1 }] }, { l: [{ n: 2 }] }, { l: [{ n: 1 }] }, { l: [{ n: 2 }] }],
  [
    'lists in which a key stands twice, whole',
    { l: [{ id: 1 }, { id: 1 }] },
    { l: [{ id: 1 }] },
    { l: [{ id: 1 }, { id: 1 }] },
    { l: { 1: {} } },
  ],
  ['lists of texts, whole', { l: ['a', 'b'] }, { l: ['b', 'a'] }, { l: ['a', 'b'] }, { l: ['b', 'a'] }],
  ['lists of keyed objects themselves', [{ id: 1, n: 1 }], [{ id: 1, n: 2 }], { 1: { n: 1 } }, { 1: { n: 2 } }],
  ['a type changed', { a: { b: 1 } }, { a: 'b' }, { a: { b: 1 } }, { a: 'b' }],
  ['dates', { a: new Date(0) }, { a: new Date(1) }, { a: new Date(0) }, { a: new Date(1) }],
  ['bytes', { a: Buffer.from('a') }, { a: Buffer.from('b') }, { a: Buffer.from('a') }, { a: Buffer.from('b') }],
  ['bigints', { a: 1n }, { a: 2n }, { a: 1n }, { a: 2n }],
  ['what has toJSON', { a: new Decimal('1.0') }, { a: new Decimal('1.1') }, { a: '1.0' }, { a: '1.1' }],
  ['objects of classes', new Invoice('open'), new Invoice('paid'), { state: 'open' }, { state: 'paid' }],
  ['maps', { m: new Map([['x', 1]]) }, { m: new Map([['x', 2]]) }, { m: { x: 1 } }, { m: { x: 2 } }],
  [
    'excluded besides',
    { a: 1, n: { s: 1, t: 1 } },
    { a: 2, n: { s: 2, t: 2 } },
    { n: { t: 1 } },
    { n: { t: 2 } },
    { exclude: ['a', 'n.s'] },
  ],
  ['excluded on every level', { n: { pin: 1 } }, { n: { pin: 2 } }, null, null, { exclude: ['pin'] }],
  ['nothing', { a: [1, { b: new Date(5) }], n: {} }, { a: [1, { b: new Date(5) }], n: {} }, null, null],
  ['null where nothing was', { a: null }, {}, null, null],
  ['no objects at all', 'a', 7, null, null],
])('P72 %s', (_what, before, after, old_value, new_value, options) => {
  expect(diff(before, after, options)).toEqual(old_value && { old_value, new_value });
});

test('P72 identity and time stamps are left out by default', () => {
  const at = (value: unknown) => Object.fromEntries(DEFAULT_EXCLUSIONS.map((name) => [name, value]));
  expect(diff(at(1), at(2))).toBe(null);
  expect(DEFAULT_EXCLUSIONS).toEqual(expect.arrayContaining(['id', 'createdAt', 'updated_at', 'modified']));
});

test('P72 beyond 8 levels values are shown whole', () => {
  const nested = (leaf: number) => {
    let value: unknown = { leaf, same: 1 };
    for (let level = 0; level < 10; level++) value = { in: value };
    return value;
  };
  const changes = diff(nested(1), nested(2))!;
  expect(JSON.stringify(changes.new_value)).toContain('{"leaf":2,"same":1}');
});

test('P72 cycles and what throws are no trouble', () => {
  const cyclic = (n: number) => {
    const value: Record<string, unknown> = { n };
    value.self = value;
    return value;
  };
  expect(diff(cyclic(1), cyclic(1))).toBe(null);
  expect(diff(cyclic(1), cyclic(2))!.new_value.n).toBe(2);
  const broken = {
    a: 1,
    toJSON() {
      throw new Error('no');
    },
  };
  expect(diff(broken, { a: 2 })).toBe(null);
});

test('P72 nothing changed is null, whatever it is, and the new values are those of the new state', () => {
  fc.assert(fc.property(fc.object(), (value) => diff(value, structuredClone(value)) === null));
  const states = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.integer());
  fc.assert(
    fc.property(states, states, (before, after) => {
      const changes = diff(before, after, { exclude: [] });
      for (const [name, value] of Object.entries(changes?.new_value ?? {})) expect(value).toBe(after[name] ?? null);
      for (const [name, value] of Object.entries(changes?.old_value ?? {})) expect(value).toBe(before[name] ?? null);
    }),
  );
});

test('P72 names that every object inherits are fields like any other', () => {
  expect(diff({}, { constructor: 'x', toString: 1 })).toEqual({
    old_value: { constructor: null, toString: null },
    new_value: { constructor: 'x', toString: 1 },
  });
  const added = diff({}, JSON.parse('{"__proto__":{"a":1}}'))!;
  expect(JSON.stringify(added)).toBe('{"old_value":{"__proto__":null},"new_value":{"__proto__":{"a":1}}}');
});

test('P72 what reads alike is no change: a zero with a sign, fields that are undefined, classes, order', () => {
  expect(diff({ a: 0 }, { a: -0 })).toBe(null);
  expect(diff({ l: [{ a: undefined, b: 1 }] }, { l: [{ b: 1 }] })).toBe(null);
  expect(diff({ l: [new Invoice('open')] }, { l: [{ state: 'open' }] })).toBe(null);
  expect(diff({ l: [new Decimal('1.0')] }, { l: ['1.0'] })).toBe(null);
  expect(diff({ a: Number.NaN, b: 1, c: 2 }, { c: 2, b: 1, a: Number.NaN })).toBe(null);
});

test('P72 what is excluded is left out of lists without keys too, which else are shown whole', () => {
  const list = (pin: number, n: number) => ({ l: [[{ pin, n, inner: { pin } }]] });
  expect(diff(list(1, 1), list(2, 1), { exclude: ['pin'] })).toBe(null);
  expect(diff(list(1, 1), list(2, 2), { exclude: ['pin'] })).toEqual({
    old_value: { l: [[{ n: 1, inner: {} }]] },
    new_value: { l: [[{ n: 2, inner: {} }]] },
  });
});

test('P72 a path leads through lists by the names of their fields alone', () => {
  const order = (number: string, n: number) => ({
    card: { number },
    lines: [{ id: 1, card: { number }, n }],
    tags: [{ number }],
  });
  expect(
    diff(order('4111', 1), order('4222', 2), { exclude: ['card.number', 'lines.card.number', 'tags.number'] }),
  ).toEqual({
    old_value: { lines: { 1: { n: 1 } } },
    new_value: { lines: { 1: { n: 2 } } },
  });
  expect(diff({ cards: [] }, { cards: [{ id: 7, name: 'a', number: 1 }] }, { exclude: ['cards.number'] })).toEqual({
    old_value: { cards: { 7: null } },
    new_value: { cards: { 7: { name: 'a' } } },
  });
});

test('P72 an item of a list may be called as a time stamp is', () => {
  const states = (n: number) => ({ states: [{ name: 'created', n }] });
  expect(diff(states(1), states(2), { key: 'name' })).toEqual({
    old_value: { states: { created: { n: 1 } } },
    new_value: { states: { created: { n: 2 } } },
  });
});

test('P72 options that are null are none', () => {
  expect(diff({ a: 1 }, { a: 2 }, null as never)).toEqual({ old_value: { a: 1 }, new_value: { a: 2 } });
  expect(diff({ a: 1 }, { a: 2 }, { exclude: null as never, key: null as never })).not.toBeNull();
  expect(diff({ pin: 1, p: 1 }, { pin: 2, p: 1 }, { exclude: 'pin' as never })).toBeNull();
});

test('P72 a field that cannot be read costs itself alone', () => {
  const before = {
    a: 1,
    get b(): number {
      throw new Error('not loaded');
    },
  };
  expect(diff(before, { a: 2, b: 3 })).toEqual({ old_value: { a: 1 }, new_value: { a: 2 } });
});

test('P72 objects that know each other are compared once each, and shown once', () => {
  const family = (age: number) => {
    const parent = { name: 'Ann', children: [] as object[] };
    parent.children = Array.from({ length: 400 }, (_, id) => ({ id, age: id === 3 ? age : 0, parent }));
    return parent;
  };
  expect(diff(family(1), family(2))).toEqual({
    old_value: { children: { 3: { age: 1 } } },
    new_value: { children: { 3: { age: 2 } } },
  });
  const created = diff(null, family(1))!.new_value as { children: Record<string, { parent: unknown }> };
  expect(created.children[3]!.parent).toBe('[Circular]');
});
