import { crc32 } from 'node:zlib';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { SectionName } from '../../receiver/store/embedded/block/block-source.ts';
import { DamagedBytesError } from '../../receiver/store/embedded/bytes.ts';
import { chunkOf, dayRecordArbitrary, encodeBlock, fieldsOf, openBlock } from '../helpers/blocks.ts';

type Part = SectionName | 'header';
const PARTS: readonly Part[] = ['header', 'places', 'ids', 'body', 'attributes'];

const [records] = fc.sample(fc.array(dayRecordArbitrary, { minLength: 60, maxLength: 60 }), { numRuns: 1, seed: 5 });
const chunk = chunkOf(records!);
const encoded = encodeBlock(chunk);

/** Reads all of the block; says whether that ended with the error that damaged bytes are to give. */
function isRefused(part: Part, bytes: Uint8Array): boolean {
  try {
    const block = openBlock(chunk, encoded, { [part]: bytes });
    for (let row = 0; row < block.size; row++) fieldsOf(block.record(row));
    const marks = new Uint8Array(block.size);
    for (const { key } of block.header.keys) {
      block.attribute(key)!.markContaining('a', null, marks);
      block.attribute(key)!.countTexts(null, () => {});
    }
    block.body.markContaining('a', null, marks);
    block.traces.markEqual('ab'.repeat(16), null, marks);
    return false;
  } catch (error) {
    if (error instanceof DamagedBytesError) return true;
    throw error;
  }
}

const place = (bytes: Uint8Array, from = 0) => fc.integer({ min: from, max: bytes.length - 1 });

function withBitFlipped(bytes: Uint8Array, at: number, bit: number): Uint8Array {
  const damaged = new Uint8Array(bytes);
  damaged[at]! ^= 1 << bit;
  return damaged;
}

test('a block whose bytes are whole is not refused', () => {
  for (const part of PARTS) expect(isRefused(part, encoded[part])).toBe(false);
});

describe.each(PARTS)('a block whose %s is damaged', (part) => {
  const bytes = encoded[part];

  test('is refused when it is cut short', () => {
    const property = fc.property(place(bytes), (length) => {
      expect(isRefused(part, bytes.subarray(0, length))).toBe(true);
    });
    fc.assert(property, { numRuns: 100 });
  });

  test('is refused when a bit is flipped', () => {
    const property = fc.property(place(bytes), fc.nat({ max: 7 }), (at, bit) => {
      expect(isRefused(part, withBitFlipped(bytes, at, bit))).toBe(true);
    });
    fc.assert(property, { numRuns: 200 });
  });

  test('is refused when it is any bytes', () => {
    const property = fc.property(fc.uint8Array({ maxLength: 300 }), (random) => {
      expect(isRefused(part, random)).toBe(true);
    });
    fc.assert(property, { numRuns: 100 });
  });

  test('never does worse than that where the checksum was made to fit', () => {
    const property = fc.property(place(bytes, 4), fc.nat({ max: 7 }), fc.nat(255), (at, bit, byte) => {
      const damaged = withBitFlipped(bytes, at, bit);
      damaged[4 + ((at * 31) % (bytes.length - 4))] = byte;
      new DataView(damaged.buffer).setUint32(0, crc32(damaged.subarray(4)), true);
      isRefused(part, damaged);
    });
    fc.assert(property, { numRuns: 400 });
  });
});
