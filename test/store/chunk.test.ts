import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold } from '../../receiver/query/fold.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { valueText } from '../../receiver/record/value-text.ts';
import { DamagedBytesError } from '../../receiver/store/embedded/bytes.ts';
import { Chunk, HAS } from '../../receiver/store/embedded/chunk/chunk.ts';
import { encodeAppend, encodeRecords } from '../../receiver/store/embedded/chunk/encode-append.ts';
import { HotRecord } from '../../receiver/store/embedded/chunk/hot-record.ts';
import { mergeChunks, selectRows } from '../../receiver/store/embedded/chunk/merge-chunks.ts';
import { dayOf, startOf, timeWithin } from '../../receiver/store/embedded/day.ts';
import { uniqueKeyOf } from '../../receiver/store/embedded/keys.ts';
import { formatId } from '../../receiver/store/embedded/position.ts';
import { StoreError } from '../../receiver/store/errors.ts';
import { logRecord } from '../helpers/records.ts';
import { anyRecord, chunkOf, exactly, plain } from './chunk-records.ts';

const someRecords = fc.array(anyRecord, { maxLength: 6 });

function recordsOf(chunk: Chunk): HotRecord[] {
  return Array.from({ length: chunk.size }, (_, row) => new HotRecord(chunk, row));
}

describe('chunk', () => {
  test('O42 O44 O45 O47 O48 O50 every part of a record comes back from its row, the order of keys included', () => {
    fc.assert(
      fc.property(someRecords, (records) => {
        const chunk = chunkOf(records);
        expect(chunk.size).toBe(records.length);
        expect(recordsOf(chunk).map(plain)).toEqual(records.map(plain));
      }),
    );
  });

  test('O42 P30 a row knows its day, time and number of arrival, and its record the id made of them', () => {
    fc.assert(
      fc.property(someRecords, fc.nat({ max: 2 ** 32 - 100 }), (records, first) => {
        const chunk = chunkOf(records, first);
        for (const [row, { timestamp, observedTimestamp }] of records.entries()) {
          const day = dayOf(timestamp);
          const position = { day, time: timeWithin(day, timestamp), sequence: first + row };
          expect(new HotRecord(chunk, row).position).toEqual(position);
          expect(startOf(chunk.day(row)) + BigInt(chunk.timeWithin(row))).toBe(timestamp);
          expect(new HotRecord(chunk, row).id).toBe(formatId(timestamp, first + row));
          expect(chunk.observedDelay(row)).toBe(Number(observedTimestamp - timestamp));
        }
      }),
    );
  });

  test('P9 the key of a unique id stands in its row alone', () => {
    fc.assert(
      fc.property(someRecords, (records) => {
        const chunk = chunkOf(records);
        for (const [row, record] of records.entries()) {
          const key = uniqueKeyOf(record);
          expect(chunk.uidKey(row)).toEqual(key === null ? null : new Uint8Array(key));
          expect((chunk.has(row) & HAS.uid) !== 0).toBe(key !== null);
        }
      }),
    );
  });

  test('O50 single attributes are found without the others, whatever was read before', () => {
    fc.assert(
      fc.property(anyRecord, fc.string(), (record, otherKey) => {
        const { attributes } = new HotRecord(chunkOf([record]), 0);
        expect(attributes.size).toBe(record.attributes.size);
        for (const key of [...record.attributes.keys(), otherKey]) {
          expect(exactly(attributes.get(key))).toEqual(exactly(record.attributes.get(key)));
          expect(attributes.has(key)).toBe(record.attributes.has(key));
        }
        expect(exactly(attributes)).toEqual(exactly(record.attributes));
        for (const [key, value] of record.attributes) expect(exactly(attributes.get(key))).toEqual(exactly(value));
      }),
    );
  });

  test('P7 P31 the texts that words are looked for in are the body and the stack trace, folded', () => {
    fc.assert(
      fc.property(anyRecord, (record) => {
        const stackTrace = record.attributes.get('exception.stacktrace');
        const texts = stackTrace === undefined ? [record.body] : [record.body, stackTrace];
        expect(new HotRecord(chunkOf([record]), 0).foldedTexts).toEqual(texts.map((text) => fold(valueText(text))));
      }),
    );
  });

  test('P9 an append holds its batches one after another', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ key: fc.option(fc.string()), records: someRecords })), (batches) => {
        const message = encodeAppend(batches, 17);
        expect(message.receivedAt).toBe(17);
        expect(message.batches).toEqual(batches.map(({ key, records }) => ({ key, size: records.length })));
        const records = batches.flatMap((batch) => batch.records);
        expect(recordsOf(Chunk.read(message.chunk)).map(plain)).toEqual(records.map(plain));
        // To be handed to another thread as it is.
        expect(message.chunk.byteLength).toBe(message.chunk.buffer.byteLength);
      }),
      { numRuns: 30 },
    );
  });

  test('O44 P9 merged chunks hold the rows of all, each table entry once, sequences and unique ids kept', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(someRecords, fc.nat()), { maxLength: 5 }), (parts) => {
        const chunks = parts.map(([records, first]) => chunkOf(records, first));
        const merged = mergeChunks(chunks);
        const separate = chunks.flatMap(recordsOf);
        expect(recordsOf(merged).map(plain)).toEqual(separate.map(plain));
        expect(recordsOf(merged).map(({ id }) => id)).toEqual(separate.map(({ id }) => id));
        expect(separate.map(({ chunk, row }) => chunk.uidKey(row))).toEqual(
          separate.map((_, row) => merged.uidKey(row)),
        );
        // Merging what is merged already changes nothing.
        expect(mergeChunks([merged, ...chunks, selectRows(merged, [])]).tables).toEqual(merged.tables);
      }),
    );
  });

  test('P36 selected rows are those asked for, in that order', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 6 }),
        fc.array(fc.nat(), { maxLength: 8 }),
        (records, picks) => {
          const chunk = chunkOf(records);
          const rows = picks.map((pick) => pick % records.length);
          const selected = recordsOf(selectRows(chunk, rows));
          expect(selected.map(plain)).toEqual(rows.map((row) => plain(records[row]!)));
          expect(selected.map(({ position }) => position.sequence)).toEqual(rows.map((row) => row + 1));
        },
      ),
    );
  });

  test('O44 O50 records are encoded again as they are read', () => {
    fc.assert(
      fc.property(someRecords, (records) => {
        expect(encodeRecords(recordsOf(chunkOf(records)))).toEqual(encodeRecords(records));
      }),
    );
  });

  test('O44 a key-value list that is no Map is stored as what it is, wherever it stands', () => {
    const pairs = new Map([
      ['b', 1n],
      ['a', 2n],
    ]);
    const { attributes } = new HotRecord(chunkOf([logRecord({ attributes: pairs })]), 0);
    const written = logRecord({ body: [attributes, []], attributes: { nested: attributes } });
    const read = new HotRecord(chunkOf([written]), 0);
    expect(exactly(read.body)).toEqual(exactly([pairs, []]));
    expect(exactly(read.attributes.get('nested'))).toEqual(exactly(pairs));
  });

  test('O42 O44 O46 what cannot be stored is refused, with the reason, and the next append is none the worse', () => {
    const refused: [Partial<LogRecord>, string][] = [
      [{ timestamp: 2n ** 63n }, '9223372036854775808'],
      [{ timestamp: -1n }, '-1'],
      [{ observedTimestamp: 2n ** 64n + 5n }, '18446744073709551621'],
      [{ body: 2n ** 63n }, '9223372036854775808'],
      [{ body: [new Map([['k', -(2n ** 63n) - 1n]])] }, '-9223372036854775809'],
      [{ traceId: 'abc' }, '"abc"'],
      [{ traceId: 'g'.repeat(32) }, 'hex digits'],
      [{ spanId: '0123456789abcde\u0666' }, 'hex digits'],
    ];
    const good = logRecord({ attributes: { a: 1n } });
    const expected = encodeRecords([good]);
    for (const [part, reason] of refused) {
      const encode = () => encodeAppend([{ key: null, records: [good, logRecord(part), good] }], 0);
      expect(encode).toThrow(StoreError);
      expect(encode).toThrow(reason);
      expect(encodeRecords([good])).toEqual(expected);
    }
  });
});

describe('damaged chunks', () => {
  /** Reads everything there is to read. */
  function readAll(bytes: Uint8Array): void {
    const chunk = Chunk.read(bytes);
    for (const record of recordsOf(chunk)) {
      plain(record);
      chunk.uidKey(record.row);
      void record.foldedTexts;
    }
    mergeChunks([chunk, chunk]);
    selectRows(chunk, [...chunk.rowStarts.keys()].reverse());
  }

  test('without a checksum they are refused or read as something, but nothing else happens', () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat({ max: 255 }), cut: fc.option(fc.nat(), { freq: 4 }) });
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 3 }),
        fc.array(change, { minLength: 1, maxLength: 4 }),
        (records, changes) => {
          let bytes = chunkOf(records).bytes.slice();
          for (const { at, byte, cut } of changes) {
            bytes[at % bytes.length] = byte;
            if (cut !== null) bytes = bytes.slice(0, 1 + (cut % bytes.length));
          }
          try {
            readAll(bytes);
          } catch (error) {
            expect(error).toBeInstanceOf(DamagedBytesError);
          }
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('with a checksum any change is noticed', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { minLength: 1, maxLength: 3 }),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        (records, at, change) => {
          const stored = chunkOf(records).withChecksum().slice();
          readAll(stored);
          const place = at % stored.length;
          // All but the checksum itself, whose absence is allowed.
          fc.pre(place < 12 || place >= 16);
          stored[place]! ^= change;
          expect(() => Chunk.read(stored)).toThrow(DamagedBytesError);
        },
      ),
      { numRuns: 300 },
    );
  });

  test('a sequence set later undoes the checksum instead of making the chunk look damaged', () => {
    const chunk = chunkOf([logRecord(), logRecord()]);
    chunk.withChecksum();
    chunk.setSequence(1, 77);
    expect(Chunk.read(chunk.bytes).sequence(1)).toBe(77);
  });

  test('any bytes at all are refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => Chunk.read(bytes)).toThrow(DamagedBytesError);
      }),
    );
  });
});
