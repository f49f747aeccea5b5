import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../receiver/query/fold.ts';
import { TextColumn } from '../../receiver/store/embedded/block/text/text-column.ts';
import { TextColumnBuilder } from '../../receiver/store/embedded/block/text/text-column-builder.ts';
import { ByteReader, ByteWriter } from '../../receiver/store/embedded/bytes.ts';

function build(texts: readonly (string | Uint8Array)[]): TextColumnBuilder {
  const builder = new TextColumnBuilder();
  for (const text of texts) {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text;
    // In the middle of other bytes, as they come from a chunk.
    const around = Buffer.concat([Buffer.from('7a'), bytes, Buffer.from('9f')]);
    builder.add(around, 2, 2 + bytes.length);
  }
  return builder;
}

function written(texts: readonly (string | Uint8Array)[]): Uint8Array {
  const writer = new ByteWriter();
  build(texts).write(writer);
  return writer.take();
}

function columnOf(texts: readonly (string | Uint8Array)[]): TextColumn {
  const reader = new ByteReader(written(texts));
  const column = TextColumn.read(reader);
  expect(reader.atEnd).toBe(true);
  return column;
}

function bytesAt(column: TextColumn, place: number): Uint8Array {
  const writer = new ByteWriter();
  column.bytesOf(place, writer);
  return writer.take();
}

const number = fc.oneof(
  fc.nat({ max: 300 }).map(String),
  fc.nat({ max: 99 }).map((value) => String(value).padStart(2, '0')),
  fc.maxSafeNat().map(String),
  fc.stringMatching(/^[0-9]{1,20}$/),
);
const hex = fc.oneof(
  fc.stringMatching(/^[0-9a-f]{8}$/),
  fc.stringMatching(/^[0-9A-F]{5}$/),
  fc.stringMatching(/^[0-9a-f]{1,40}$/),
  fc.uuid(),
);
const name = fc.oneof(
  fc.constantFrom('v1', 'v2', 'worker-7', 'SKU123', 'sku124K', 'K8s', 'deed', 'deed1', 'DEED', 'Dead1', 'µ5', '٣x3'),
  fc.stringMatching(/^[A-Za-z0-9]{1,6}$/),
  fc.string({ unit: 'binary', maxLength: 5 }).filter((text) => text.isWellFormed()),
);
const variable = fc.oneof(number, hex, name);
const PATTERNS = [
  ['order ', ' placed in ', ' ms'],
  ['', ''],
  ['', 'x', ''],
  ['×', ' ×', '×'],
  ['K ', ' K İ', 'ς ß'],
  ['ΟΔΟΣ ', 'ΟΔΟΣ', ''],
  ['a', ''],
  ['👩‍👩‍👧 ', '\u0000', ' 日本語'],
  ['GET /', '/', '?a=', '&b=', ' 200'],
  ['no variable part at all'],
];

/** Texts of few templates with values of few kinds each, so that slots of every kind come about. */
const texts = fc
  .array(
    fc
      .tuple(fc.constantFrom(...PATTERNS), fc.constantFrom(number, hex, name, variable))
      .chain(([pattern, values]) =>
        fc
          .array(fc.array(values, { minLength: pattern.length, maxLength: pattern.length }), { maxLength: 12 })
          .map((rows) => rows.map((row) => pattern.reduce((text, part, hole) => text + row[hole - 1] + part))),
      ),
    { maxLength: 4 },
  )
  .chain((groups) => fc.shuffledSubarray(groups.flat(), { minLength: groups.flat().length }));

/** Parts of the texts, and what they are not parts of. */
function needlesFor(column: readonly string[]): fc.Arbitrary<string> {
  const anywhere = fc.string({ unit: 'binary', maxLength: 3 });
  if (column.length === 0) return anywhere;
  const part = fc
    .tuple(fc.constantFrom(...column), fc.nat({ max: 40 }), fc.nat({ max: 20 }))
    .map(([text, start, length]) => text.slice(start, start + length));
  return fc.oneof(
    { weight: 6, arbitrary: part },
    { weight: 1, arbitrary: part.map((text) => `${text}0`) },
    { weight: 1, arbitrary: part.map((text) => text.toUpperCase()) },
    anywhere,
    fc.constantFrom('', 'k', 'K', 'i', 'ss', 'σ', 'ς', 'x'.repeat(10_000), '\ufffd', '\ud83d'),
  );
}

const textsAndNeedle = texts.chain((column) =>
  fc.tuple(
    fc.constant(column),
    needlesFor(column),
    fc.option(fc.array(fc.boolean(), { minLength: column.length, maxLength: column.length })),
  ),
);

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
    ['a few names', Array.from({ length: 300 }, (_, index) => `on node${index % 3}x${(index % 5) * 7}`)],
  ])('keeps %s', (_, column: string[]) => {
    const read = columnOf(column);
    expect(Array.from(column, (_text, place) => read.text(place))).toEqual(column);
  });

  test('is small when texts differ in variable parts alone', () => {
    const column = Array.from({ length: 4000 }, (_, index) => `order ${index % 250} placed by 1f8ac10${index % 10}`);
    // The template, a number and four packed bytes.
    expect(written(column).length).toBeLessThan(4000 * 6 + 100);
  });
});

function word(index: number): string {
  return index.toString(26).replaceAll(/[0-9]/g, (digit) => 'qrstuvwxyz'[Number(digit)]!);
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
