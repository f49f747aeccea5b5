import { DamagedBytesError } from '../../bytes.ts';
import type { Area, AreaReaders, AreaWriters } from './areas.ts';

/** Set beside the width: every number follows from the one before it. */
const ASCENDING = 8;
const WIDEST = 7;

/**
 * Writes whole numbers, 0 … 2^53 − 1: what is over the least of them in as few bytes as the greatest needs, lowest bytes
 * first, one plane per byte. Numbers that never fall are written as steps when that is narrower. The array is used up.
 */
export function writeNumbers(areas: AreaWriters, numbers: Float64Array, count: number): void {
  let least = count === 0 ? 0 : numbers[0]!;
  let greatest = least;
  let leastStep = Number.POSITIVE_INFINITY;
  let greatestStep = 0;
  for (let index = 1; index < count; index++) {
    const number = numbers[index]!;
    const step = number - numbers[index - 1]!;
    if (number < least) least = number;
    if (number > greatest) greatest = number;
    if (step < leastStep) leastStep = step;
    if (step > greatestStep) greatestStep = step;
  }
  const width = bytesFor(greatest - least);
  const stepWidth = leastStep < 0 || count < 2 ? WIDEST : bytesFor(greatestStep - leastStep);
  if (stepWidth >= width) {
    areas.directory.byte(width);
    areas.directory.varint(least);
    for (let index = 0; index < count; index++) numbers[index]! -= least;
    writePlanes(areas, width, numbers, count);
  } else {
    areas.directory.byte(stepWidth | ASCENDING);
    areas.directory.varint(least);
    areas.directory.varint(leastStep);
    for (let index = count - 1; index > 0; index--) numbers[index]! -= numbers[index - 1]! + leastStep;
    numbers[0] = 0;
    writePlanes(areas, stepWidth, numbers, count);
  }
}

/** Bytes that a number needs; none for 0. */
function bytesFor(number: number): number {
  let width = 0;
  for (let rest = number; rest >= 1; rest /= 256) width++;
  return width;
}

let plane = new Uint8Array(8192);

function writePlanes(areas: AreaWriters, width: number, numbers: Float64Array, count: number): void {
  if (plane.length < count) plane = new Uint8Array(count);
  for (let place = 0; place < width; place++) {
    for (let index = 0; index < count; index++) {
      const number = numbers[index]!;
      plane[index] = number;
      numbers[index] = Math.floor(number / 256);
    }
    planeArea(areas, place, width).raw(plane.subarray(0, count));
  }
}

/** Where a plane is kept: the lowest of several follows no rule that zstd could learn. */
function planeArea<T>(areas: { planes: T; noise: T }, place: number, width: number): T {
  return place === 0 && width > 1 ? areas.noise : areas.planes;
}

/** Whole numbers, each to be had by itself. */
export class NumberColumn {
  readonly #least: number;
  readonly #step: number;
  readonly #ascending: boolean;
  readonly #width: number;
  readonly #count: number;
  /** The plane of the lowest bytes, and the others one after another. */
  readonly #lowest: Area;
  readonly #lowestStart: number;
  readonly #others: Area;
  readonly #othersStart: number;
  /** The numbers that each stand on the ones before, once they were asked for. */
  #sums: Float64Array | null = null;

  constructor(areas: AreaReaders, count: number) {
    const form = areas.directory.byte();
    if (form > (ASCENDING | WIDEST)) throw new DamagedBytesError(`a column of numbers has the form ${form}`);
    this.#ascending = form >= ASCENDING;
    this.#width = form & (ASCENDING - 1);
    this.#least = areas.directory.varint();
    this.#step = this.#ascending ? areas.directory.varint() : 0;
    this.#count = count;
    this.#lowest = planeArea(areas, 0, this.#width);
    this.#lowestStart = this.#width === 0 ? 0 : this.#lowest.take(count);
    this.#others = areas.planes;
    this.#othersStart = this.#width < 2 ? 0 : areas.planes.take(count * (this.#width - 1));
  }

  /** No number is greater. */
  get most(): number {
    const over = 256 ** this.#width - 1;
    return this.#least + (this.#ascending ? (this.#step + over) * this.#count : over);
  }

  /** The number at a place below the count. */
  at(index: number): number {
    if (!this.#ascending) return this.#least + this.#over(index);
    if (this.#width === 0) return this.#least + index * this.#step;
    this.#sums ??= this.#addUp();
    return this.#sums[index]!;
  }

  get heldBytes(): number {
    return this.#sums?.byteLength ?? 0;
  }

  #over(index: number): number {
    if (this.#width === 0) return 0;
    let over = this.#lowest.bytes[this.#lowestStart + index]!;
    let factor = 256;
    let place = this.#othersStart + index;
    for (let plane = 1; plane < this.#width; plane++) {
      over += this.#others.bytes[place]! * factor;
      factor *= 256;
      place += this.#count;
    }
    return over;
  }

  #addUp(): Float64Array {
    const sums = new Float64Array(this.#count);
    let sum = this.#least;
    for (let index = 0; index < sums.length; index++) {
      if (index > 0) sum += this.#step + this.#over(index);
      sums[index] = sum;
    }
    return sums;
  }
}
