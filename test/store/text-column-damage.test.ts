import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { TextColumn } from '../../receiver/store/embedded/block/text/text-column.ts';
import { ByteReader, ByteWriter, DamagedBytesError } from '../../receiver/store/embedded/bytes.ts';
import { texts, written } from './text-columns.ts';

/** Does everything that can be done with a column. */
function use(bytes: Uint8Array): void {
  const column = TextColumn.read(new ByteReader(bytes));
  expect(column.size).toBeLessThanOrEqual(bytes.length);
  const marks = new Uint8Array(column.size);
  const uses = [
    ...Array.from(marks.keys(), (place) => () => column.text(place)),
    () => column.markContaining('order 1', null, marks),
    () => column.markContaining('x', null, marks),
    () => column.markEqual('order 1', null, marks),
    () => column.markPrefix('or', null, marks),
    () => column.bytesOf(0, new ByteWriter()),
  ];
  for (const useOnce of column.size === 0 ? uses.slice(0, -1) : uses) orDamaged(useOnce);
}

/** Damage is told as such, and never in another way. */
function orDamaged(run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(DamagedBytesError);
  }
}

test('damaged columns of texts are told as such, or read as something', () => {
  const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(texts, damage, fc.option(fc.nat()), (column, changes, cut) => {
      const bytes = written(column);
      for (const [place, value] of changes) bytes[place % bytes.length] = value;
      orDamaged(() => use(cut === null ? bytes : bytes.subarray(0, cut % bytes.length)));
    }),
    { numRuns: 3000 },
  );
});

test('random bytes are no column of texts', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => orDamaged(() => use(bytes))),
    { numRuns: 3000 },
  );
});

test('a column claims no more than its bytes can hold', () => {
  const claim = (...numbers: number[]) => {
    const writer = new ByteWriter();
    for (const number of numbers) writer.varint(number);
    return () => TextColumn.read(new ByteReader(writer.take()));
  };
  expect(claim(2 ** 50, 1, 0, 0, 0, 0, 0)).toThrow(DamagedBytesError);
  expect(claim(0, 2 ** 50, 0, 0, 0, 0, 0)).toThrow(DamagedBytesError);
  expect(claim(1, 1, 2 ** 50, 0, 0, 0, 0)).toThrow(DamagedBytesError);
  // One text, one template with one hole, a slot of hexadecimal digits without end.
  expect(claim(1, 1, 4, 2, 0, 1, 0, 1, 2, 0x7f, 0x7f, 0xff, 0xfe, 0)).toThrow(DamagedBytesError);
});
