import type { Transform } from 'node:stream';
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

/** zstd data may be several frames, one behind another. Honest clients send one or two; each costs a call of its own. */
const MAX_ZSTD_FRAMES = 64;

/** What became of one frame; `consumed` tells how far into the input it went. */
type Frame = Exclude<Decompressed, { kind: 'bytes' }> | { kind: 'bytes'; bytes: Buffer; consumed: number };

interface Codec {
  atOnce(bytes: Buffer, options: { chunkSize: number; maxOutputLength: number; info: true }): unknown;
  stream(options: { chunkSize: number }): Transform & { readonly bytesWritten: number };
  readonly maxFrames: number;
}

const ZLIB: Codec = { atOnce: inflateSync, stream: createInflate, maxFrames: 1 };
const RAW: Codec = { atOnce: inflateRawSync, stream: createInflateRaw, maxFrames: 1 };
/** zlib itself goes on to the next member. */
const GZIP: Codec = { atOnce: gunzipSync, stream: createGunzip, maxFrames: 1 };
const ZSTD: Codec = {
  atOnce: (bytes, options) => zstdDecompressSync(bytes, { ...options, params: ZSTD_PARAMS }),
  stream: (options) => createZstdDecompress({ ...options, params: ZSTD_PARAMS }),
  maxFrames: MAX_ZSTD_FRAMES,
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
  const parts: Buffer[] = [];
  let rest = bytes;
  let room = limit;
  for (let count = 0; count < codec.maxFrames; count++) {
    const frame = await decompressFrame(rest, codec, room, reservation);
    if (frame.kind !== 'bytes') return frame;
    parts.push(frame.bytes);
    room -= frame.bytes.length;
    rest = rest.subarray(frame.consumed);
    if (rest.length === 0 || codec.maxFrames === 1) {
      return { kind: 'bytes', bytes: parts.length === 1 ? frame.bytes : Buffer.concat(parts) };
    }
  }
  return { kind: 'broken' };
}

/** `deflate` is the zlib format, but raw deflate data is sent under that name too; the header tells them apart. */
function codecOf(bytes: Buffer, compression: Compression): Codec {
  if (compression === 'gzip') return GZIP;
  if (compression === 'zstd') return ZSTD;
  const hasZlibHeader = bytes.length >= 2 && (bytes[0]! & 15) === 8 && bytes.readUInt16BE(0) % 31 === 0;
  return hasZlibHeader ? ZLIB : RAW;
}

async function decompressFrame(bytes: Buffer, codec: Codec, limit: number, reservation: Reservation): Promise<Frame> {
  if (bytes.length <= AT_ONCE_INPUT_BYTES) {
    const frame = atOnce(bytes, codec, Math.min(limit, AT_ONCE_BYTES));
    if (frame.kind === 'bytes') return reservation.take(frame.bytes.length) ? frame : { kind: 'no_room' };
    if (frame.kind !== 'too_large' || limit <= AT_ONCE_BYTES) return frame;
  }
  return inChunks(bytes, codec, limit, reservation);
}

function atOnce(bytes: Buffer, codec: Codec, limit: number): Frame {
  try {
    // zlib wants a positive limit; an empty frame may still follow one that used the room up.
    const options = { chunkSize: CHUNK_BYTES, maxOutputLength: Math.max(limit, 1), info: true } as const;
    // Missing in @types/node: with `info`, zlib gives the engine too, and so how much of the input it took.
    const { buffer, engine } = codec.atOnce(bytes, options) as { buffer: Buffer; engine: { bytesWritten: number } };
    if (buffer.length > limit) return { kind: 'too_large' };
    return { kind: 'bytes', bytes: buffer, consumed: engine.bytesWritten };
  } catch (error) {
    return { kind: (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? 'too_large' : 'broken' };
  }
}

async function inChunks(bytes: Buffer, codec: Codec, limit: number, reservation: Reservation): Promise<Frame> {
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
  return { kind: 'bytes', bytes: Buffer.concat(chunks, length), consumed: stream.bytesWritten };
}
