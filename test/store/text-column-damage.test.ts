import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  SLOT_DICTIONARY,
  SLOT_LOWER_HEX,
  SLOT_NUMBER,
  SLOT_TEXT,
} from '../../receiver/store/embedded/block/text/slot-kinds.ts';
import { END, HOLE } from '../../receiver/store/embedded/block/text/text-classes.ts';
import { ByteWriter, DamagedBytesError } from '../../receiver/store/embedded/bytes.ts';
import { readStreams, texts, written } from './text-columns.ts';

const STREAMS = 6;

/** Does everything that can be done with a column. */
function use(streams: readonly Uint8Array[]): void {
  const column = readStreams(streams);
  expect(column.size).toBeLessThanOrEqual(Buffer.concat(streams).length);
  const marks = new Uint8Array(column.size);
  const uses = [
    ...Array.from(marks.keys(), (place) => () => column.text(place)),
    () => column.markContaining('order 1', null, marks),
    () => column.markContaining('x', null, marks),
    () => column.markEqual('order 1', null, marks),
    () => column.markPrefix('or', null, marks),
  ];
  if (column.size > 0) uses.push(() => column.bytesOf(0, new ByteWriter()));
  for (const useOnce of uses) orDamaged(useOnce);
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
  const change = fc.record({ stream: fc.nat({ max: STREAMS - 1 }), place: fc.nat(), value: fc.nat({ max: 255 }) });
  const cut = fc.record({ stream: fc.nat({ max: STREAMS - 1 }), length: fc.nat() });
  fc.assert(
    fc.property(texts, fc.array(change, { maxLength: 4 }), fc.option(cut), (column, changes, shortened) => {
      const streams = written(column);
      for (const { stream, place, value } of changes) {
        const bytes = streams[stream]!;
        if (bytes.length > 0) bytes[place % bytes.length] = value;
      }
      if (shortened) {
        const bytes = streams[shortened.stream]!;
        streams[shortened.stream] = bytes.subarray(0, shortened.length % (bytes.length + 1));
      }
      orDamaged(() => use(streams));
    }),
    { numRuns: 3000 },
  );
});

test('random bytes are no column of texts', () => {
  const streams = fc.array(fc.uint8Array({ maxLength: 60 }), { minLength: STREAMS, maxLength: STREAMS });
  fc.assert(
    fc.property(streams, (random) => orDamaged(() => use(random))),
    { numRuns: 3000 },
  );
});

test('a column claims no more than its bytes can hold', () => {
  const claim = (numbers: readonly number[], skeletons: readonly number[] = [], templates: readonly number[] = []) => {
    const directory = new ByteWriter();
    for (const number of numbers) directory.varint(number);
    const none = new Uint8Array(0);
    const streams = [directory.take(), Uint8Array.from(skeletons), none, Uint8Array.from(templates), none, none];
    return () => use(streams);
  };
  expect(claim([2 ** 50, 1, 0])).toThrow(DamagedBytesError);
  expect(claim([0, 2 ** 50, 0])).toThrow(DamagedBytesError);
  expect(claim([1, 1, 2 ** 50], [HOLE, END], [0])).toThrow(DamagedBytesError);
  expect(claim([1, 1, 1, SLOT_LOWER_HEX, 2 ** 50], [HOLE, END], [0])).toThrow(DamagedBytesError);
  expect(claim([1, 1, 1, SLOT_TEXT, 0, 2 ** 50, 0, 1], [HOLE, END], [0])).toThrow(DamagedBytesError);
  expect(claim([1, 1, 1, SLOT_DICTIONARY, 0, 2 ** 50, 0, 1], [HOLE, END], [0])).toThrow(DamagedBytesError);
  // The same but for a number that is there: no damage.
  claim([1, 1, 1, SLOT_NUMBER, 0, 7], [HOLE, END], [0])();
});
