import { constants, crc32, zstdCompressSync } from 'node:zlib';
import { ByteReader, ByteWriter, DamagedBytesError } from '../bytes.ts';
import { LaterBytes } from './later-bytes.ts';
import { unzstd } from './unzstd.ts';

/**
 * A section: columns, each of several streams of bytes. A stream is packed by itself, so that what is alike shares its
 * statistics and a reader unpacks what it needs. Small streams share one zstd frame, for a frame has its price in time
 * and bytes. A column's last stream, its meta, says in few bytes what the others mean.
 *
 *   u32 CRC-32 of all that follows · varint columns · per column varint streams, per stream varint length, varint packing
 *   varint packed length of the joint frame · joint frame · the other streams' bytes
 *
 * A packing is 0 in the joint frame, 1 as it is, else 2 + the length of its zstd frame.
 */
const PACKING = { joint: 0, plain: 1, zstd: 2 } as const;
/**
 * Shorter streams go into the joint frame, which any of them needs whole. Most that are longer hold something of every
 * row, and who looks for a few records leaves most of these packed: a frame by itself takes 6 µs to set up (unzstd.ts).
 */
const JOINT_BELOW = 2048;
/** Measured on generated traffic (test/bench/block.ts): higher levels take longer and hardly pack better, byte planes even worse. */
const PACK_OPTIONS = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** zstd packs no tighter; a longer length is damage. */
const MOST_UNPACKED_PER_BYTE = 2 ** 17;

export class SectionWriter {
  /** The meta of the column in the making. */
  readonly meta = new ByteWriter();
  readonly #directory = new ByteWriter();
  readonly #joint = new ByteWriter();
  /** Length and packing of each stream of the column in the making. */
  #streams: number[] = [];
  #columns = 0;
  #packed: Uint8Array[] = [];

  /** Adds a stream to the column. Its bytes may be used for something else afterwards. */
  add(bytes: Uint8Array): void {
    if (bytes.length < JOINT_BELOW) {
      this.#joint.raw(bytes);
      this.#streams.push(bytes.length, PACKING.joint);
      return;
    }
    const packed = pack(bytes);
    const isSmaller = packed.length < bytes.length;
    this.#packed.push(isSmaller ? packed : new Uint8Array(bytes));
    this.#streams.push(bytes.length, isSmaller ? PACKING.zstd + packed.length : PACKING.plain);
  }

  endColumn(): void {
    this.add(this.meta.written());
    this.meta.clear();
    this.#directory.varint(this.#streams.length / 2);
    for (const number of this.#streams) this.#directory.varint(number);
    this.#streams = [];
    this.#columns++;
  }

  /** Forgets whatever was not finished. */
  clear(): void {
    this.meta.clear();
    this.#directory.clear();
    this.#joint.clear();
    this.#streams = [];
    this.#columns = 0;
    this.#packed = [];
  }

  /** The section; what is added afterwards begins the next. */
  finish(): Uint8Array {
    const joint = this.#joint.written();
    const packed = pack(joint);
    const isSmaller = packed.length < joint.length;
    this.meta.uint32(0);
    this.meta.varint(this.#columns);
    this.meta.raw(this.#directory.written());
    this.meta.bytes(isSmaller ? packed : joint);
    for (const bytes of this.#packed) this.meta.raw(bytes);
    const section = this.meta.take();
    new DataView(section.buffer).setUint32(0, crc32(section.subarray(4)), true);
    this.clear();
    return section;
  }
}

function pack(bytes: Uint8Array): Uint8Array {
  return bytes.length === 0 ? bytes : zstdCompressSync(bytes, PACK_OPTIONS);
}

interface StoredStream {
  readonly length: number;
  readonly packing: number;
  /** In the joint frame once unpacked, else in the section. */
  readonly start: number;
}

/** Reads what a SectionWriter wrote. Whatever is no such thing is a DamagedBytesError. */
export class SectionReader {
  #bytes: Uint8Array | null;
  readonly #checksum: number;
  readonly #fetchAgain: (() => Uint8Array) | undefined;
  readonly #columns: (readonly StoredStream[])[] = [];
  readonly #jointStart: number;
  readonly #jointPacked: number;
  #jointLength = 0;
  #joint: Uint8Array | undefined;

  /** `fetchAgain` gives the same bytes once more: those of a reader that has it can be released. */
  constructor(bytes: Uint8Array, fetchAgain?: () => Uint8Array) {
    const reader = new ByteReader(bytes);
    this.#checksum = reader.uint32();
    checkSum(bytes, this.#checksum);
    this.#bytes = bytes;
    this.#fetchAgain = fetchAgain;
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

  get heldBytes(): number {
    return (this.#bytes?.length ?? 0) + (this.#joint?.length ?? 0);
  }

  /** Lets go of what is packed, which is fetched again if more has to be unpacked. */
  release(): void {
    if (this.#fetchAgain) this.#bytes = null;
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
    const packed = this.#knownBytes.subarray(start, start + packedLength);
    // A copy, for a part would keep the whole.
    if (packedLength === length) return packed.slice();
    if (length > packedLength * MOST_UNPACKED_PER_BYTE) {
      throw new DamagedBytesError(`${packedLength} bytes cannot be ${length} packed ones`);
    }
    const bytes = unzstd(packed, length);
    if (bytes.length !== length) throw new DamagedBytesError(`a stream of ${length} bytes has ${bytes.length}`);
    return bytes;
  }

  get #knownBytes(): Uint8Array {
    if (this.#bytes) return this.#bytes;
    const bytes = this.#fetchAgain!();
    checkSum(bytes, this.#checksum);
    this.#bytes = bytes;
    return bytes;
  }
}

function checkSum(bytes: Uint8Array, checksum: number): void {
  if (crc32(bytes.subarray(4)) !== checksum) throw new DamagedBytesError("a section's checksum is wrong");
}

/** A column's meta, and its other streams one after another. */
export class ColumnReader {
  readonly meta: ByteReader;
  readonly #streams: readonly StoredStream[];
  readonly #unpack: (stream: StoredStream) => Uint8Array;
  #place = 0;

  constructor(streams: readonly StoredStream[], unpack: (stream: StoredStream) => Uint8Array) {
    const meta = streams.at(-1);
    if (!meta) throw new DamagedBytesError('a column has no streams');
    this.#streams = streams.slice(0, -1);
    this.#unpack = unpack;
    this.meta = new ByteReader(unpack(meta));
  }

  /** The next stream, unpacked; not to be changed, for streams share memory. */
  next(): Uint8Array {
    return this.#unpack(this.#nextStream());
  }

  /** The next stream, to be unpacked when it is asked for. */
  nextLater(): LaterBytes {
    const stream = this.#nextStream();
    return new LaterBytes(stream.length, () => this.#unpack(stream));
  }

  #nextStream(): StoredStream {
    const stream = this.#streams[this.#place++];
    if (!stream) throw new DamagedBytesError(`a column has no more than ${this.#streams.length} streams`);
    return stream;
  }
}
