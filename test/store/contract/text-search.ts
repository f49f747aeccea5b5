import { expect } from 'vitest';
import type { AnyValue } from '../../../receiver/record/any-value.ts';
import { logRecord, NOON } from '../../helpers/records.ts';
import { append, type OpenStore, searchAll, searchBodies, storeTests } from './harness.ts';

const LITERALS = [
  'a.b(c)',
  'axb(c)',
  '100% done',
  '100x done',
  'snake_case',
  'snakexcase',
  'C:\\temp\\new',
  'C:/temp/new',
  `say "hello" and 'bye'`,
  'glob * and ? and [a-z]',
  '-dash first',
  'NEAR(a b) AND OR NOT',
  '^start$',
  'tab\there',
  'NUL\u0000inside',
  'emoji 👩‍👩‍👧 family',
  'emoji 👩 alone',
  'x',
  '',
];

/** Words are literal substrings, in any case, the same on every store (P31). */
export function textSearchContract(open: OpenStore): void {
  const test = storeTests(open);

  const found = async (store: Parameters<typeof searchAll>[0], text: string) =>
    (await searchBodies(store, { query: { type: 'text', text }, order: 'oldest' })) as string[];

  test('P31 a word is a literal substring: no character means anything else', async ({ store }) => {
    await append(
      store,
      LITERALS.map((body) => logRecord({ body })),
    );
    const needles = [
      'a.b(',
      '%',
      '0%',
      '_',
      'e_c',
      '\\',
      '\\t',
      '\\\\',
      '"',
      '"hello"',
      "'",
      "' and",
      '*',
      '?',
      '[a-z]',
      '-',
      '-dash',
      'a b) AND',
      '^',
      '$',
      '\t',
      '\u0000',
      '👩',
      '👩‍👩‍👧',
      '👧 f',
      ' ',
      'x',
      '.',
      '(',
      "'; drop table records; --",
    ];
    for (const needle of needles) {
      expect([needle, await found(store, needle)]).toEqual([needle, LITERALS.filter((body) => body.includes(needle))]);
    }
  });

  test('P31 case does not count, beyond ASCII either, and in no locale’s own way', async ({ store }) => {
    const bodies = [
      'STRASSE',
      'straße',
      'ÁRVÍZTŰRŐ',
      'árvíztűrő',
      'ΟΔΟΣ',
      'οδός',
      'οδος',
      'ТЕСТ',
      'İstanbul',
      'ISTANBUL',
      'Ǆ',
      'ǆ',
      '𐐀',
      '𐐨',
    ];
    await append(
      store,
      bodies.map((body) => logRecord({ body })),
    );
    expect(await found(store, 'Straße')).toEqual(['straße']);
    expect(await found(store, 'strasse')).toEqual(['STRASSE']);
    expect(await found(store, 'Árvíztűrő')).toEqual(['ÁRVÍZTŰRŐ', 'árvíztűrő']);
    expect(await found(store, 'οδος')).toEqual(['ΟΔΟΣ', 'οδος']);
    expect(await found(store, 'ΟΔΟΣ')).toEqual(['ΟΔΟΣ', 'οδος']);
    expect(await found(store, 'δοσ')).toEqual(['ΟΔΟΣ', 'οδος']);
    expect(await found(store, 'тест')).toEqual(['ТЕСТ']);
    expect(await found(store, 'istanbul')).toEqual(['ISTANBUL']);
    expect(await found(store, 'ǆ')).toEqual(['Ǆ', 'ǆ']);
    expect(await found(store, '𐐨')).toEqual(['𐐀', '𐐨']);
  });

  test('P7 the stack trace is searched as the body is; other attributes are not', async ({ store }) => {
    await append(store, [
      logRecord({ body: 'a', attributes: { 'exception.stacktrace': 'Error: Boom\n    at pay (shop.ts:7)' } }),
      logRecord({ body: 'b', attributes: { 'exception.message': 'boom' } }),
      logRecord({ body: 'c', resource: { attributes: { 'exception.stacktrace': 'boom' } } }),
      logRecord({ body: 'd: boom' }),
    ]);
    expect(await found(store, 'BOOM')).toEqual(['a', 'd: boom']);
    expect(await found(store, 'at PAY (shop')).toEqual(['a']);
  });

  test('P31 a word never spans body and stack trace', async ({ store }) => {
    await append(store, [logRecord({ body: 'one', attributes: { 'exception.stacktrace': 'two' } })]);
    expect(await found(store, 'onetwo')).toEqual([]);
    expect(await found(store, 'one two')).toEqual([]);
    expect(await found(store, 'one\ntwo')).toEqual([]);
  });

  test('P8 the tail of a huge body is found', async ({ store }) => {
    await append(store, [logRecord({ body: `${'x'.repeat(2_000_000)} needle` }), logRecord({ body: 'hay' })]);
    expect(await found(store, 'x Needle')).toHaveLength(1);
  });

  test('O44 a body that is no text is searched as its OTLP JSON', async ({ store }) => {
    const bodies: readonly AnyValue[] = [
      new Map<string, AnyValue>([['order', 4711n]]),
      ['Ärger', 1.5],
      4711n,
      4711,
      null,
      new Uint8Array([1, 2, 3]),
    ];
    await append(
      store,
      bodies.map((body, index) => logRecord({ body, timestamp: NOON + BigInt(index) })),
    );
    const positions = async (text: string) =>
      (await searchAll(store, { query: { type: 'text', text }, order: 'oldest' })).map(({ timestamp }) =>
        Number(timestamp - NOON),
      );
    expect(await positions('"key":"ORDER"')).toEqual([0]);
    expect(await positions('"4711"')).toEqual([0, 2]);
    expect(await positions('4711')).toEqual([0, 2, 3]);
    expect(await positions('ärger')).toEqual([1]);
    expect(await positions('AQID')).toEqual([5]);
    expect(await positions('}')).toEqual([0, 1, 2, 3, 5]);
  });
}
