import { createReadStream } from 'node:fs';
import { pipeline, Readable, type Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

export interface Line {
  /** From 1. */
  readonly number: number;
  /** Without its line end; null for a line longer than allowed. */
  readonly bytes: Buffer | null;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/**
 * The lines of a file (`-` is standard input) that is plain, gzip or zstd, whatever its name says. Blank ones are passed
 * over but counted. `onRead` is told of each chunk's size before decompression. Memory holds one line and one chunk.
 */
export async function* readLines(file: string, longest: number, onRead: (bytes: number) => void): AsyncGenerator<Line> {
  const source: Readable = file === '-' ? process.stdin : createReadStream(file);
  let number = 1;
  let parts: Buffer[] = [];
  let length = 0;
  const line = (end: Buffer): Line => {
    const isTooLong = length + end.length > longest;
    const bytes = isTooLong ? null : trimEnd(parts.length === 0 ? end : Buffer.concat([...parts, end]));
    parts = [];
    length = 0;
    return { number: number++, bytes };
  };
  for await (const chunk of plain(source, onRead)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const next = line(chunk.subarray(start, end));
      if (next.bytes === null || next.bytes.length > 0) yield next;
      start = end + 1;
    }
    length += chunk.length - start;
    if (length > longest) parts = [];
    else if (start < chunk.length) parts.push(chunk.subarray(start));
  }
  if (length > 0) yield line(Buffer.alloc(0));
}

/** Whether an error is the file's, or its compression's: what can be read of it ends there. */
export const isUnreadable = (error: unknown): error is Error =>
  /^(E[A-Z]+|Z_[A-Z_]+|ZSTD_\w+|ERR_\w+)$/.test((error as NodeJS.ErrnoException).code ?? '');

function trimEnd(bytes: Buffer): Buffer {
  return bytes.at(-1) === CARRIAGE_RETURN ? bytes.subarray(0, -1) : bytes;
}

async function* plain(source: Readable, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const chunks = counted(source, onRead);
  const first = await chunks.next();
  if (first.done) return;
  const all = startingWith(first.value, chunks);
  const decompressor = decompressorFor(first.value);
  if (decompressor === null) return yield* all;
  // The failure is thrown by the iteration below; here it needs no second hearer.
  yield* pipeline(Readable.from(all), decompressor, () => {}) as AsyncIterable<Buffer>;
}

async function* counted(source: Readable, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of source as AsyncIterable<Buffer>) {
    onRead(chunk.length);
    yield chunk;
  }
}

async function* startingWith(first: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

function decompressorFor(start: Buffer): Transform | null {
  const magic = start.subarray(0, 4).toString('hex');
  if (magic.startsWith('1f8b')) return createGunzip();
  return magic === '28b52ffd' ? createZstdDecompress() : null;
}
