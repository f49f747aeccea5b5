import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Codes, writeCodes } from '../../receiver/store/embedded/block/codes.ts';
import { fromDecimals, toDecimals } from '../../receiver/store/embedded/block/decimals.ts';
import { rowOrder } from '../../receiver/store/embedded/block/row-order.ts';
import { type ColumnReader, SectionReader, SectionWriter } from '../../receiver/store/embedded/block/section.ts';
import { WholeNumbers, writeWholeNumbers } from '../../receiver/store/embedded/block/whole-numbers.ts';
import { DamagedBytesError } from '../../receiver/store/embedded/bytes.ts';

/** Writes a column and opens it again. */
function column(write: (section: SectionWriter) => void): ColumnReader {
  const section = new SectionWriter();
  write(section);
  section.endColumn();
  return new SectionReader(section.finish()).column(0);
}

/** Places as a dictionary gives them: each new one is one more than the highest before. */
function places(values: readonly number[]): { places: Uint32Array; entries: number } {
  const known = new Map<number, number>();
  const found = values.map((value) => {
    if (!known.has(value)) known.set(value, known.size);
    return known.get(value)!;
  });
  return { places: Uint32Array.from(found), entries: known.size };
}

function expectCodes(values: readonly number[]): void {
  const { places: written, entries } = places(values);
  const stored = column((section) => writeCodes(section, written, entries));
  const read = new Codes(stored, written.length, entries);
  // The first few are looked up by themselves.
  for (const index of [written.length - 1, 0, written.length >> 1]) expect(read.at(index)).toBe(written[index]);
  expect(Array.from(written, (_, index) => read.at(index))).toEqual(Array.from(written));
  expect(Array.from(read.all())).toEqual(Array.from(written));
}

describe('codes of a dictionary', () => {
  test('come back whatever their order', () => {
    const values = fc.oneof(
      fc.array(fc.nat(3), { minLength: 1 }),
      fc.array(fc.nat(600), { minLength: 1, maxLength: 2000 }),
      fc.uniqueArray(fc.nat(), { minLength: 1 }),
    );
    fc.assert(fc.property(values, expectCodes));
  });

  test.each([253, 254, 255, 256, 65_533, 65_534, 65_535])('of %i entries come back', (entries) => {
    expectCodes([...Array(entries).keys(), entries - 1, 0, 1, 1]);
  });
});

describe('whole numbers', () => {
  const LIMIT = 2 ** 51 - 1;
  const numbers = fc.oneof(
    fc.array(fc.integer({ min: -300, max: 300 }), { minLength: 1 }),
    fc.array(
      fc.maxSafeInteger().map((number) => Math.trunc(number / 4)),
      { minLength: 1 },
    ),
    fc.array(
      fc.nat(1000).map((number) => number * 1e9),
      { minLength: 1 },
    ),
    fc.constantFrom([LIMIT, -LIMIT], [LIMIT - 1, -LIMIT, 0], [0], [-7, -7, -7]),
  );

  test('come back exactly', () => {
    const property = fc.property(numbers, (written) => {
      const opened = column((section) => writeWholeNumbers(section, Float64Array.from(written)));
      const read = new WholeNumbers(opened, written.length);
      const expected = written.map((number) => number + 0);
      expect(Array.from(read.all(), (number) => number + 0)).toEqual(expected);
      expect(Array.from(written, (_, index) => read.at(index) + 0)).toEqual(expected);
    });
    fc.assert(property);
  });

  test('take no room for what they have in common', () => {
    const section = new SectionWriter();
    writeWholeNumbers(
      section,
      Float64Array.from({ length: 5000 }, (_, index) => 17 + (index % 200) * 1_000_000),
    );
    section.endColumn();
    expect(section.finish().length).toBeLessThan(5000);
  });
});

describe('doubles', () => {
  test('that are decimals become whole numbers, and the same doubles again', () => {
    const decimals = fc.array(
      fc.tuple(fc.maxSafeInteger(), fc.nat(4)).map(([number, digits]) => Math.trunc(number / 2 ** 20) / 10 ** digits),
      { minLength: 1 },
    );
    const property = fc.property(decimals, (doubles) => {
      const written = Float64Array.from(doubles, (double) => double + 0);
      const { numbers, decimals } = toDecimals(written)!;
      fromDecimals(numbers, decimals);
      expect(Array.from(numbers, (number) => number + 0)).toEqual(Array.from(written));
    });
    fc.assert(property);
  });

  test('that are no decimals are left alone', () => {
    for (const double of [1 / 3, Math.PI, Number.MIN_VALUE, Number.MAX_VALUE, 2 ** 51]) {
      expect(toDecimals(Float64Array.of(0.5, double))).toBe(null);
    }
  });
});

test('rows are ordered by time, then by sequence', () => {
  const rows = fc.array(fc.record({ time: fc.nat(20), sequence: fc.nat(20) }), { maxLength: 300 });
  const property = fc.property(rows, (all) => {
    const order = rowOrder(
      Float64Array.from(all, ({ time }) => time),
      Float64Array.from(all, ({ sequence }) => sequence),
    );
    const expected = [...all.keys()].sort(
      (a, b) => all[a]!.time - all[b]!.time || all[a]!.sequence - all[b]!.sequence || a - b,
    );
    expect([...order]).toEqual(expected);
  });
  fc.assert(property);
});

describe('a section', () => {
  test('gives back its columns and their streams', () => {
    const streams = fc.array(fc.array(fc.uint8Array({ maxLength: 5000 }), { maxLength: 4 }), { maxLength: 4 });
    const property = fc.property(streams, (columns) => {
      const section = new SectionWriter();
      for (const [place, column] of columns.entries()) {
        section.meta.varint(place);
        for (const stream of column) section.add(stream);
        section.endColumn();
      }
      const reader = new SectionReader(section.finish());
      expect(reader.columns).toBe(columns.length);
      for (const [place, column] of columns.entries()) {
        const read = reader.column(place);
        expect(read.meta.varint()).toBe(place);
        for (const stream of column) expect([...read.next()]).toEqual([...stream]);
      }
    });
    fc.assert(property);
  });

  test('that a writer finished does not show in the next', () => {
    const section = new SectionWriter();
    section.add(new Uint8Array(5000).fill(1));
    section.endColumn();
    section.finish();
    section.meta.byte(7);
    section.endColumn();
    const second = new SectionReader(section.finish());
    expect(second.columns).toBe(1);
    expect(second.column(0).meta.byte()).toBe(7);
  });

  test('that was released is fetched again, and has to be the same', () => {
    const section = new SectionWriter();
    const random = Uint8Array.from({ length: 5000 }, (_, index) => (index * index * 31) >>> 7);
    section.add(random);
    section.add(new Uint8Array(5000).fill(1));
    section.endColumn();
    const bytes = section.finish();
    let next = bytes;
    const reader = new SectionReader(bytes, () => next);
    const streams = () => {
      const column = reader.column(0);
      return [column.next(), column.next()];
    };
    const before = streams();
    const packed = reader.heldBytes;
    reader.release();
    expect(reader.heldBytes).toBeLessThan(packed - 5000);
    expect(streams()).toEqual(before);
    expect(reader.heldBytes).toBe(packed);
    reader.release();
    section.endColumn();
    next = section.finish();
    expect(streams).toThrow(DamagedBytesError);
  });

  test('refuses columns and streams that it does not have', () => {
    const reader = new SectionReader(new SectionWriter().finish());
    expect(() => reader.column(0)).toThrow(DamagedBytesError);
    const empty = column(() => {});
    expect(() => empty.next()).toThrow(DamagedBytesError);
    expect(() => empty.meta.byte()).toThrow(DamagedBytesError);
  });
});
