import { ByteReader, ByteWriter, DamagedBytesError } from '../../bytes.ts';
import type { LaterBytes } from '../later-bytes.ts';

/**
 * A column's bytes by their nature, each kind in a stream of its own so that zstd finds repetitions in the one and fits
 * its codes to the other. In the order in which they are written: what describes the column and its slots, what texts
 * have in common, texts, the texts' templates, small numbers, and digits that nobody can foresee.
 */
const AREAS = ['directory', 'skeletons', 'texts', 'templates', 'planes', 'noise'] as const;

export class AreaWriters {
  readonly directory = new ByteWriter();
  readonly skeletons = new ByteWriter();
  readonly texts = new ByteWriter();
  readonly templates = new ByteWriter();
  readonly planes = new ByteWriter();
  readonly noise = new ByteWriter();

  /** Gives the streams away; the areas are empty afterwards. */
  take(add: (stream: Uint8Array) => void): void {
    for (const area of AREAS) add(this[area].take());
  }
}

/** One of a column's areas, taken in parts from front to back: places in it, since making views would cost more. */
export class Area {
  readonly #stream: LaterBytes;
  #taken = 0;

  constructor(stream: LaterBytes) {
    this.#stream = stream;
  }

  get bytes(): Uint8Array {
    return this.#stream.bytes;
  }

  /** Where the next `length` bytes begin. */
  take(length: number): number {
    const start = this.#taken;
    if (start + length > this.#stream.length)
      throw new DamagedBytesError('an area of a column of texts ends too early');
    this.#taken = start + length;
    return start;
  }

  get atEnd(): boolean {
    return this.#taken === this.#stream.length;
  }

  get heldBytes(): number {
    return this.#stream.heldBytes;
  }
}

/** What AreaWriters wrote. Searches often need no more than what texts have in common: the rest is unpacked when it is used. */
export class AreaReaders {
  readonly directory: ByteReader;
  readonly skeletons: Uint8Array;
  readonly texts: Area;
  readonly templates: Area;
  readonly planes: Area;
  readonly noise: Area;
  readonly #directoryBytes: number;

  /** Takes the streams in the order in which they were written. */
  constructor(next: () => LaterBytes) {
    const directory = next().bytes;
    this.directory = new ByteReader(directory);
    this.#directoryBytes = directory.length;
    this.skeletons = next().bytes;
    this.texts = new Area(next());
    this.templates = new Area(next());
    this.planes = new Area(next());
    this.noise = new Area(next());
  }

  /** Throws when there are bytes that nothing asked for. */
  checkAtEnd(): void {
    const areas = [this.directory, this.texts, this.templates, this.planes, this.noise];
    if (areas.every((area) => area.atEnd)) return;
    throw new DamagedBytesError('a column of texts has bytes that belong to nothing');
  }

  get heldBytes(): number {
    const { texts, templates, planes, noise } = this;
    const ofAreas = [texts, templates, planes, noise].reduce((sum, { heldBytes }) => sum + heldBytes, 0);
    return this.#directoryBytes + this.skeletons.length + ofAreas;
  }
}
