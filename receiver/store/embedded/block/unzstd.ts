import { constants, createZstdDecompress, zstdDecompressSync } from 'node:zlib';
import { DamagedBytesError } from '../bytes.ts';

/** Longer frames are unpacked in Node's documented way, whose 40 µs do not matter there. */
const MOST_KEPT = 2 ** 20;
/** Unpacked bytes are asked for all at once, which saves joining them, but not more at once than damage may claim. */
const MOST_CHUNK = 2 ** 24;
/** zlib's least. */
const LEAST_CHUNK = 64;
const NO_BYTES = new Uint8Array(0);

let kept: KeptDecompressor | null | undefined;

/** Unpacks a zstd frame of `length` bytes. A DamagedBytesError when it is none, or holds more; it may hold less. */
export function unzstd(packed: Uint8Array, length: number): Uint8Array {
  if (length === 0) return NO_BYTES;
  if (length <= MOST_KEPT) {
    if (kept === undefined) kept = KeptDecompressor.open();
    const bytes = kept?.unpack(packed, length);
    if (bytes) return bytes;
    // It may have stopped within a frame. What went wrong is told below.
    kept?.close();
    kept = undefined;
  }
  try {
    const chunkSize = Math.min(Math.max(length, LEAST_CHUNK), MOST_CHUNK);
    return zstdDecompressSync(packed, { maxOutputLength: length, chunkSize });
  } catch (error) {
    throw new DamagedBytesError(`a zstd frame cannot be unpacked: ${error instanceof Error ? error.message : error}`);
  }
}

/** What Node's streams of compressed bytes work with; it is not documented. */
interface Inside {
  readonly _handle?: {
    writeSync?(
      flush: number,
      input: Uint8Array,
      inputStart: number,
      inputLength: number,
      output: Uint8Array,
      outputStart: number,
      outputLength: number,
    ): void;
  };
  /** Bytes of output that were not used, and of input. */
  readonly _writeState?: Uint32Array;
}

/**
 * One decompressor for all frames. `zstdDecompressSync` makes one, and a stream around it, for each: of the 40 µs that it
 * takes for 8 KiB, 6 are for unpacking, and what it leaves to the garbage collector costs as much again. Node has no
 * documented way to keep one for synchronous work, so this looks for the one it has inside and does without when a Node
 * has none.
 */
export class KeptDecompressor {
  readonly #stream: ReturnType<typeof createZstdDecompress>;
  readonly #inside: Inside;

  private constructor(stream: ReturnType<typeof createZstdDecompress>) {
    this.#stream = stream;
    this.#inside = stream as Inside;
    // A damaged frame destroys the stream; `unpack` tells.
    stream.on('error', () => {});
  }

  /** Null where this Node has nothing that can be kept. */
  static open(): KeptDecompressor | null {
    const stream = createZstdDecompress();
    const { _handle: handle, _writeState: state } = stream as Inside;
    const isKnown = typeof handle?.writeSync === 'function' && state instanceof Uint32Array && state.length === 2;
    return isKnown ? new KeptDecompressor(stream) : null;
  }

  /** The bytes of a frame of exactly this length; null for any other, after which this one is of no use any more. */
  unpack(packed: Uint8Array, length: number): Uint8Array | null {
    // With room for one byte more, a frame that goes on is seen.
    const room = new Uint8Array(length + 1);
    const { _handle: handle, _writeState: state } = this.#inside;
    handle!.writeSync!(constants.ZSTD_e_end, packed, 0, packed.length, room, 0, room.length);
    const [outputLeft, inputLeft] = state!;
    return !this.#stream.destroyed && outputLeft === 1 && inputLeft === 0 ? room.subarray(0, length) : null;
  }

  close(): void {
    this.#stream.destroy();
  }
}
