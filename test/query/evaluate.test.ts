import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileQuery } from '../../receiver/query/evaluate.ts';
import { fieldTexts } from '../../receiver/query/field-values.ts';
import { fold } from '../../receiver/query/fold.ts';
import { parseQuery } from '../../receiver/query/parse.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { fieldArbitrary, queryArbitrary, recordArbitrary } from '../helpers/arbitraries.ts';
import { logRecord } from '../helpers/records.ts';

/** docs/query-language.md holds most of the rules' examples (documentation.test.ts); here are the edges. */
function matches(query: string, record: LogRecord): boolean {
  const parsed = parseQuery(query);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return compileQuery(parsed.query)(record);
}

const valued = (k: AnyValue) => logRecord({ attributes: { k } });

describe('levels', () => {
  test('P4 P6 P11 a level matches by number or by text, in any case', () => {
    const record = (severityNumber: number, severityText = '') => logRecord({ severityNumber, severityText });
    expect(matches('level:error', record(17))).toBe(true);
    expect(matches('level:error', record(20, 'Critical'))).toBe(true);
    expect(matches('level:critical', record(20, 'Critical'))).toBe(true);
    expect(matches('level:crit*', record(20, 'Critical'))).toBe(true);
    expect(matches('level:err*', record(20, 'Critical'))).toBe(true);
    expect(matches('level:error', record(0, 'Error'))).toBe(true);
    expect(matches('level:error', record(21))).toBe(false);
    expect(matches('level:fatal', record(99))).toBe(true);
    expect(matches('level:unspecified', record(0))).toBe(true);
    expect(matches('level:*', record(0))).toBe(true);
    expect(matches('level:ΟΔΟΣ', record(9, 'οδος'))).toBe(true);
  });

  test('O43 comparisons follow the number, level by level; without one they never match', () => {
    const found = (query: string) =>
      [-1, 0, 1, 4, 5, 12, 13, 16, 17, 20, 21, 24, 25, 99].filter((severityNumber) =>
        matches(query, logRecord({ severityNumber, severityText: 'ERROR' })),
      );
    expect(found('level:>=warn')).toEqual([13, 16, 17, 20, 21, 24, 25, 99]);
    expect(found('level:>warn')).toEqual([17, 20, 21, 24, 25, 99]);
    expect(found('level:<warn')).toEqual([1, 4, 5, 12]);
    expect(found('level:<=warn')).toEqual([1, 4, 5, 12, 13, 16]);
    expect(found('level:>=fatal')).toEqual([21, 24, 25, 99]);
    expect(found('level:>fatal')).toEqual([]);
    expect(found('level:<=fatal')).toEqual([1, 4, 5, 12, 13, 16, 17, 20, 21, 24, 25, 99]);
    expect(found('level:<trace')).toEqual([]);
  });
});

describe('values', () => {
  test('O44 equality compares texts, of an array any element', () => {
    expect(matches('k:5', valued(5n))).toBe(true);
    expect(matches('k:5', valued(5))).toBe(true);
    expect(matches('k:5', valued('5'))).toBe(true);
    expect(matches('k:5', valued('5.0'))).toBe(false);
    expect(matches('k:0', valued(-0))).toBe(true);
    expect(matches('k:-9223372036854775808', valued(-(2n ** 63n)))).toBe(true);
    expect(matches('k:NaN', valued(Number.NaN))).toBe(true);
    expect(matches('k:true', valued(true))).toBe(true);
    expect(matches('k:AQID', valued(new Uint8Array([1, 2, 3])))).toBe(true);
    expect(matches('k:""', valued(''))).toBe(true);
    expect(matches('k:""', valued(null))).toBe(false);
    expect(matches('k:null', valued(null))).toBe(false);
    expect(matches('k:b', valued(['a', 'b']))).toBe(true);
    expect(matches('k:b', valued([['b']]))).toBe(false);
    expect(matches('k:"{\\"kvlistValue\\":{\\"values\\":[]}}"', valued(new Map()))).toBe(true);
    expect(matches('k:V', valued('v'))).toBe(false);
  });

  test('a prefix is a beginning, case included, and of an array any element’s', () => {
    expect(matches('k:ab*', valued('abc'))).toBe(true);
    expect(matches('k:ab*', valued('cab'))).toBe(false);
    expect(matches('k:ab*', valued('Abc'))).toBe(false);
    expect(matches('k:ab*', valued(['x', 'ab']))).toBe(true);
    expect(matches('k:50*', valued(503n))).toBe(true);
    expect(matches('k:""*', valued(null))).toBe(false);
  });

  test('presence does not ask for a value', () => {
    for (const value of [null, '', [], 0n, false]) expect(matches('k:*', valued(value))).toBe(true);
    expect(matches('k:*', logRecord())).toBe(false);
    expect(matches('body:*', logRecord({ body: '' }))).toBe(true);
    expect(matches('body:*', logRecord({ body: null }))).toBe(false);
    expect(matches('event:*', logRecord())).toBe(false);
    expect(matches('trace:""', logRecord())).toBe(false);
  });

  test('O34 numbers are compared exactly; texts only when they are plain decimals of a sane length', () => {
    expect(matches('k:>9007199254740992', valued(2n ** 53n + 1n))).toBe(true);
    expect(matches('k:>9007199254740992', valued('9007199254740993'))).toBe(true);
    expect(matches('k:>9007199254740992', valued(2n ** 53n))).toBe(false);
    expect(matches('k:>=9223372036854775807', valued(2n ** 63n - 1n))).toBe(true);
    expect(matches('k:>=9223372036854775807', valued(2n ** 63n - 2n))).toBe(false);
    expect(matches('k:<9223372036854775807', valued('9223372036854775806'))).toBe(true);
    expect(matches(`k:<${'9'.repeat(400)}`, valued(Number.MAX_VALUE))).toBe(true);
    expect(matches('k:<0.5', valued(0n))).toBe(true);
    expect(matches('k:>=0.5', valued('0.5'))).toBe(true);
    expect(matches('k:>1', valued(['x', 2n]))).toBe(true);
    for (const text of ['', ' 5', '5 ', '5e1', '0x5', '5.', '.5', '+5', 'NaN', 'Infinity', '9'.repeat(1_000_000)]) {
      expect(matches('k:>0', valued(text))).toBe(false);
    }
    for (const value of [true, null, new Uint8Array([5]), new Map(), Number.NaN]) {
      expect(matches('k:>=0', valued(value))).toBe(false);
      expect(matches('k:<0', valued(value))).toBe(false);
    }
    expect(matches('k:>0', valued(Number.POSITIVE_INFINITY))).toBe(true);
  });

  test('P73 actor is the present name of the user, else the older one', () => {
    const record = logRecord({ attributes: { 'user.id': 'new', 'enduser.id': 'old' } });
    expect(matches('actor:new', record)).toBe(true);
    expect(matches('actor:old', record)).toBe(false);
    expect(matches('actor:old', logRecord({ attributes: { 'enduser.id': 'old' } }))).toBe(true);
  });
});

describe('text', () => {
  test('P31 folding is the same for a piece as for the whole', () => {
    const part = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('Σ', 'ΟΔΟΣ', 'ς', 'İ', 'ẞ', 'Ǆ'));
    fc.assert(
      fc.property(part, part, part, (before, middle, after) => {
        expect(fold(before + middle + after)).toBe(fold(before) + fold(middle) + fold(after));
        const record = logRecord({ body: before + middle + after });
        for (const text of [middle, middle.toLowerCase(), fold(middle)]) {
          expect(compileQuery({ type: 'text', text })(record)).toBe(true);
        }
      }),
    );
  });

  test('one compiled query judges each record by itself', () => {
    const judge = compileQuery({
      type: 'and',
      terms: [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
    });
    const both = logRecord({ body: 'a b' });
    const one = logRecord({ body: 'a' });
    expect([both, one, both, one].map(judge)).toEqual([true, false, true, false]);
  });
});

describe('laws', () => {
  const judge = fc.tuple(queryArbitrary, queryArbitrary, recordArbitrary);

  test('NOT, AND and OR mean what logic says, on random records', () => {
    fc.assert(
      fc.property(judge, ([a, b, record]) => {
        const [isA, isB] = [compileQuery(a)(record), compileQuery(b)(record)];
        expect(compileQuery({ type: 'not', term: a })(record)).toBe(!isA);
        expect(compileQuery({ type: 'and', terms: [a, b] })(record)).toBe(isA && isB);
        expect(compileQuery({ type: 'or', terms: [a, b] })(record)).toBe(isA || isB);
      }),
    );
  });

  test('each text a facet counts finds the record by equality', () => {
    fc.assert(
      fc.property(fieldArbitrary, recordArbitrary, (field, record) => {
        for (const value of fieldTexts(field)(record)) {
          expect(compileQuery({ type: 'field', field, test: { op: 'equals', value } })(record)).toBe(true);
        }
      }),
    );
  });
});
