import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../receiver/query/fold.ts';
import { copyFolded, LONGEST_FOLDING } from '../../receiver/store/embedded/block/text/fold-bytes.ts';
import type { TextColumn } from '../../receiver/store/embedded/block/text/text-column.ts';
import { columnOf, textsAndNeedle } from './text-columns.ts';

function expectMarks(
  column: readonly string[],
  wanted: readonly boolean[] | null,
  matches: (text: string) => boolean,
  mark: (column: TextColumn, wanted: Uint8Array | null, marks: Uint8Array) => void,
): void {
  const marks = new Uint8Array(column.length);
  mark(columnOf(column), wanted && Uint8Array.from(wanted, Number), marks);
  expect([...marks]).toEqual(column.map((text, place) => Number((wanted?.[place] ?? true) && matches(text))));
}

describe('search in a column of texts', () => {
  test('finds what contains a needle, folded', () => {
    fc.assert(
      fc.property(textsAndNeedle, ([column, needle, wanted]) => {
        const folded = fold(needle);
        expectMarks(
          column,
          wanted,
          (text) => fold(text).includes(folded),
          (read, places, marks) => read.markContaining(folded, places, marks),
        );
      }),
      { numRuns: 2000 },
    );
  });

  test('finds what equals a text', () => {
    fc.assert(
      fc.property(textsAndNeedle, ([column, needle, wanted]) => {
        const whole = column.find((text) => text.startsWith(needle)) ?? needle;
        for (const sought of [needle, whole]) {
          expectMarks(
            column,
            wanted,
            (text) => text === sought,
            (read, places, marks) => read.markEqual(sought, places, marks),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  test('finds what begins with a text', () => {
    fc.assert(
      fc.property(textsAndNeedle, ([column, needle, wanted]) => {
        const whole = column.find((text) => text.includes(needle)) ?? needle;
        for (const sought of [needle, whole.slice(0, whole.indexOf(needle) + needle.length)]) {
          expectMarks(
            column,
            wanted,
            (text) => text.startsWith(sought),
            (read, places, marks) => read.markPrefix(sought, places, marks),
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  test('leaves marks alone that were set before', () => {
    const marks = Uint8Array.of(1, 0, 0);
    columnOf(['a', 'b', 'c']).markEqual('c', null, marks);
    expect([...marks]).toEqual([1, 0, 1]);
  });

  test('never takes a letter beyond ASCII apart', () => {
    const column = ['👩', '👦x', '👧yz'];
    expectMarks(
      column,
      null,
      () => false,
      (read, wanted, marks) => read.markContaining('\ufffd', wanted, marks),
    );
  });

  test('looks through more texts than one batch holds', () => {
    const column = Array.from({ length: 5000 }, (_, index) => `${'long '.repeat(index % 50)}id ${index * 17}`);
    expectMarks(
      column,
      null,
      (text) => text.includes('d 340'),
      (read, wanted, marks) => read.markContaining('d 340', wanted, marks),
    );
  });
});

test('bytes are folded as texts are', () => {
  const folded = (text: string) => {
    const bytes = Buffer.from(text);
    const target = Buffer.alloc(bytes.length * LONGEST_FOLDING);
    return target.toString('utf8', 0, copyFolded(bytes, 0, bytes.length, target, 0));
  };
  for (let code = 0; code < 0x2_0000; code++) {
    if (code >= 0xd800 && code < 0xe000) continue;
    const text = `A${String.fromCodePoint(code)}Z`;
    if (folded(text) !== fold(text)) expect(folded(text)).toBe(fold(text));
  }
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(folded(text.toWellFormed())).toBe(fold(text.toWellFormed()));
    }),
  );
});
