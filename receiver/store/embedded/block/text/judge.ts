import { LONGEST_FOLDING } from './fold-bytes.ts';
import type { Needle } from './needle.ts';
import type { Skeletons } from './skeletons.ts';
import type { Slot } from './slot.ts';
import { END, foldsFreely, HOLE } from './text-classes.ts';

/** What is known of all texts of a template before any of them is looked at. */
const NONE_MATCH = 0;
export const ALL_MATCH = 1;
export const SOME_MAY_MATCH = 2;

/** A part of a template's texts: from one position of its skeleton to another. */
export interface Segment {
  readonly start: number;
  readonly end: number;
  /** The place of the first slot in it or after it. */
  readonly slot: number;
}

/** Where to look for a needle in the texts of a template. */
interface Search {
  readonly segments: readonly Segment[];
  /** 1 for texts, by rank, that are known to have it. */
  readonly found: Uint8Array | null;
}

/** What is known of the texts of every template. */
interface Verdicts {
  readonly byTemplate: Uint8Array;
  /** For templates some texts of which may match. */
  readonly searches: readonly Search[];
}

/**
 * Judges every template by its skeleton: all its texts contain a needle that the skeleton has, none can if no part of
 * the needle could be in a slot with the rest of it in what stands around the slot.
 *
 * @param skeletons - folded
 */
export function judgeContaining(skeletons: Skeletons, slotsOf: readonly (readonly Slot[])[], needle: Needle): Verdicts {
  const byTemplate = new Uint8Array(slotsOf.length);
  markSkeletonsWith(skeletons, needle.bytes, byTemplate);
  const searches: Search[] = [];
  slotsOf.forEach((slots, template) => {
    if (byTemplate[template] === ALL_MATCH) return;
    const search = searchOf(skeletons, template, slots, needle);
    if (search.segments.length === 0 && search.found === null) return;
    byTemplate[template] = SOME_MAY_MATCH;
    searches[template] = search;
  });
  return { byTemplate, searches };
}

/** The slots that a part of the needle could be in, with what the rest of it could be in; those that meet as one. */
function searchOf(skeletons: Skeletons, template: number, slots: readonly Slot[], needle: Needle): Search {
  const segments: Segment[] = [];
  let found: Uint8Array | null = null;
  const templateStart = skeletons.starts[template]!;
  const templateEnd = skeletons.starts[template + 1]! - 1;
  let hole = templateStart - 1;
  for (let place = 0; place < slots.length; place++) {
    const slot = slots[place]!;
    hole = skeletons.bytes.indexOf(HOLE, hole + 1);
    const reached = reach(skeletons, template, hole, needle, slot);
    if (reached === NOWHERE) continue;
    const ranks = reached === WITHIN ? slot.ranksContaining(needle) : undefined;
    if (ranks !== undefined) {
      found = found && ranks ? found.map((mark, rank) => mark | ranks[rank]!) : (found ?? ranks);
      continue;
    }
    const start = Math.max(hole - needle.bytes.length + 1, templateStart);
    const end = Math.min(hole + needle.bytes.length, templateEnd);
    const last = segments.at(-1);
    if (last && start <= last.end) segments[segments.length - 1] = { ...last, end };
    else segments.push({ start, end, slot: place - holesBetween(skeletons.bytes, start, hole) });
  }
  return { segments, found };
}

function holesBetween(bytes: Uint8Array, start: number, end: number): number {
  let holes = 0;
  for (let position = start; position < end; position++) if (bytes[position] === HOLE) holes++;
  return holes;
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

/** Longer needles are looked for wherever one of their bytes can be: trying all their parts would take too long. */
const LONGEST_JUDGED = 256;

const NOWHERE = 0;
const WITHIN = 1;
const ACROSS = 2;

/**
 * Whether the needle could be within the slot at `hole`, or across its edge, so that the rest of it fits around. No value
 * of a slot is empty, unless the template is that slot alone.
 */
function reach(skeletons: Skeletons, template: number, hole: number, needle: Needle, slot: Slot): number {
  const fits = needle.fitting(slot.classes);
  if (!fits) return NOWHERE;
  const longest = foldsFreely(slot.classes) ? slot.longest * LONGEST_FOLDING : slot.longest;
  const { bytes } = needle;
  if (bytes.length > LONGEST_JUDGED) return ACROSS;
  let found = NOWHERE;
  for (let first = 0; first < bytes.length; first++) {
    if (!fits[first] || !fitsBefore(skeletons, template, hole, bytes, first)) continue;
    // The slot would begin with bytes[first], or, for the needle's first byte, have it anywhere.
    for (let next = first + 1; next - first <= longest; next++) {
      if (fitsAfter(skeletons.bytes, hole, bytes, next)) {
        if (first > 0 || next < bytes.length) return ACROSS;
        found = WITHIN;
      }
      if (!fits[next]) break;
    }
  }
  return found;
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
