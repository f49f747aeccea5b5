import { fold } from '../../../../query/fold.ts';
import { ByteWriter, DamagedBytesError } from '../../bytes.ts';
import { END, HOLE, LOWER_CASE } from './text-classes.ts';

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
    if (!this.bytes.some((byte) => byte >= 0x80 && byte < END)) {
      return new Skeletons(
        this.bytes.map((byte) => LOWER_CASE[byte]!),
        this.starts,
      );
    }
    const writer = new ByteWriter();
    const starts = new Uint32Array(this.starts.length);
    const bytes = Buffer.from(this.bytes.buffer, this.bytes.byteOffset, this.bytes.byteLength);
    let template = 0;
    let pieceStart = 0;
    bytes.forEach((byte, position) => {
      if (byte < END) return;
      writer.raw(Buffer.from(fold(bytes.toString('utf8', pieceStart, position))));
      writer.byte(byte);
      pieceStart = position + 1;
      if (byte === END) starts[++template] = writer.length;
    });
    return new Skeletons(writer.take(), starts);
  }

  get heldBytes(): number {
    return this.bytes.byteLength + this.starts.byteLength;
  }
}
