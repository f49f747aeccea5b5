import { LONGEST_FOLDING } from './fold-bytes.ts';
import type { Skeletons } from './skeletons.ts';
import type { Slot } from './slot.ts';
import { BYTE_CLASS, END, HOLE, LOWER_HEX, NON_ASCII, STRANGE, UPPER_HEX } from './text-classes.ts';

/** What is known of all texts of a template before any of them is looked at. */
export const NONE_MATCH = 0;
export const ALL_MATCH = 1;
export const SOME_MAY_MATCH = 2;

/** A part of a template's texts: from one position of its skeleton to another. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** The place of the first slot in it or after it. */
  readonly slot: number;
}

/** What is known of the texts of every template. */
export interface Verdicts {
  readonly byTemplate: Uint8Array;
  /** Of templates some texts of which may match: the parts to look for the needle in. */
  readonly segments: readonly (readonly Segment[])[];
}

/**
 * Judges every template by its skeleton: all its texts contain a needle that the skeleton has, none can if no part of
 * the needle could be in a slot with the rest of it in what stands around the slot.
 *
 * @param skeletons - folded
 * @param needle - UTF-8 of a folded text, not empty
 */
export function judgeContaining(
  skeletons: Skeletons,
  slotsOf: readonly (readonly Slot[])[],
  needle: Uint8Array,
): Verdicts {
  const byTemplate = new Uint8Array(slotsOf.length);
  markSkeletonsWith(skeletons, needle, byTemplate);
  const needles = new NeedleClasses(needle);
  const segments: Segment[][] = [];
  slotsOf.forEach((slots, template) => {
    if (byTemplate[template] === ALL_MATCH) return;
    const reached = reachedSegments(skeletons, template, slots, needles);
    if (reached.length === 0) return;
    byTemplate[template] = SOME_MAY_MATCH;
    segments[template] = reached;
  });
  return { byTemplate, segments };
}

/** The slots that a part of the needle could be in, with what the rest of it could be in; those that meet as one. */
function reachedSegments(
  skeletons: Skeletons,
  template: number,
  slots: readonly Slot[],
  needles: NeedleClasses,
): Segment[] {
  const segments: Segment[] = [];
  const { needle } = needles;
  const templateStart = skeletons.starts[template]!;
  const templateEnd = skeletons.starts[template + 1]! - 1;
  let hole = templateStart;
  slots.forEach((slot, place) => {
    while (skeletons.bytes[hole] !== HOLE) hole++;
    if (canReach(skeletons, template, hole, needle, needles.fitting(slot.classes), slot)) {
      const start = Math.max(hole - needle.length + 1, templateStart);
      const end = Math.min(hole + needle.length, templateEnd);
      const last = segments.at(-1);
      if (last && start <= last.end) segments[segments.length - 1] = { ...last, end };
      else segments.push({ start, end, slot: place - holesBetween(skeletons.bytes, start, hole) });
    }
    hole++;
  });
  return segments;
}

function holesBetween(bytes: Uint8Array, start: number, end: number): number {
  let holes = 0;
  for (let position = start; position < end; position++) if (bytes[position] === HOLE) holes++;
  return holes;
}

/** Whether values of these classes are to be folded as texts: letters beyond ASCII may fold into any others. */
export function foldsFreely(classes: number): boolean {
  return (classes & (NON_ASCII | STRANGE)) !== 0;
}

/** A needle never has a HOLE or an END, so what is found lies within one constant part. */
function markSkeletonsWith({ bytes, starts }: Skeletons, needle: Uint8Array, verdicts: Uint8Array): void {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let template = 0;
  let found = haystack.indexOf(needle);
  while (found >= 0) {
    while (starts[template + 1]! <= found) template++;
    verdicts[template] = ALL_MATCH;
    found = haystack.indexOf(needle, starts[template + 1]!);
  }
}

/** Which of a needle's bytes can stand in a slot, by the classes of bytes that the slot's values have. */
class NeedleClasses {
  readonly needle: Uint8Array;
  readonly #known = new Map<number, Uint8Array | null>();

  constructor(needle: Uint8Array) {
    this.needle = needle;
  }

  /** 1 for each byte that can; null if none can. */
  fitting(classes: number): Uint8Array | null {
    let fits = this.#known.get(classes);
    if (fits !== undefined) return fits;
    const free = foldsFreely(classes);
    const folded = (classes & UPPER_HEX) !== 0 ? classes | LOWER_HEX : classes;
    fits = this.needle.map((byte) => (free || (BYTE_CLASS[byte]! & folded) !== 0 ? 1 : 0));
    if (!fits.includes(1)) fits = null;
    this.#known.set(classes, fits);
    return fits;
  }
}

/**
 * Whether some part of the needle could be in the slot at `hole` while what is before and after it fits around. No value
 * of a slot is empty, unless the template is that slot alone.
 */
function canReach(
  skeletons: Skeletons,
  template: number,
  hole: number,
  needle: Uint8Array,
  fits: Uint8Array | null,
  slot: Slot,
): boolean {
  if (!fits) return false;
  const longest = foldsFreely(slot.classes) ? slot.longest * LONGEST_FOLDING : slot.longest;
  for (let first = 0; first < needle.length; first++) {
    if (!fits[first]) continue;
    if (!fitsBefore(skeletons, template, hole, needle, first)) continue;
    // The slot would begin with needle[first], or, for the needle's first byte, have it anywhere.
    for (let next = first + 1; ; next++) {
      if (fitsAfter(skeletons.bytes, hole, needle, next)) {
        if (next - first <= longest) return true;
        break;
      }
      if (!fits[next]) break;
    }
  }
  return false;
}

/** Whether needle[0 … end − 1] can end where the hole begins; up to the next hole before it, as far as can be told. */
function fitsBefore({ bytes, starts }: Skeletons, template: number, hole: number, needle: Uint8Array, end: number) {
  const start = starts[template]!;
  for (let distance = 1; distance <= end; distance++) {
    if (hole - distance < start) return false;
    const byte = bytes[hole - distance]!;
    if (byte === HOLE) return true;
    if (byte !== needle[end - distance]) return false;
  }
  return true;
}

/** Whether the needle from `start` on can begin where the hole ends, in the same way. */
function fitsAfter(bytes: Uint8Array, hole: number, needle: Uint8Array, start: number): boolean {
  for (let index = start; index < needle.length; index++) {
    const byte = bytes[hole + 1 + index - start]!;
    if (byte === HOLE) return true;
    if (byte === END || byte !== needle[index]) return false;
  }
  return true;
}

/**
 * Judges every template by the bytes that its texts begin with, and, to be equal to `text`, end with.
 *
 * @param skeletons - as they are, not folded
 */
export function judgeEdges(skeletons: Skeletons, text: Uint8Array, isWhole: boolean): Uint8Array {
  const { bytes, starts } = skeletons;
  const verdicts = new Uint8Array(starts.length - 1);
  for (let template = 0; template < verdicts.length; template++) {
    const start = starts[template]!;
    const end = starts[template + 1]! - 1;
    let same = 0;
    while (same < text.length && bytes[start + same] === text[same]) same++;
    const rest = bytes[start + same]!;
    if (rest === END) verdicts[template] = same === text.length ? ALL_MATCH : NONE_MATCH;
    else if (rest !== HOLE) verdicts[template] = same === text.length && !isWhole ? ALL_MATCH : NONE_MATCH;
    else if (same === text.length && !isWhole) verdicts[template] = ALL_MATCH;
    else if (!isWhole || endsAlike(bytes, end, text)) verdicts[template] = SOME_MAY_MATCH;
  }
  return verdicts;
}

/** Whether the constant part before `end`, which some hole precedes, is what the text ends with. */
function endsAlike(bytes: Uint8Array, end: number, text: Uint8Array): boolean {
  for (let distance = 1; bytes[end - distance] !== HOLE; distance++) {
    if (distance > text.length || bytes[end - distance] !== text[text.length - distance]) return false;
  }
  return true;
}
