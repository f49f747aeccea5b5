import { zstdCompressSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { KeptDecompressor, unzstd } from '../../receiver/store/embedded/block/unzstd.ts';
import { DamagedBytesError } from '../../receiver/store/embedded/bytes.ts';

const LENGTHS = [0, 1, 63, 64, 1000, 8192, 2 ** 20, 2 ** 20 + 1];

function bytesOf(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * index) % 7);
}

test('unpacks frames of every length, one after another', () => {
  for (const length of LENGTHS) {
    expect(Buffer.compare(unzstd(zstdCompressSync(bytesOf(length)), length), bytesOf(length)), `${length}`).toBe(0);
  }
});

test('what was unpacked stays as it is when more is unpacked', () => {
  const first = unzstd(zstdCompressSync(bytesOf(500)), 500);
  unzstd(zstdCompressSync(new Uint8Array(500).fill(9)), 500);
  expect(first).toEqual(bytesOf(500));
});

test('this Node has a decompressor that can be kept, which reading is fast by', () => {
  const kept = KeptDecompressor.open();
  expect(kept?.unpack(zstdCompressSync(bytesOf(8192)), 8192)).toEqual(bytesOf(8192));
  kept?.close();
});

test('a damaged frame is damage, and leaves nothing behind for the next', () => {
  const packed = zstdCompressSync(bytesOf(8192));
  const turned = packed.map((byte, index) => (index === packed.length >> 1 ? byte ^ 0xff : byte));
  const damaged = [
    bytesOf(100),
    packed.subarray(0, 4),
    turned,
    Buffer.concat([packed, bytesOf(10)]),
    new Uint8Array(0),
  ];
  for (const frame of damaged) {
    try {
      // Less than what is expected is for the caller to see; damage that zstd does not see is for checksums.
      expect(unzstd(frame, 8192).length).toBeLessThanOrEqual(8192);
    } catch (error) {
      expect(error).toBeInstanceOf(DamagedBytesError);
    }
    expect(unzstd(packed, 8192)).toEqual(bytesOf(8192));
  }
});

test('a frame that holds more than it should is damage', () => {
  const packed = zstdCompressSync(bytesOf(8192));
  for (const length of [1, 100, 8191]) expect(() => unzstd(packed, length)).toThrow(DamagedBytesError);
  expect(unzstd(packed, 8192)).toEqual(bytesOf(8192));
});
