import { DamagedBytesError } from '../bytes.ts';
import type { LaterBytes } from './later-bytes.ts';
import { planesFor, planesOf, type SmallNumbers, smallNumbersFor, writePlanes } from './planes.ts';
import { Room } from './room.ts';
import type { ColumnReader, SectionWriter } from './section.ts';

/**
 * Which of a dictionary's entries each value is. Entries are numbered in the order of their first appearance, so that
 * "a new one" is one code, 0, and values that hardly repeat cost nothing. The other codes count from the first entry,
 * from the newest, or from the first with a code for "as before"; whichever packs best for the column.
 */
const FORM = { allNew: 0, allSame: 1, fromFirst: 2, fromNewest: 3, repeats: 4 } as const;
type CodedForm = typeof FORM.fromFirst | typeof FORM.fromNewest | typeof FORM.repeats;
const CODED_FORMS: readonly CodedForm[] = [FORM.fromFirst, FORM.fromNewest, FORM.repeats];

/** So many values tell which form packs best. */
const SAMPLE = 2048;

const codeRoom = new Room((length) => new Uint32Array(length));

/** Writes places 0 … entries − 1; each place's first appearance is after those of all lower ones. */
export function writeCodes(section: SectionWriter, places: Uint32Array, entries: number): void {
  if (entries === places.length) section.meta.byte(FORM.allNew);
  else if (entries === 1) section.meta.byte(FORM.allSame);
  else {
    const limit = limitFor(entries);
    const sample = places.subarray(0, SAMPLE);
    let best: CodedForm = FORM.fromFirst;
    let fewestBits = Number.POSITIVE_INFINITY;
    for (const form of CODED_FORMS) {
      const bits = entropyOf(codesOf(form, sample), planesFor(limit));
      if (bits >= fewestBits) continue;
      best = form;
      fewestBits = bits;
    }
    section.meta.byte(best);
    writePlanes(section, codesOf(best, places), limit);
  }
}

/** Codes reach two beyond the highest place. */
const limitFor = (entries: number) => entries + 2;

function codesOf(form: CodedForm, places: Uint32Array): Uint32Array {
  const codes = codeRoom.take(places.length);
  let known = 0;
  let before = -1;
  for (let index = 0; index < places.length; index++) {
    const place = places[index]!;
    let code = 0;
    if (place === known) known++;
    else if (form === FORM.fromFirst) code = place + 1;
    else if (form === FORM.fromNewest) code = known - place;
    else code = place === before ? 1 : place + 2;
    codes[index] = code;
    before = place;
  }
  return codes;
}

const counts = new Uint32Array(256);

/** Bits that the codes take when each byte of them is coded by how often it occurs. */
function entropyOf(codes: Uint32Array, planes: number): number {
  let bits = 0;
  for (let plane = 0; plane < planes; plane++) {
    counts.fill(0);
    for (let index = 0; index < codes.length; index++) counts[(codes[index]! >>> (8 * plane)) & 0xff]!++;
    for (const count of counts) if (count > 0) bits += count * Math.log2(codes.length / count);
  }
  return bits;
}

/** Places looked up one at a time, each from the front, before all are worked out. */
const FEW = 4;

/** What `writeCodes` wrote: `length` places, every one below `entries`. */
export class Codes {
  readonly length: number;
  readonly #entries: number;
  readonly #form: number;
  readonly #stream: LaterBytes | null;
  #lookedUp = 0;
  #all: SmallNumbers | null = null;

  constructor(column: ColumnReader, length: number, entries: number) {
    this.length = length;
    this.#entries = entries;
    this.#form = column.meta.byte();
    if (this.#form > FORM.repeats) throw new DamagedBytesError(`codes of the unknown form ${this.#form}`);
    if (this.#form === FORM.allNew && entries !== length) {
      throw new DamagedBytesError(`${length} values cannot be ${entries} different ones`);
    }
    if (this.#form === FORM.allSame && entries !== 1) throw new DamagedBytesError(`equal values of ${entries} kinds`);
    this.#stream = this.#form < FORM.fromFirst ? null : column.nextLater();
  }

  /** `index` is below the length. */
  at(index: number): number {
    if (this.#all) return this.#all[index]!;
    if (this.#form === FORM.allNew) return index;
    if (this.#form === FORM.allSame) return 0;
    if (++this.#lookedUp > FEW) return this.all()[index]!;
    return this.#decode(index + 1, NOWHERE);
  }

  all(): SmallNumbers {
    if (this.#all) return this.#all;
    const places = smallNumbersFor(this.#entries, this.length);
    if (this.#form === FORM.allNew) for (let index = 0; index < places.length; index++) places[index] = index;
    else if (this.#stream) this.#decode(this.length, places);
    this.#all = places;
    return places;
  }

  get heldBytes(): number {
    return (this.#stream?.heldBytes ?? 0) + (this.#all?.byteLength ?? 0);
  }

  /** Writes the first `count` places down, and says the last. */
  #decode(count: number, places: SmallNumbers): number {
    const form = this.#form;
    const entries = this.#entries;
    const codes = planesOf(this.#stream!.bytes, this.length, limitFor(entries));
    let known = 0;
    let place = 0;
    for (let index = 0; index < count; index++) {
      const code = codes[index]!;
      if (code === 0) place = known++;
      else if (form === FORM.fromFirst) place = code - 1;
      else if (form === FORM.fromNewest) place = known - code;
      else if (code !== 1) place = code - 2;
      if (place < 0 || place >= entries)
        throw new DamagedBytesError(`a dictionary of ${entries} has no entry ${place}`);
      places[index] = place;
    }
    return place;
  }
}

/** Takes nothing: what is written beyond an array's end is lost. */
const NOWHERE = new Uint8Array(0);
