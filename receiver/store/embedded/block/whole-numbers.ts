import { DamagedBytesError } from '../bytes.ts';
import { readZigzag, writeZigzag } from '../value-codec.ts';
import type { LaterBytes } from './later-bytes.ts';
import { Room } from './room.ts';
import type { ColumnReader, SectionWriter } from './section.ts';

/** What is left of 53 bits when a number has been zigzagged: as large as the numbers of a column may be. */
export const WHOLE_LIMIT = 2 ** 51;
const TWO_32 = 2 ** 32;

const multipleRoom = new Room((length) => new Float64Array(length));
const planeRoom = new Room((length) => new Uint8Array(length));

/**
 * Writes whole numbers (|n| < 2^51): the lowest, the greatest unit all distances from it are multiples of, and the
 * multiples in planes, one stream for each of their bytes, lowest first. Nothing is written for what all have in common.
 */
export function writeWholeNumbers(section: SectionWriter, numbers: Float64Array): void {
  const { length } = numbers;
  let min = numbers[0] ?? 0;
  let max = min;
  for (let index = 1; index < length; index++) {
    const number = numbers[index]!;
    if (number < min) min = number;
    else if (number > max) max = number;
  }
  const unit = commonUnit(numbers, min);
  const width = unit === 0 ? 0 : bytesFor((max - min) / unit);
  writeZigzag(section.meta, min);
  section.meta.varint(unit);
  section.meta.byte(width);
  if (width === 0) return;
  const plane = planeRoom.take(length);
  const multiples = multipleRoom.take(length);
  for (let index = 0; index < length; index++) multiples[index] = (numbers[index]! - min) / unit;
  for (let byte = 0; byte < width; byte++) {
    if (byte === 4) for (let index = 0; index < length; index++) multiples[index]! /= TWO_32;
    const shift = 8 * (byte & 3);
    for (let index = 0; index < length; index++) plane[index] = multiples[index]! >>> shift;
    section.add(plane);
  }
}

/** Reads `length` numbers written by `writeWholeNumbers`. */
export function readWholeNumbers(column: ColumnReader, length: number): Float64Array {
  return new WholeNumbers(column, length).all();
}

/** What `writeWholeNumbers` wrote; bytes are unpacked when the first number is asked for. */
export class WholeNumbers {
  readonly length: number;
  readonly #min: number;
  readonly #unit: number;
  readonly #planes: readonly LaterBytes[];

  constructor(column: ColumnReader, length: number) {
    this.length = length;
    this.#min = readZigzag(column.meta);
    this.#unit = column.meta.varint();
    const width = column.meta.byte();
    if (width > 7) throw new DamagedBytesError(`a number of ${width} bytes`);
    this.#planes = Array.from({ length: width }, () => column.nextLater());
    for (const plane of this.#planes) {
      if (plane.length !== length) throw new DamagedBytesError(`${plane.length} bytes for ${length} numbers`);
    }
  }

  /** `index` is below the length. */
  at(index: number): number {
    let number = this.#min;
    let factor = this.#unit;
    for (const { bytes } of this.#planes) {
      number += bytes[index]! * factor;
      factor *= 256;
    }
    return number;
  }

  /** The sum of those from `start` to before `end`, plane by plane; exact while so many times the lowest of them is. */
  sum(start: number, end: number): number {
    let sum = this.#min * (end - start);
    let factor = this.#unit;
    for (const { bytes } of this.#planes) {
      let ofPlane = 0;
      for (let index = start; index < end; index++) ofPlane += bytes[index]!;
      sum += ofPlane * factor;
      factor *= 256;
    }
    return sum;
  }

  all(): Float64Array {
    const numbers = new Float64Array(this.length).fill(this.#min);
    let factor = this.#unit;
    // Three planes at a time, for each pass over the numbers has its price.
    for (let plane = 0; plane < this.#planes.length; plane += 3) {
      const low = this.#planes[plane]!.bytes;
      const middle = this.#planes[plane + 1]?.bytes;
      const high = this.#planes[plane + 2]?.bytes;
      if (!middle) for (let index = 0; index < numbers.length; index++) numbers[index]! += low[index]! * factor;
      else if (!high) {
        for (let index = 0; index < numbers.length; index++) {
          numbers[index]! += (low[index]! | (middle[index]! << 8)) * factor;
        }
      } else {
        for (let index = 0; index < numbers.length; index++) {
          numbers[index]! += (low[index]! | (middle[index]! << 8) | (high[index]! << 16)) * factor;
        }
      }
      factor *= 2 ** 24;
    }
    return numbers;
  }

  get heldBytes(): number {
    return this.#planes.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }
}

function bytesFor(highest: number): number {
  let width = 0;
  for (let rest = highest; rest >= 1; rest /= 256) width++;
  return width;
}

/** The greatest common divisor of all distances from `min`; 0 when there are none. */
function commonUnit(numbers: Float64Array, min: number): number {
  let unit = 0;
  for (const number of numbers) {
    const distance = number - min;
    if (unit === 1) return 1;
    if (unit === 0 || Math.floor(distance / unit) * unit !== distance) unit = greatestCommonDivisor(distance, unit);
  }
  return unit;
}

function greatestCommonDivisor(first: number, second: number): number {
  let [larger, smaller] = [first, second];
  while (smaller !== 0) [larger, smaller] = [smaller, larger % smaller];
  return larger;
}
