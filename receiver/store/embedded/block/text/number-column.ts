import type { ByteReader } from '../../bytes.ts';
import { DamagedBytesError } from '../../bytes.ts';
import type { AreaReaders, AreaWriters } from './areas.ts';

/** Set beside the width: every number follows from the one before it. */
const ASCENDING = 8;
const WIDEST = 7;

/**
 * Writes whole numbers, 0 … 2^53 − 1: what is over the least of them in as few bytes as the greatest needs, lowest bytes
 * first, one plane per byte. Numbers that never fall are written as steps when that is narrower.
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
    writePlanes(areas, width, count, (index) => numbers[index]! - least);
  } else {
    areas.directory.byte(stepWidth | ASCENDING);
    areas.directory.varint(least);
    areas.directory.varint(leastStep);
    writePlanes(areas, stepWidth, count, (index) =>
      index === 0 ? 0 : numbers[index]! - numbers[index - 1]! - leastStep,
    );
  }
}

/** Bytes that a number needs; none for 0. */
function bytesFor(number: number): number {
  let width = 0;
  for (let rest = number; rest >= 1; rest /= 256) width++;
  return width;
}

let plane = new Uint8Array(8192);

function writePlanes(areas: AreaWriters, width: number, count: number, partOf: (index: number) => number): void {
  if (plane.length < count) plane = new Uint8Array(count);
  let divisor = 1;
  for (let place = 0; place < width; place++) {
    for (let index = 0; index < count; index++) plane[index] = (partOf(index) / divisor) % 256;
    planeArea(areas, place, width).raw(plane.subarray(0, count));
    divisor *= 256;
  }
}

/** Where a plane is kept: the lowest of several follows no rule that zstd could learn. */
function planeArea<Area>(areas: { planes: Area; noise: Area }, place: number, width: number): Area {
  return place === 0 && width > 1 ? areas.noise : areas.planes;
}

/** Whole numbers, each to be had by itself. */
export class NumberColumn {
  readonly #least: number;
  readonly #step: number;
  readonly #planes: readonly Uint8Array[];
  readonly #ascending: boolean;
  readonly #count: number;
  /** The numbers that each stand on the ones before, once they were asked for. */
  #sums: Float64Array | null = null;

  private constructor(least: number, step: number, ascending: boolean, planes: readonly Uint8Array[], count: number) {
    this.#least = least;
    this.#step = step;
    this.#ascending = ascending;
    this.#planes = planes;
    this.#count = count;
  }

  static read(areas: AreaReaders, count: number): NumberColumn {
    const form = areas.directory.byte();
    const width = form & (ASCENDING - 1);
    if (form > (ASCENDING | WIDEST)) throw new DamagedBytesError(`a column of numbers has the form ${form}`);
    const ascending = form >= ASCENDING;
    const least = areas.directory.varint();
    const step = ascending ? areas.directory.varint() : 0;
    const planes: Uint8Array[] = [];
    for (let place = 0; place < width; place++) {
      planes.push(planeArea<ByteReader>(areas, place, width).raw(count));
    }
    return new NumberColumn(least, step, ascending, planes, count);
  }

  /** The number at a place below the count. */
  at(index: number): number {
    if (!this.#ascending) return this.#least + this.#over(index);
    if (this.#planes.length === 0) return this.#least + index * this.#step;
    this.#sums ??= this.#addUp();
    return this.#sums[index]!;
  }

  get heldBytes(): number {
    return this.#sums?.byteLength ?? 0;
  }

  #over(index: number): number {
    const planes = this.#planes;
    switch (planes.length) {
      case 0:
        return 0;
      case 1:
        return planes[0]![index]!;
      case 2:
        return planes[0]![index]! | (planes[1]![index]! << 8);
      case 3:
        return planes[0]![index]! | (planes[1]![index]! << 8) | (planes[2]![index]! << 16);
    }
    let over = 0;
    for (let place = planes.length - 1; place >= 0; place--) over = over * 256 + planes[place]![index]!;
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
