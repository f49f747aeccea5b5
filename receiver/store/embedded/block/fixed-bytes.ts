import { DamagedBytesError } from '../bytes.ts';
import type { LaterBytes } from './later-bytes.ts';
import { Room } from './room.ts';
import type { ColumnReader, SectionWriter } from './section.ts';

const planeRoom = new Room((length) => new Uint8Array(length));

/** Writes values of `width` bytes each, one after another in `bytes`, as one stream: all first bytes, all second bytes … */
export function writeFixedBytes(section: SectionWriter, bytes: Uint8Array, width: number): void {
  const count = bytes.length / width;
  const planes = planeRoom.take(bytes.length);
  let target = 0;
  for (let plane = 0; plane < width; plane++) {
    for (let source = plane; target < (plane + 1) * count; source += width) planes[target++] = bytes[source]!;
  }
  section.add(planes);
}

/** Reads `count` values written by `writeFixedBytes`, one after another again. */
export function readFixedBytes(column: ColumnReader, count: number, width: number): Uint8Array<ArrayBuffer> {
  const planes = column.next();
  if (planes.length !== count * width) throw new DamagedBytesError(`${planes.length} bytes for ${count} values`);
  const bytes = new Uint8Array(planes.length);
  let source = 0;
  for (let plane = 0; plane < width; plane++) {
    for (let target = plane; target < bytes.length; target += width) bytes[target] = planes[source++]!;
  }
  return bytes;
}

/** Values written by `writeFixedBytes`, each to be had by itself; they stay as they are stored. */
export class FixedBytes {
  readonly count: number;
  readonly width: number;
  readonly #planes: LaterBytes;

  constructor(column: ColumnReader, count: number, width: number) {
    this.count = count;
    this.width = width;
    this.#planes = column.nextLater();
    if (this.#planes.length !== count * width) {
      throw new DamagedBytesError(`${this.#planes.length} bytes for ${count} values`);
    }
  }

  value(index: number): Buffer {
    const { bytes } = this.#planes;
    const value = Buffer.allocUnsafe(this.width);
    for (let plane = 0; plane < this.width; plane++) value[plane] = bytes[plane * this.count + index]!;
    return value;
  }

  /** The indexes of a value, ascending. */
  indexesOf(value: Uint8Array): number[] {
    const { bytes } = this.#planes;
    const indexes: number[] = [];
    const end = this.count;
    for (let index = bytes.indexOf(value[0]!); index >= 0 && index < end; index = bytes.indexOf(value[0]!, index + 1)) {
      let plane = 1;
      while (plane < this.width && bytes[plane * this.count + index] === value[plane]) plane++;
      if (plane === this.width) indexes.push(index);
    }
    return indexes;
  }

  get heldBytes(): number {
    return this.#planes.heldBytes;
  }
}
