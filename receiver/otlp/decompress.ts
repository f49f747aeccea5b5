import {
  constants,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib';
import type { Reservation } from './byte-budget.ts';

/** Content encodings understood besides none (O6). */
export type Compression = 'gzip' | 'deflate' | 'zstd';

export type Decompressed =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'broken' }
  | { readonly kind: 'too_large' }
  | { readonly kind: 'no_room' };

/** Up to this size of output, decompressing at once costs less than handing it to another thread. */
const AT_ONCE_BYTES = 1024 * 1024;
/** Input above this size would hold the event loop for long even if its output is small. */
const AT_ONCE_INPUT_BYTES = 256 * 1024;
const CHUNK_BYTES = 512 * 1024;
/** Of zstd's window, 8 MiB: what RFC 8878 asks of decoders, and RFC 9659 allows in HTTP. */
const ZSTD_WINDOW_LOG = 23;
const ZSTD_PARAMS = { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG };

interface Codec {
  atOnce(bytes: Buffer, options: { chunkSize: number; maxOutputLength: number }): Buffer;
  stream(options: { chunkSize: number }): NodeJS.ReadWriteStream & { destroy(): unknown };
}

const ZLIB: Codec = { atOnce: inflateSync, stream: createInflate };
const RAW: Codec = { atOnce: inflateRawSync, stream: createInflateRaw };
const GZIP: Codec = { atOnce: gunzipSync, stream: createGunzip };
const ZSTD: Codec = {
  atOnce: (bytes, options) => zstdDecompressSync(bytes, { ...options, params: ZSTD_PARAMS }),
  stream: (options) => createZstdDecompress({ ...options, params: ZSTD_PARAMS }),
};

/**
 * Decompresses a whole body to at most `limit` bytes, in bounded memory whatever it would unpack to (O10), taking room
 * for the output from `reservation`. Small outputs are made at once, large ones on zlib's threads.
 */
export async function decompress(
  bytes: Buffer,
  compression: Compression,
  limit: number,
  reservation: Reservation,
): Promise<Decompressed> {
  const codec = codecOf(bytes, compression);
  if (bytes.length <= AT_ONCE_INPUT_BYTES) {
    const output = atOnce(bytes, codec, Math.min(limit, AT_ONCE_BYTES));
    if (output === null) return { kind: 'broken' };
    if (output !== 'too_large')
      return reservation.take(output.length) ? { kind: 'bytes', bytes: output } : { kind: 'no_room' };
    if (limit <= AT_ONCE_BYTES) return { kind: 'too_large' };
  }
  return inChunks(bytes, codec, limit, reservation);
}

/** `deflate` is the zlib format, but raw deflate data is sent under that name too; the header tells them apart. */
function codecOf(bytes: Buffer, compression: Compression): Codec {
  if (compression === 'gzip') return GZIP;
  if (compression === 'zstd') return ZSTD;
  const hasZlibHeader = bytes.length >= 2 && (bytes[0]! & 15) === 8 && bytes.readUInt16BE(0) % 31 === 0;
  return hasZlibHeader ? ZLIB : RAW;
}

function atOnce(bytes: Buffer, codec: Codec, limit: number): Buffer | 'too_large' | null {
  try {
    return codec.atOnce(bytes, { chunkSize: CHUNK_BYTES, maxOutputLength: limit });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : null;
  }
}

async function inChunks(bytes: Buffer, codec: Codec, limit: number, reservation: Reservation): Promise<Decompressed> {
  const stream = codec.stream({ chunkSize: CHUNK_BYTES });
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    stream.end(bytes);
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limit) return { kind: 'too_large' };
      if (!reservation.take(chunk.length)) return { kind: 'no_room' };
      chunks.push(chunk);
    }
  } catch {
    return { kind: 'broken' };
  } finally {
    stream.destroy();
  }
  return { kind: 'bytes', bytes: Buffer.concat(chunks, length) };
}
