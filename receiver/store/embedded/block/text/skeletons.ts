import { DamagedBytesError } from '../../bytes.ts';
import { copyFolded, LONGEST_FOLDING } from './fold-bytes.ts';
import { END, HOLE } from './text-classes.ts';

/** The skeletons of a column's templates: what their texts have in common, HOLEs between, END at the end of each. */
export class Skeletons {
  readonly bytes: Uint8Array;
  /** Where every template's skeleton begins, and behind the last one's END. */
  readonly starts: Uint32Array;

  private constructor(bytes: Uint8Array, starts: Uint32Array) {
    this.bytes = bytes;
    this.starts = starts;
  }

  /** Splits bytes into skeletons, the n-th of which must have `holes[n]` holes. */
  static split(bytes: Uint8Array, holes: ArrayLike<number>): Skeletons {
    const starts = new Uint32Array(holes.length + 1);
    let template = 0;
    let found = 0;
    for (let position = 0; position < bytes.length; position++) {
      const byte = bytes[position]!;
      if (byte < END) continue;
      if (byte === HOLE) found++;
      else {
        if (found !== holes[template]) throw new DamagedBytesError(`a skeleton with ${found} holes`);
        found = 0;
        starts[++template] = position + 1;
      }
    }
    if (template !== holes.length || starts[template] !== bytes.length) {
      throw new DamagedBytesError(`${template} skeletons for ${holes.length} templates`);
    }
    return new Skeletons(bytes, starts);
  }

  /** The same skeletons with everything between the holes folded as search compares it (query/fold.ts). */
  folded(): Skeletons {
    const { bytes } = this;
    const folded = new Uint8Array(bytes.length * LONGEST_FOLDING);
    const starts = new Uint32Array(this.starts.length);
    let written = 0;
    let template = 0;
    let pieceStart = 0;
    for (let position = 0; position < bytes.length; position++) {
      const byte = bytes[position]!;
      if (byte < END) continue;
      written = copyFolded(bytes, pieceStart, position, folded, written);
      folded[written++] = byte;
      pieceStart = position + 1;
      if (byte === END) starts[++template] = written;
    }
    return new Skeletons(folded.slice(0, written), starts);
  }

  get heldBytes(): number {
    return this.bytes.byteLength + this.starts.byteLength;
  }
}
