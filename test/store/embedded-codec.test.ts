import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ByteReader, ByteWriter, DamagedBytesError } from '../../receiver/store/embedded/bytes.ts';
import { addTo, type Counts, decodeCounts, encodeCounts } from '../../receiver/store/embedded/counts.ts';
import { dayOfFileName, fileNameOf } from '../../receiver/store/embedded/day.ts';
import { formatId, parseId } from '../../receiver/store/embedded/position.ts';
import { readValue, writeValue } from '../../receiver/store/embedded/value-codec.ts';
import { StoreError } from '../../receiver/store/errors.ts';
import { anyValue, exactly } from './chunk-records.ts';

const time = fc.bigInt({ min: 1n, max: 2n ** 63n - 1n });

describe('value codec', () => {
  test('O44 O50 every value comes back exactly, the order of keys included', () => {
    const writer = new ByteWriter();
    fc.assert(
      fc.property(anyValue, (written) => {
        writeValue(writer, written);
        expect(exactly(readValue(new ByteReader(writer.take())))).toEqual(exactly(written));
      }),
      { numRuns: 500 },
    );
  });

  test('bytes nested without end are damage, not a stack overflow', () => {
    // An array of one item, whose item is an array of one item, …
    const data = new Uint8Array(200_000).map((_, index) => (index % 2 === 0 ? 8 : 1));
    expect(() => readValue(new ByteReader(data))).toThrow(DamagedBytesError);
  });

  test('O44 an integer beyond 64 bits is refused with its value', () => {
    const writer = new ByteWriter();
    expect(() => writeValue(writer, 2n ** 63n)).toThrow(StoreError);
    expect(() => writeValue(writer, 2n ** 63n)).toThrow('9223372036854775808');
  });
});

describe('ids and day files', () => {
  test('ids compare as strings in the order of time, then arrival, and read back', () => {
    const position = fc.tuple(time, fc.integer({ min: 1, max: 16 ** 10 - 1 }));
    fc.assert(
      fc.property(position, position, ([timeA, sequenceA], [timeB, sequenceB]) => {
        const [a, b] = [formatId(timeA, sequenceA), formatId(timeB, sequenceB)];
        const order = timeA === timeB ? Math.sign(sequenceA - sequenceB) : timeA < timeB ? -1 : 1;
        expect(a === b ? 0 : a < b ? -1 : 1).toBe(order);
        const { day, time: within, sequence } = parseId(a)!;
        expect([BigInt(day) * 86_400_000_000_000n + BigInt(within), sequence]).toEqual([timeA, sequenceA]);
      }),
    );
  });

  test('a file name stands for its day, and no other name for one', () => {
    expect(fileNameOf(20_778)).toBe('2026-11-21.db');
    expect(dayOfFileName('2026-11-21.db')).toBe(20_778);
    for (const name of ['2026-11-21.db-wal', '2026-11-21.db.damaged', '2026-02-30.db', 'logvitals.db', 'lock.db', '']) {
      expect(dayOfFileName(name)).toBeNull();
    }
  });

  test('P37 counts come back as they were, and a cell taken down to nothing is gone', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 671 }), fc.integer({ min: 1, max: 1e9 }))), (cells) => {
        const counts: Counts = new Map();
        for (const [cell, amount] of cells) addTo(counts, cell, amount);
        expect(decodeCounts(encodeCounts(counts))).toEqual(counts);
        for (const [cell, amount] of cells) addTo(counts, cell, -amount);
        expect(encodeCounts(counts)).toHaveLength(0);
      }),
    );
  });
});
