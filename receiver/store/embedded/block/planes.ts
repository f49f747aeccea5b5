import { DamagedBytesError } from '../bytes.ts';
import type { ColumnReader, SectionWriter } from './section.ts';

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

/** The numbers byte by byte: all lowest bytes, then all second bytes … */
export function splitPlanes(numbers: ArrayLike<number>, planes: number): Uint8Array[] {
  return Array.from({ length: planes }, (_, plane) => {
    const bytes = new Uint8Array(numbers.length);
    for (let index = 0; index < bytes.length; index++) bytes[index] = numbers[index]! >>> (8 * plane);
    return bytes;
  });
}

/** Writes numbers below `limit` (at most 2^24), which the reader knows too, a stream for each of their bytes. */
export function writePlanes(section: SectionWriter, numbers: ArrayLike<number>, limit: number): void {
  for (const plane of splitPlanes(numbers, planesFor(limit))) section.add(plane);
}

/** Reads `length` numbers written by `writePlanes`; a DamagedBytesError for one that is not below `limit`. */
export function readPlanes(column: ColumnReader, length: number, limit: number): SmallNumbers {
  const planes = planesFor(limit);
  const numbers = joinPlanes(column, length, planes);
  for (let index = 0; index < length; index++) {
    if (numbers[index]! >= limit) throw new DamagedBytesError(`${numbers[index]} where numbers are below ${limit}`);
  }
  return numbers;
}

/** Reads `length` numbers of so many bytes. */
export function joinPlanes(column: ColumnReader, length: number, planes: number): SmallNumbers {
  if (planes === 0) return new Uint8Array(length);
  const lowest = readPlane(column, length);
  if (planes === 1) return lowest;
  const numbers = planes === 2 ? Uint16Array.from(lowest) : Uint32Array.from(lowest);
  for (let plane = 1; plane < planes; plane++) {
    const bytes = readPlane(column, length);
    for (let index = 0; index < length; index++) numbers[index]! |= bytes[index]! << (8 * plane);
  }
  return numbers;
}

function readPlane(column: ColumnReader, length: number): Uint8Array {
  const bytes = column.next();
  if (bytes.length !== length) throw new DamagedBytesError(`${bytes.length} bytes for ${length} values`);
  return bytes;
}
