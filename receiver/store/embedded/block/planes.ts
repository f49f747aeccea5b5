import { DamagedBytesError } from '../bytes.ts';
import { Room } from './room.ts';
import type { ColumnReader, SectionWriter } from './section.ts';

const planeRoom = new Room((length) => new Uint8Array(length));

/** Small whole numbers by row, in as few bytes as their limit allows. */
export type SmallNumbers = Uint8Array | Uint16Array | Uint32Array;

/** Bytes that numbers below the limit take; none when all are 0. */
export function planesFor(limit: number): number {
  let planes = 0;
  for (let rest = limit - 1; rest >= 1; rest = Math.floor(rest / 256)) planes++;
  return planes;
}

/** Room for `length` numbers below the limit. */
export function smallNumbersFor(limit: number, length: number): SmallNumbers {
  const planes = planesFor(limit);
  return planes <= 1 ? new Uint8Array(length) : planes === 2 ? new Uint16Array(length) : new Uint32Array(length);
}

/** Writes numbers below `limit` (at most 2^24), which the reader knows too: all lowest bytes, all second bytes … */
export function writePlanes(section: SectionWriter, numbers: Uint32Array, limit: number): void {
  const planes = planesFor(limit);
  if (planes === 0) return;
  const bytes = planeRoom.take(planes * numbers.length);
  let at = 0;
  for (let shift = 0; shift < 8 * planes; shift += 8) {
    for (let index = 0; index < numbers.length; index++) bytes[at++] = numbers[index]! >>> shift;
  }
  section.add(bytes);
}

/** Reads `length` numbers written by `writePlanes`; a DamagedBytesError for one that is not below `limit`. */
export function readPlanes(column: ColumnReader, length: number, limit: number): SmallNumbers {
  return planesOf(planesFor(limit) === 0 ? null : column.next(), length, limit);
}

/** The numbers in a stream that `writePlanes` wrote; null where it wrote none, for all are 0. */
export function planesOf(bytes: Uint8Array | null, length: number, limit: number): SmallNumbers {
  if (!bytes) return new Uint8Array(length);
  const planes = planesFor(limit);
  if (bytes.length !== planes * length) throw new DamagedBytesError(`${bytes.length} bytes for ${length} numbers`);
  const numbers = planes === 1 ? bytes : joinPlanes(bytes, smallNumbersFor(limit, length));
  let highest = 0;
  for (let index = 0; index < length; index++) if (numbers[index]! > highest) highest = numbers[index]!;
  if (highest >= limit) throw new DamagedBytesError(`${highest} where numbers are below ${limit}`);
  return numbers;
}

function joinPlanes(bytes: Uint8Array, numbers: SmallNumbers): SmallNumbers {
  const { length } = numbers;
  for (let index = 0; index < length; index++) numbers[index] = bytes[index]!;
  for (let at = length, shift = 8; at < bytes.length; at += length, shift += 8) {
    for (let index = 0; index < length; index++) numbers[index]! |= bytes[at + index]! << shift;
  }
  return numbers;
}
