import { ByteReader, ByteWriter, DamagedBytesError } from '../../bytes.ts';

/** In the order in which they are written. */
const AREAS = ['directory', 'skeletons', 'texts', 'planes', 'noise'] as const;

/**
 * A column's bytes by their nature, each kind in one place so that zstd finds repetitions in the one and fits its codes
 * to the other: what describes the slots, what texts have in common, texts, small numbers, and digits that nobody can
 * foresee.
 */
export class AreaWriters {
  readonly directory = new ByteWriter();
  readonly skeletons = new ByteWriter();
  readonly texts = new ByteWriter();
  readonly planes = new ByteWriter();
  readonly noise = new ByteWriter();

  /** Moves everything into `target`; the areas are empty afterwards. */
  writeTo(target: ByteWriter): void {
    for (const area of AREAS) target.varint(this[area].length);
    for (const area of AREAS) target.raw(this[area].take());
  }
}

/** One of a column's areas, taken in parts from front to back: places in it, since making views would cost more. */
export class Area {
  readonly bytes: Uint8Array;
  #taken = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Where the next `length` bytes begin. */
  take(length: number): number {
    const start = this.#taken;
    if (start + length > this.bytes.length) throw new DamagedBytesError('an area of a column of texts ends too early');
    this.#taken = start + length;
    return start;
  }

  get atEnd(): boolean {
    return this.#taken === this.bytes.length;
  }
}

/** What AreaWriters wrote. */
export class AreaReaders {
  readonly directory: ByteReader;
  readonly skeletons: Uint8Array;
  readonly texts: Area;
  readonly planes: Area;
  readonly noise: Area;

  constructor(reader: ByteReader) {
    const lengths = { directory: 0, skeletons: 0, texts: 0, planes: 0, noise: 0 };
    for (const area of AREAS) lengths[area] = reader.varint();
    this.directory = new ByteReader(reader.raw(lengths.directory));
    this.skeletons = reader.raw(lengths.skeletons);
    this.texts = new Area(reader.raw(lengths.texts));
    this.planes = new Area(reader.raw(lengths.planes));
    this.noise = new Area(reader.raw(lengths.noise));
  }

  /** Throws when there are bytes that nothing asked for. */
  checkAtEnd(): void {
    if (this.directory.atEnd && this.texts.atEnd && this.planes.atEnd && this.noise.atEnd) return;
    throw new DamagedBytesError('a column of texts has bytes that belong to nothing');
  }
}
