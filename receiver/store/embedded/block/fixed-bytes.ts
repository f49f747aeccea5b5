import { DamagedBytesError } from '../bytes.ts';
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
