import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { ByteReader, ByteWriter, DamagedBytesError } from '../bytes.ts';

/**
 * A section: columns, each of several streams of bytes. A stream is packed by itself, so that what is alike shares its
 * statistics and a reader unpacks what it needs. Small streams share one zstd frame, for a frame has its price in time
 * and bytes. A column's first stream, its meta, says in few bytes what the others mean.
 *
 *   u32 CRC-32 of all that follows · varint columns · per column varint streams, per stream varint length, varint packing
 *   varint packed length of the joint frame · joint frame · the other streams' bytes
 *
 * A packing is 0 in the joint frame, 1 as it is, else 2 + the length of its zstd frame.
 */
const PACKING = { joint: 0, plain: 1, zstd: 2 } as const;
/** Shorter streams go into the joint frame. */
const JOINT_BELOW = 768;
/** Measured on generated traffic (test/bench/block.ts): higher levels take longer and hardly pack better, byte planes even worse. */
const LEVEL = 1;
/** zstd packs no tighter; a longer length is damage. */
const MOST_UNPACKED_PER_BYTE = 2 ** 17;
const NO_BYTES = new Uint8Array(0);

const directory = new ByteWriter();

export class SectionWriter {
  /** The meta of the column in the making. */
  readonly meta = new ByteWriter();
  readonly #columns: Uint8Array[][] = [];
  #streams: Uint8Array[] = [];

  /** Adds a stream to the column; its bytes must stay as they are until `finish`. */
  add(bytes: Uint8Array): void {
    this.#streams.push(bytes);
  }

  endColumn(): void {
    this.#columns.push([this.meta.take(), ...this.#streams]);
    this.#streams = [];
  }

  finish(): Uint8Array {
    directory.take();
    directory.uint32(0);
    directory.varint(this.#columns.length);
    const joint: Uint8Array[] = [];
    const own: Uint8Array[] = [];
    for (const streams of this.#columns) {
      directory.varint(streams.length);
      for (const bytes of streams) {
        directory.varint(bytes.length);
        if (bytes.length < JOINT_BELOW) {
          directory.varint(PACKING.joint);
          joint.push(bytes);
        } else {
          const packed = pack(bytes);
          directory.varint(packed === bytes ? PACKING.plain : PACKING.zstd + packed.length);
          own.push(packed);
        }
      }
    }
    const packed = pack(Buffer.concat(joint));
    directory.varint(packed.length);
    directory.raw(packed);
    for (const bytes of own) directory.raw(bytes);
    const section = directory.take();
    new DataView(section.buffer).setUint32(0, crc32(section.subarray(4)), true);
    return section;
  }
}

/** The bytes in a zstd frame, or themselves where that is no shorter. */
function pack(bytes: Uint8Array): Uint8Array {
  if (bytes.length === 0) return bytes;
  const packed = zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: LEVEL } });
  return packed.length < bytes.length ? packed : bytes;
}

interface StoredStream {
  readonly length: number;
  readonly packing: number;
  /** In the joint frame once unpacked, else in the section. */
  readonly start: number;
}

/** Reads what a SectionWriter wrote. Whatever is no such thing is a DamagedBytesError. */
export class SectionReader {
  readonly #bytes: Uint8Array;
  readonly #columns: (readonly StoredStream[])[] = [];
  readonly #jointStart: number;
  readonly #jointPacked: number;
  #jointLength = 0;
  #joint: Uint8Array | undefined;

  constructor(bytes: Uint8Array) {
    const reader = new ByteReader(bytes);
    if (reader.uint32() !== crc32(bytes.subarray(4))) throw new DamagedBytesError("a section's checksum is wrong");
    this.#bytes = bytes;
    let ownLength = 0;
    for (let columns = reader.varint(); columns > 0; columns--) {
      const streams: StoredStream[] = [];
      for (let left = reader.varint(); left > 0; left--) {
        const length = reader.varint();
        const packing = reader.varint();
        const isJoint = packing === PACKING.joint;
        streams.push({ length, packing, start: isJoint ? this.#jointLength : ownLength });
        if (isJoint) this.#jointLength += length;
        else ownLength += packing === PACKING.plain ? length : packing - PACKING.zstd;
      }
      this.#columns.push(streams);
    }
    this.#jointPacked = reader.varint();
    this.#jointStart = reader.position;
    if (this.#jointStart + this.#jointPacked + ownLength !== bytes.length) {
      throw new DamagedBytesError(`a section of ${bytes.length} bytes is not as long as its streams`);
    }
  }

  get columns(): number {
    return this.#columns.length;
  }

  /** What each column takes as it is stored; of the joint frame, a part as large as its part of what is in there. */
  storedBytes(): number[] {
    const ofJoint = this.#jointLength === 0 ? 0 : this.#jointPacked / this.#jointLength;
    return this.#columns.map((streams) =>
      streams.reduce((sum, stream) => {
        if (stream.packing === PACKING.joint) return sum + stream.length * ofJoint;
        return sum + (stream.packing === PACKING.plain ? stream.length : stream.packing - PACKING.zstd);
      }, 0),
    );
  }

  column(place: number): ColumnReader {
    const streams = this.#columns[place];
    if (!streams) throw new DamagedBytesError(`a section of ${this.#columns.length} columns has no column ${place}`);
    return new ColumnReader(streams, (stream) => this.#unpackStream(stream));
  }

  #unpackStream({ length, packing, start }: StoredStream): Uint8Array {
    if (packing === PACKING.joint) {
      this.#joint ??= this.#unpack(this.#jointStart, this.#jointPacked, this.#jointLength);
      return this.#joint.subarray(start, start + length);
    }
    const packed = packing === PACKING.plain ? length : packing - PACKING.zstd;
    return this.#unpack(this.#jointStart + this.#jointPacked + start, packed, length);
  }

  #unpack(start: number, packedLength: number, length: number): Uint8Array {
    const packed = this.#bytes.subarray(start, start + packedLength);
    if (packedLength === length) return packed;
    if (length > packedLength * MOST_UNPACKED_PER_BYTE) {
      throw new DamagedBytesError(`${packedLength} bytes cannot be ${length} packed ones`);
    }
    const bytes = unzstd(packed, length);
    if (bytes.length !== length) throw new DamagedBytesError(`a stream of ${length} bytes has ${bytes.length}`);
    return bytes;
  }
}

function unzstd(packed: Uint8Array, length: number): Uint8Array {
  if (length === 0) return NO_BYTES;
  try {
    return zstdDecompressSync(packed, { maxOutputLength: length, chunkSize: Math.max(length, 64) });
  } catch (error) {
    throw new DamagedBytesError(`a zstd frame cannot be unpacked: ${error instanceof Error ? error.message : error}`);
  }
}

/** A column's meta, and its other streams one after another. */
export class ColumnReader {
  readonly meta: ByteReader;
  readonly #streams: readonly StoredStream[];
  readonly #unpack: (stream: StoredStream) => Uint8Array;
  #place = 0;

  constructor(streams: readonly StoredStream[], unpack: (stream: StoredStream) => Uint8Array) {
    this.#streams = streams;
    this.#unpack = unpack;
    this.meta = new ByteReader(this.next());
  }

  /** The next stream, unpacked; not to be changed, for streams share memory. */
  next(): Uint8Array {
    const stream = this.#streams[this.#place++];
    if (!stream) throw new DamagedBytesError(`a column has no more than ${this.#streams.length} streams`);
    return this.#unpack(stream);
  }
}
