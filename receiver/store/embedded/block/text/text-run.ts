import { DamagedBytesError } from '../../bytes.ts';
import type { Area, AreaReaders, AreaWriters } from './areas.ts';
import { copyFolded } from './fold-bytes.ts';
import type { Needle } from './needle.ts';
import { NumberColumn, writeNumbers } from './number-column.ts';

/** Writes texts one after another: `bytes` joined, and the length of each apart from them. */
export function writeTextRun(areas: AreaWriters, bytes: Uint8Array, lengths: Float64Array, count: number): void {
  areas.directory.varint(bytes.length);
  writeNumbers(areas, lengths, count);
  areas.texts.raw(bytes);
}

/** Texts one after another, each to be had by itself. */
export class TextRun {
  readonly #area: Area;
  readonly #start: number;
  readonly #end: number;
  readonly #lengths: NumberColumn;
  readonly #count: number;
  #ends: Uint32Array | null = null;
  #longest = 0;

  private constructor(area: Area, start: number, end: number, lengths: NumberColumn, count: number) {
    this.#area = area;
    this.#start = start;
    this.#end = end;
    this.#lengths = lengths;
    this.#count = count;
  }

  static read(areas: AreaReaders, count: number): TextRun {
    const length = areas.directory.varint();
    const lengths = new NumberColumn(areas, count);
    const start = areas.texts.take(length);
    return new TextRun(areas.texts, start, start + length, lengths, count);
  }

  /** Where every text ends; one begins where the one before it ends. */
  get #knownEnds(): Uint32Array {
    if (this.#ends) return this.#ends;
    const ends = new Uint32Array(this.#count);
    let end = this.#start;
    for (let index = 0; index < ends.length; index++) {
      const length = this.#lengths.at(index);
      end += length;
      if (end > this.#end) throw new DamagedBytesError('texts are longer than their bytes');
      ends[index] = end;
      if (length > this.#longest) this.#longest = length;
    }
    if (end !== this.#end) throw new DamagedBytesError('texts are shorter than their bytes');
    this.#ends = ends;
    return ends;
  }

  /** Bytes of the longest text. */
  get longest(): number {
    return this.#knownEnds.length === 0 ? 0 : this.#longest;
  }

  /** Copies a text's bytes and says where they end. */
  copy(index: number, target: Uint8Array, at: number): number {
    const ends = this.#knownEnds;
    const start = index === 0 ? this.#start : ends[index - 1]!;
    return copyBytes(this.#area.bytes, start, ends[index]!, target, at);
  }

  /** The same, folded (query/fold.ts); there is room for LONGEST_FOLDING times as many bytes. */
  copyFolded(index: number, target: Uint8Array, at: number): number {
    const ends = this.#knownEnds;
    const start = index === 0 ? this.#start : ends[index - 1]!;
    return copyFolded(this.#area.bytes, start, ends[index]!, target, at);
  }

  /** As Slot's of the same name, for texts of these classes. */
  ranksContaining(needle: Needle, classes: number): Uint8Array | null | undefined {
    const { bytes } = this.#area;
    if (!needle.canSkipThrough(bytes.subarray(this.#start, this.#end), classes)) return undefined;
    const ends = this.#knownEnds;
    let found: Uint8Array | null = null;
    let rank = 0;
    let position = needle.indexIn(bytes, this.#start, this.#end);
    while (position >= 0) {
      while (ends[rank]! <= position) rank++;
      const isWithin = position + needle.bytes.length <= ends[rank]!;
      if (isWithin) {
        found ??= new Uint8Array(this.#count);
        found[rank] = 1;
      }
      position = needle.indexIn(bytes, isWithin ? ends[rank]! : position + 1, this.#end);
    }
    return found;
  }

  get heldBytes(): number {
    return this.#lengths.heldBytes + (this.#ends?.byteLength ?? 0);
  }
}

/** Fewer bytes than this are copied one by one, which beats a call into the runtime. */
const SHORT = 48;

/** Copies a range of bytes and says where it ends in the target. */
export function copyBytes(source: Uint8Array, start: number, end: number, target: Uint8Array, at: number): number {
  if (end - start > SHORT) target.set(source.subarray(start, end), at);
  else for (let index = start; index < end; index++) target[at + index - start] = source[index]!;
  return at + end - start;
}
