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

/** What AreaWriters wrote, read from front to back. Whatever does not fit is a DamagedBytesError. */
export class AreaReaders {
  readonly directory: ByteReader;
  readonly skeletons: Uint8Array;
  readonly texts: ByteReader;
  readonly planes: ByteReader;
  readonly noise: ByteReader;

  constructor(reader: ByteReader) {
    const lengths = { directory: 0, skeletons: 0, texts: 0, planes: 0, noise: 0 };
    for (const area of AREAS) lengths[area] = reader.varint();
    this.directory = new ByteReader(reader.raw(lengths.directory));
    this.skeletons = reader.raw(lengths.skeletons);
    this.texts = new ByteReader(reader.raw(lengths.texts));
    this.planes = new ByteReader(reader.raw(lengths.planes));
    this.noise = new ByteReader(reader.raw(lengths.noise));
  }

  /** Throws when there are bytes that nothing asked for. */
  checkAtEnd(): void {
    for (const area of [this.directory, this.texts, this.planes, this.noise]) {
      if (!area.atEnd) throw new DamagedBytesError('a column of texts has bytes that belong to nothing');
    }
  }
}
