import { DamagedBytesError } from '../bytes.ts';
import { planesFor, readPlanes, writePlanes } from './planes.ts';
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

/** Reads `length` places written by `writeCodes`; every one is below `entries`. */
export function readCodes(column: ColumnReader, length: number, entries: number): Uint32Array {
  const form = column.meta.byte();
  const places = new Uint32Array(length);
  if (form === FORM.allNew) {
    if (entries !== length) throw new DamagedBytesError(`${length} values cannot be ${entries} different ones`);
    for (let index = 0; index < length; index++) places[index] = index;
    return places;
  }
  if (form === FORM.allSame) {
    if (entries !== 1) throw new DamagedBytesError(`equal values of ${entries} kinds`);
    return places;
  }
  if (form > FORM.repeats) throw new DamagedBytesError(`codes of the unknown form ${form}`);
  const codes = readPlanes(column, length, limitFor(entries));
  let known = 0;
  let before = 0;
  for (let index = 0; index < length; index++) {
    const code = codes[index]!;
    let place = code - 1;
    if (code === 0) place = known++;
    else if (form === FORM.fromNewest) place = known - code;
    else if (form === FORM.repeats) place = code === 1 ? before : code - 2;
    if (place < 0 || place >= entries) throw new DamagedBytesError(`a dictionary of ${entries} has no entry ${place}`);
    places[index] = place;
    before = place;
  }
  return places;
}
