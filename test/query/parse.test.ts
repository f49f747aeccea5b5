import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatField } from '../../receiver/query/format.ts';
import {
  MAX_QUERY_DEPTH,
  MAX_QUERY_LENGTH,
  MAX_QUERY_TERMS,
  parseField,
  parseQuery,
} from '../../receiver/query/parse.ts';
import { type Field, type FieldTest, MATCH_ALL, NAMED_FIELDS, type Query } from '../../receiver/query/tree.ts';
import { fieldArbitrary } from '../helpers/arbitraries.ts';

const text = (words: string): Query => ({ type: 'text', text: words });
const and = (...terms: Query[]): Query => ({ type: 'and', terms });
const or = (...terms: Query[]): Query => ({ type: 'or', terms });
const not = (term: Query): Query => ({ type: 'not', term });
const attribute = (key: string, tested: FieldTest): Query => ({
  type: 'field',
  field: { kind: 'attribute', key },
  test: tested,
});
const equals = (key: string, value: string) => attribute(key, { op: 'equals', value });

describe('trees', () => {
  test.each<[string, Query]>([
    ['', MATCH_ALL],
    [' \t\n\u00a0 ', MATCH_ALL],
    ['*', MATCH_ALL],
    ['a', text('a')],
    ['Naïve', text('Naïve')],
    ['a b', and(text('a'), text('b'))],
    ['a  AND\tb', and(text('a'), text('b'))],
    ['a b c', and(text('a'), text('b'), text('c'))],
    ['a OR b OR c', or(text('a'), text('b'), text('c'))],
    ['a b OR c d', or(and(text('a'), text('b')), and(text('c'), text('d')))],
    ['a (b OR c)', and(text('a'), or(text('b'), text('c')))],
    ['(a b) c', and(and(text('a'), text('b')), text('c'))],
    ['((a))', text('a')],
    ['(a)(b)', and(text('a'), text('b'))],
    ['( a )', text('a')],
    ['-a b', and(not(text('a')), text('b'))],
    ['-(a b)', not(and(text('a'), text('b')))],
    ['NOT a OR b', or(not(text('a')), text('b'))],
    ['NOT NOT a', not(not(text('a')))],
    ['NOT -a', not(not(text('a')))],
    ['-"a b"', not(text('a b'))],
    ['-5', not(text('5'))],
    ['a-b', text('a-b')],
    ['or and not Or', and(text('or'), text('and'), text('not'), text('Or'))],
    ['ORDER ANDROID NOTHING', and(text('ORDER'), text('ANDROID'), text('NOTHING'))],
    ['"OR"', text('OR')],
    ['"a b"', text('a b')],
    ['"say \\"hi\\" \\\\ \\n"', text('say "hi" \\ \\n')],
    ['"-a" "*" "("', and(text('-a'), text('*'), text('('))],
    ['a\\b \\ \\\\', and(text('a\\b'), text('\\'), text('\\\\'))],
    ['2\\*3', text('2*3')],
    ["it's 100% <b> a_b a.b [x] {y} k=v", and(...["it's", '100%', '<b>', 'a_b', 'a.b', '[x]', '{y}', 'k=v'].map(text))],
    ['http://a.b/c?d=e:f&g', text('http://a.b/c?d=e:f&g')],
    ['-git+ssh://a', not(text('git+ssh://a'))],
    ['path://x y', and(text('path://x'), text('y'))],
    ['k:v', equals('k', 'v')],
    ['k:"a b"', equals('k', 'a b')],
    ['k:""', equals('k', '')],
    ['k:"a\\"b\\\\"', equals('k', 'a"b\\')],
    ['k:a:b', equals('k', 'a:b')],
    ['url.full:http://x/y', equals('url.full', 'http://x/y')],
    ['k:"//x"', equals('k', '//x')],
    ['k:-1', equals('k', '-1')],
    ['k:=5', equals('k', '=5')],
    ['k:OR', equals('k', 'OR')],
    ['OR:k', equals('OR', 'k')],
    ['k:a\\*', equals('k', 'a*')],
    ['k:\\*\\*', equals('k', '**')],
    ['k:C:\\temp', equals('k', 'C:\\temp')],
    ['k:">5"', equals('k', '>5')],
    ['k:"*"', equals('k', '*')],
    ['k:*', attribute('k', { op: 'present' })],
    ['k:v*', attribute('k', { op: 'prefix', value: 'v' })],
    ['k:\\**', attribute('k', { op: 'prefix', value: '*' })],
    ['k:"a b"*', attribute('k', { op: 'prefix', value: 'a b' })],
    ['k:>=5', attribute('k', { op: '>=', value: 5 })],
    ['k:>-0.5', attribute('k', { op: '>', value: -0.5 })],
    ['k:<=1e3', attribute('k', { op: '<=', value: 1000 })],
    ['k:<-0', attribute('k', { op: '<', value: 0 })],
    ['k:>9007199254740992', attribute('k', { op: '>', value: 2 ** 53 })],
    ['k:>9007199254740993', attribute('k', { op: '>', value: 2n ** 53n + 1n })],
    ['k:<=-9223372036854775807', attribute('k', { op: '<=', value: 1n - 2n ** 63n })],
    ['level:>=warn', { type: 'level', op: '>=', level: 'WARN' }],
    ['level:<Fatal', { type: 'level', op: '<', level: 'FATAL' }],
    ['(k:v)', equals('k', 'v')],
    ['k:v OR -k:w', or(equals('k', 'v'), not(equals('k', 'w')))],
  ])('%s', (query, tree) => {
    expect(parseQuery(query)).toEqual({ ok: true, query: tree });
  });

  test.each<[string, Field]>([
    ...NAMED_FIELDS.map((name): [string, Field] => [name, { kind: 'named', name }]),
    ['http.route', { kind: 'attribute', key: 'http.route' }],
    ['a/b-c_d@e#f$', { kind: 'attribute', key: 'a/b-c_d@e#f$' }],
    ['@timestamp', { kind: 'attribute', key: '@timestamp' }],
    ['Level', { kind: 'attribute', key: 'Level' }],
    ['__proto__', { kind: 'attribute', key: '__proto__' }],
    ['constructor', { kind: 'attribute', key: 'constructor' }],
    ['object.name', { kind: 'attribute', key: 'object.name' }],
    ['resource', { kind: 'attribute', key: 'resource' }],
    ['resources.a', { kind: 'attribute', key: 'resources.a' }],
    ['resource.host.name', { kind: 'resource', key: 'host.name' }],
    ['resource.level', { kind: 'resource', key: 'level' }],
    ['resource."a b"', { kind: 'resource', key: 'a b' }],
    ['"level"', { kind: 'attribute', key: 'level' }],
    ['"resource.a"', { kind: 'attribute', key: 'resource.a' }],
    ['"a: \\"b\\" \\\\"', { kind: 'attribute', key: 'a: "b" \\' }],
    ['"5xx"', { kind: 'attribute', key: '5xx' }],
    ['""', { kind: 'attribute', key: '' }],
  ])('the field %s, in a query and alone', (name, field) => {
    expect(parseQuery(`${name}:v`)).toEqual({
      ok: true,
      query: { type: 'field', field, test: { op: 'equals', value: 'v' } },
    });
    expect(parseField(name)).toEqual(field);
  });

  test('a field written for a request is read back as the same field', () => {
    fc.assert(
      fc.property(fieldArbitrary, (field) => {
        expect(parseField(formatField(field))).toEqual(field);
      }),
    );
  });
});

describe('faults', () => {
  test.each<[query: string, at: string, message: RegExp]>([
    ['a "b c', '"', /quote is never closed/],
    ['a "b\\"', '"', /quote is never closed/],
    ['a k:"b', '"', /quote is never closed/],
    ['a"b c"', '"', /space is missing/],
    ['"a"b', 'b', /space is missing/],
    ['"a"*', '*', /space is missing/],
    ['k:a"b"', '"', /space is missing/],
    ['k:"a"b', 'b', /space is missing/],
    ['k:"a"**', '*', /space is missing/],
    ['k:a(b)', '(', /space is missing/],
    ['http://a(b)', '(', /space is missing/],
    ['((a)', '(', /never closed/],
    ['a OR ((', '(', /never closed/],
    ['a) OR (b', ')', /closes nothing/],
    ['(a OR )', 'OR', /Nothing follows OR/],
    ['(OR a)', 'OR', /Nothing stands before OR/],
    ['a OR OR b', 'OR', /Nothing follows OR/],
    ['a OR AND b', 'OR', /Nothing follows OR/],
    ['a AND', 'AND', /Nothing follows AND/],
    ['a NOT', 'NOT', /Nothing follows NOT/],
    ['NOT OR a', 'NOT', /Nothing follows NOT/],
    ['-OR', 'OR', /Nothing stands before OR/],
    ['a -', '-', /excludes what follows/],
    ['(a -)', '-', /excludes what follows/],
    ['a - b', '-', /excludes what follows/],
    ['()', '()', /nothing between these parentheses/],
    ['a ( ) b', '( )', /nothing between these parentheses/],
    ['""', '""', /nothing between the quotes/],
    ['x level:', 'level:', /has no value/],
    ['(level:)', 'level:', /has no value/],
    ['k: v', 'k:', /has no value/],
    [':v', ':', /no field before/],
    ['::1', ':', /no field before/],
    ['a b:(c OR d)', '(', /takes one value/],
    ['foo::bar', 'foo::bar', /as text, put it in quotes/],
    ['0x1f:a', '0x1f:', /is no field/],
    ['a*:b', 'a*:', /no "\*"/],
    ['resource.:b', 'resource.:', /needs a key/],
    ['resource."a b"', 'resource."a b"', /needs a colon/],
    ['*a', '*', /inside other words/],
    ['a*b', '*', /inside other words/],
    ['**', '*', /inside other words/],
    ['k:*a', '*', /only at the end/],
    ['k:**', '*', /only at the end/],
    ['k:>five', 'five', /compares numbers/],
    ['k:>0x10', '0x10', /compares numbers/],
    ['k:>1.', '1.', /compares numbers/],
    ['k:>NaN', 'NaN', /compares numbers/],
    ['k:>5*', '5*', /compares numbers/],
    ['k:>=1e999', '1e999', /too large/],
    ['k:>5"', '"', /space is missing/],
    ['level:>=foo', 'foo', /no level to compare with; there are TRACE, DEBUG, INFO, WARN, ERROR, FATAL/],
    ['level:>13', '13', /no level to compare with/],
    ['level:>=unspecified', 'unspecified', /no level to compare with/],
    ['level:>=toString', 'toString', /no level to compare with/],
  ])('%s fails at %s', (query, at, message) => {
    const parsed = parseQuery(query);
    expect(parsed).toMatchObject({ ok: false, error: { message: expect.stringMatching(message) } });
    if (!parsed.ok) expect(query.slice(parsed.error.position, parsed.error.position + parsed.error.length)).toBe(at);
  });

  test.each([
    'k:>',
    'k:>= 5',
    'k:<)',
    'k:>="5"',
    'level:>=',
    'k:>=(',
  ])('%s fails right after the comparison', (query) => {
    const position = /[<>]=?/.exec(query)!.index + /[<>]=?/.exec(query)![0].length;
    expect(parseQuery(query)).toMatchObject({ ok: false, error: { position, length: 0 } });
  });

  test('positions count UTF-16 units', () => {
    expect(parseQuery('👩‍👩‍👧 (a')).toMatchObject({ ok: false, error: { position: 9, length: 1 } });
  });

  test('a message stays short however long the piece it speaks of', () => {
    const parsed = parseQuery(`k:>${'x'.repeat(1000)}`);
    expect(parsed).toMatchObject({ ok: false, error: { message: expect.stringMatching(/^.{1,200}$/) } });
  });
});

describe('bounds', () => {
  test('length, depth and number of terms are bounded, each to the last that is allowed', () => {
    const terms = (count: number) => Array.from({ length: count }, () => 'a').join(' ');
    const nested = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`;
    expect(parseQuery('a'.repeat(MAX_QUERY_LENGTH)).ok).toBe(true);
    expect(parseQuery('a'.repeat(MAX_QUERY_LENGTH + 2))).toMatchObject({
      ok: false,
      error: { position: MAX_QUERY_LENGTH, length: 2 },
    });
    expect(parseQuery(terms(MAX_QUERY_TERMS)).ok).toBe(true);
    expect(parseQuery(terms(MAX_QUERY_TERMS + 1))).toMatchObject({ ok: false, error: { position: 200, length: 1 } });
    expect(parseQuery(nested(MAX_QUERY_DEPTH)).ok).toBe(true);
    expect(parseQuery(nested(MAX_QUERY_DEPTH + 1))).toMatchObject({ ok: false, error: { position: 32, length: 1 } });
    expect(parseQuery(`${'NOT '.repeat(MAX_QUERY_DEPTH)}a`).ok).toBe(true);
    expect(parseQuery(`${'NOT '.repeat(MAX_QUERY_DEPTH + 1)}a`)).toMatchObject({ ok: false, error: { position: 128 } });
  });

  test('a hostile million characters are refused at once', () => {
    for (const piece of ['(', '"', '-', '\\', 'a:', '* ']) expect(parseQuery(piece.repeat(1_000_000)).ok).toBe(false);
  });
});

describe('fuzz', () => {
  const pieces = fc.constantFrom(
    ...[
      'a',
      'level',
      'k',
      ':',
      '"',
      '\\',
      '*',
      '(',
      ')',
      '-',
      ' ',
      'OR',
      'AND',
      'NOT',
      '>=',
      '<',
      '5',
      '//',
      'resource.',
      '👩',
      '\u0000',
    ],
  );
  const texts = fc.oneof(
    fc.array(pieces, { maxLength: 40 }).map((chosen) => chosen.join('')),
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }),
  );

  test('no text throws, and a fault lies within the text', () => {
    fc.assert(
      fc.property(texts, (query) => {
        const parsed = parseQuery(query);
        if (parsed.ok) return;
        const { position, length, message } = parsed.error;
        expect(message).not.toBe('');
        expect(Number.isInteger(position) && position >= 0).toBe(true);
        expect(Number.isInteger(length) && length >= 0).toBe(true);
        expect(position + length).toBeLessThanOrEqual(query.length);
      }),
      { numRuns: 3000 },
    );
  });
});
