import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readLines } from '../../receiver/transfer/lines.ts';
import { temporaryFolder } from './run-cli.ts';

let folder: ReturnType<typeof temporaryFolder>;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => folder.remove());

const LONGEST = 200_000;

async function linesOf(content: string | Buffer): Promise<{ number: number; text: string | null }[]> {
  const file = join(folder.path, 'lines');
  writeFileSync(file, content);
  let read = 0;
  const lines = await Array.fromAsync(
    readLines(file, LONGEST, (bytes) => {
      read += bytes;
    }),
  );
  expect(read).toBe(Buffer.byteLength(content));
  return lines.map(({ number, bytes }) => ({ number, text: bytes?.toString() ?? null }));
}

describe('lines of a file', () => {
  const TEXT = 'first\r\n\n\nfourth ✓\nlast without an end';
  const LINES = [
    { number: 1, text: 'first' },
    { number: 4, text: 'fourth ✓' },
    { number: 5, text: 'last without an end' },
  ];

  test('plain, gzip and zstd are told apart by content; blank lines only count', async () => {
    expect(await linesOf(TEXT)).toEqual(LINES);
    expect(await linesOf(gzipSync(TEXT))).toEqual(LINES);
    expect(await linesOf(zstdCompressSync(TEXT))).toEqual(LINES);
  });

  test('gzip files put one behind the other are one file', async () => {
    const both = Buffer.concat([gzipSync('a\n'), gzipSync('b\n')]);
    expect(await linesOf(both)).toEqual([
      { number: 1, text: 'a' },
      { number: 2, text: 'b' },
    ]);
  });

  test('an empty file has none', async () => {
    expect(await linesOf('')).toEqual([]);
    expect(await linesOf('\n')).toEqual([]);
  });

  test('a line may be longer than a chunk, and is passed over, in bounded memory, when it is too long', async () => {
    const long = 'x'.repeat(LONGEST);
    expect(await linesOf(`${long}\n${long}y\nshort`)).toEqual([
      { number: 1, text: long },
      { number: 2, text: null },
      { number: 3, text: 'short' },
    ]);
    expect(await linesOf(gzipSync('z'.repeat(50_000_000)))).toEqual([{ number: 1, text: null }]);
  });

  test('a broken gzip file gives its good lines, then the failure', async () => {
    const file = join(folder.path, 'broken.gz');
    writeFileSync(file, gzipSync('a\n'.repeat(100_000)).subarray(0, 200));
    const read = Array.fromAsync(readLines(file, LONGEST, () => {}));
    await expect(read).rejects.toMatchObject({ code: 'Z_BUF_ERROR' });
  });
});
