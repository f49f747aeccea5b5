import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytesAt, columnOf, texts, written } from './text-columns.ts';

describe('a column of texts', () => {
  test('gives back what was put in, byte for byte', () => {
    fc.assert(
      fc.property(texts, (column) => {
        const read = columnOf(column);
        expect(read.size).toBe(column.length);
        column.forEach((text, place) => {
          expect(read.text(place)).toBe(text);
          expect(Buffer.from(bytesAt(read, place)).toString()).toBe(text);
        });
      }),
      { numRuns: 500 },
    );
  });

  test('gives back bytes that are no UTF-8', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 12 }), { maxLength: 20 }), (column) => {
        const repeated = [...column, ...column, ...column, ...column];
        const read = columnOf(repeated);
        repeated.forEach((bytes, place) => {
          expect(bytesAt(read, place)).toEqual(new Uint8Array(bytes));
        });
      }),
    );
    const strange = Array.from({ length: 8 }, (_, index) => Uint8Array.of(0x61, 0xff, 0x20, 0xfe, 0x30 + index));
    const read = columnOf(strange);
    strange.forEach((bytes, place) => {
      expect(bytesAt(read, place)).toEqual(bytes);
    });
  });

  test.each([
    ['nothing', []],
    ['empty texts', ['', '', '', '', '']],
    ['an empty text among numbers', ['10', '']],
    ['an empty text among words', ['ten', '', 'tent']],
    ['a text of a million digits', ['7'.repeat(1_000_000), 'x', '']],
    ['a text of a megabyte', Array.from({ length: 5 }, (_, index) => `${'ab '.repeat(350_000)}${index}`)],
    ['more variable parts than slots', Array.from({ length: 9 }, (_, index) => `${index} `.repeat(100))],
    ['NUL bytes', ['\0', '\0\0', 'a\x07', 'a\x008', 'a\x009', 'a\x08']],
    ['more templates than a byte counts', Array.from({ length: 3000 }, (_, index) => `${word(index % 700)} ${index}`)],
    ['more texts without a template than with one', Array.from({ length: 300 }, (_, index) => word(index))],
    ['long numbers', Array.from({ length: 9 }, (_, index) => `at ${'9'.repeat(8 + index)}`)],
    ['numbers with and without leading zeros', ['n 0', 'n 7', 'n 00', 'n 007', 'n 10']],
    [
      'ascending numbers',
      Array.from({ length: 900 }, (_, index) => `n ${1_700_000_000_000 + index * 7 + (index % 3)}`),
    ],
    ['numbers in step', Array.from({ length: 900 }, (_, index) => `n ${index * 1000}`)],
    ['names with numbers', Array.from({ length: 300 }, (_, index) => `thread worker${index}ms`)],
    [
      'few words in varying order',
      Array.from({ length: 300 }, (_, index) => `found ${index} in "${word(index % 7)} b${word(index % 11)}"`),
    ],
    ['a few names', Array.from({ length: 300 }, (_, index) => `on node${index % 3}x${(index % 5) * 7}`)],
  ])('keeps %s', (_, column: string[]) => {
    const read = columnOf(column);
    expect(Array.from(column, (_text, place) => read.text(place))).toEqual(column);
  });

  test('is small when texts differ in variable parts alone', () => {
    const column = Array.from({ length: 4000 }, (_, index) => `order ${index % 250} placed by 1f8ac10${index % 10}`);
    // The template, a number and four packed bytes.
    expect(Buffer.concat(written(column)).length).toBeLessThan(4000 * 6 + 100);
  });
});

function word(index: number): string {
  return index.toString(26).replaceAll(/[0-9]/g, (digit) => 'qrstuvwxyz'[Number(digit)]!);
}
