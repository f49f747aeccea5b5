import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { safeValue } from '../../../exporter/src/emit/safe-value.ts';

describe('P64 what a record cannot carry becomes what it can', () => {
  class Money {
    readonly #cents = 250;
    toJSON() {
      return { cents: this.#cents };
    }
  }
  class Temperature {
    readonly #degrees = 21;
    toString() {
      return `${this.#degrees} °C`;
    }
  }
  class Person {
    readonly name = 'Ana';
  }

  test.each([
    ['a text', 'a', 'a'],
    ['a number', 1.5, 1.5],
    ['true', true, true],
    ['null', null, null],
    ['undefined', undefined, null],
    ['NaN', Number.NaN, 'NaN'],
    ['infinity', Number.NEGATIVE_INFINITY, '-Infinity'],
    ['a small bigint', 17n, 17],
    ['a large bigint', 2n ** 64n, '18446744073709551616'],
    ['a symbol', Symbol('s'), 'Symbol(s)'],
    ['a function', function named() {}, '[function named]'],
    ['a date', new Date(0), '1970-01-01T00:00:00.000Z'],
    ['no date', new Date(Number.NaN), 'Invalid Date'],
    ['an error', new RangeError('too much'), { name: 'RangeError', message: 'too much' }],
    ['a pattern', /a+/g, '/a+/g'],
    ['a list', [1, undefined, 'a'], [1, null, 'a']],
    ['a set', new Set([1, 2]), [1, 2]],
    ['numbers', new Float32Array([0.5, 1]), [0.5, 1]],
    ['large numbers', new BigInt64Array([1n]), [1]],
    ['bytes', Buffer.from('ab'), new Uint8Array([97, 98])],
    [
      'a map',
      new Map<unknown, unknown>([
        [1, 'one'],
        [{}, 2],
      ]),
      { '1': 'one', '[object Object]': 2 },
    ],
    ['an address', new URL('http://x.y/z'), 'http://x.y/z'],
    ['what has toJSON', new Money(), { cents: 250 }],
    ['what has only toString', new Temperature(), '21 °C'],
    ['an object of a class', new Person(), { name: 'Ana' }],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 }), { a: 1 }],
    ['a boxed text', Object('a'), 'a'],
    ['a promise', Promise.resolve(), '[object Promise]'],
    ['fields that are undefined', { a: undefined, b: 1 }, { b: 1 }],
    ['a field named constructor, which the older SDK refuses', { constructor: 'Ferrari' }, { constructor_: 'Ferrari' }],
    ['a field named __proto__', JSON.parse('{"__proto__":1}'), JSON.parse('{"__proto__":1}')],
  ])('%s', (_what, value, safe) => {
    expect(safeValue(value)).toEqual(safe);
  });

  test('what throws costs itself alone', () => {
    const value = {
      before: 1,
      get broken() {
        throw new Error('no');
      },
      json: {
        toJSON() {
          throw new Error('no');
        },
      },
      proxy: new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
      mute: {
        [Symbol.toPrimitive]: () => {
          throw new Error('no');
        },
        toJSON: () => {
          throw new Error('no');
        },
      },
      after: 2,
    };
    expect(safeValue(value)).toEqual({
      before: 1,
      broken: '[throws Error: no]',
      json: '[object Object]',
      proxy: '[object Object]',
      mute: '[unreadable]',
      after: 2,
    });
  });

  test('a cycle is named, and what stands twice is no cycle', () => {
    const twice = { a: 1 };
    const value: Record<string, unknown> = { one: twice, two: twice };
    value.self = value;
    expect(safeValue(value)).toEqual({ one: { a: 1 }, two: { a: 1 }, self: '[Circular]' });
  });

  test('it is a copy', () => {
    const value = { list: [1] };
    const safe = safeValue(value);
    value.list.push(2);
    expect(safe).toEqual({ list: [1] });
  });
});

describe('P64 nothing is larger than its bounds', () => {
  test('levels', () => {
    let value: unknown = 'bottom';
    for (let level = 0; level < 20; level++) value = { in: value };
    expect(JSON.stringify(safeValue(value))).toBe(`${'{"in":'.repeat(8)}"[object Object]"${'}'.repeat(8)}`);
  });

  test('items and fields, in all', () => {
    const long = safeValue(Array.from({ length: 5_000 }, (_, index) => index)) as unknown[];
    expect([long.length, long.at(-2), long.at(-1)]).toEqual([1_001, 999, '…']);
    const wide = safeValue(Object.fromEntries(Array.from({ length: 1_200 }, (_, index) => [`f${index}`, index])));
    expect(Object.entries(wide as object).at(-1)).toEqual(['…', '200 more']);
    expect(safeValue(new Array(2 ** 32 - 1))).toHaveLength(1_001);
  });

  test('one text, between characters, and all texts', () => {
    expect(safeValue('x'.repeat(20_000))).toBe(`${'x'.repeat(16_384)}…`);
    expect(safeValue(`${'x'.repeat(16_383)}😀`)).toBe(`${'x'.repeat(16_383)}…`);
    const texts = safeValue(Array.from({ length: 10 }, () => 'x'.repeat(10_000))) as string[];
    expect(texts.join('').length).toBeLessThan(66_000);
    expect(safeValue(Buffer.alloc(20_000))).toBe('[20000 bytes]');
  });

  test('whatever comes', () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withObjectString: true,
          withSparseArray: true,
        }),
        (value) => {
          expect(JSON.stringify(safeValue(value)).length).toBeLessThan(1_000_000);
        },
      ),
    );
  });
});
