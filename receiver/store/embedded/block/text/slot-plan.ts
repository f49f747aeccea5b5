import {
  MOST_DIGITS,
  SLOT_DICTIONARY,
  SLOT_DIGITS,
  SLOT_LOWER_HEX,
  SLOT_NUMBER,
  SLOT_TEXT,
  SLOT_UPPER_HEX,
} from './slot-kinds.ts';
import { classesOf, DIGIT, LOWER_HEX, STRANGE, UPPER_HEX } from './text-classes.ts';
import { findDictionary, type TokenDictionary } from './token-dictionary.ts';
import type { TokenStore } from './token-store.ts';

/** How a slot will be written: what all its values begin and end with belongs to the template's skeleton. */
export interface SlotPlan {
  /** How many bytes all values begin with, and end with; `same` when they are nothing else. */
  readonly prefix: number;
  readonly suffix: number;
  readonly same: boolean;
  readonly kind: number;
  /** Classes of the bytes between prefix and suffix (text-classes.ts). */
  readonly classes: number;
  /** Bytes of the shortest value and of the longest between prefix and suffix. */
  readonly shortest: number;
  readonly longest: number;
  /** For a SLOT_DICTIONARY. */
  readonly dictionary: TokenDictionary | null;
}

/** Finds how each of the slots is best kept, of texts whose first tokens these are. */
export function planSlots(store: TokenStore, firstTokens: Uint32Array, slots: number): SlotPlan[] {
  return Array.from({ length: slots }, (_, slot) => {
    const tokens = tokensOf(firstTokens, slot);
    const plan = planForm(store, tokens);
    if (plan.kind !== SLOT_TEXT || plan.same) return plan;
    const dictionary = findDictionary(store, tokens, plan.prefix, plan.suffix);
    return dictionary ? { ...plan, kind: SLOT_DICTIONARY, dictionary } : plan;
  });
}

/** The tokens that texts have in a slot; to be used before the next call. */
export function tokensOf(firstTokens: Uint32Array, slot: number): Uint32Array {
  if (ofSlot.length < firstTokens.length) ofSlot = new Uint32Array(firstTokens.length);
  for (let index = 0; index < firstTokens.length; index++) ofSlot[index] = firstTokens[index]! + slot;
  return ofSlot.subarray(0, firstTokens.length);
}

let ofSlot = new Uint32Array(8192);

function planForm(store: TokenStore, tokens: Uint32Array): SlotPlan {
  const whole = measure(store, tokens, 0, 0);
  // Bytes that mark something in skeletons must not get there.
  if ((whole.classes & STRANGE) !== 0) return whole;
  if (isSame(store, tokens)) return { ...whole, prefix: whole.longest, same: true };
  if (whole.kind !== SLOT_TEXT) return whole;
  if (whole.shortest === 0) return whole;
  // A value is never left empty: search relies on that.
  const prefix = commonLetters(store, tokens, whole.shortest - 1, false);
  const suffix = commonLetters(store, tokens, whole.shortest - 1 - prefix, true);
  return prefix + suffix === 0 ? whole : measure(store, tokens, prefix, suffix);
}

function isSame(store: TokenStore, tokens: Uint32Array): boolean {
  const { bytes, ends } = store;
  const first = store.start(tokens[0]!);
  const length = ends[tokens[0]!]! - first;
  for (let index = 1; index < tokens.length; index++) {
    const start = store.start(tokens[index]!);
    if (ends[tokens[index]!]! - start !== length) return false;
    for (let offset = 0; offset < length; offset++) {
      if (bytes[start + offset] !== bytes[first + offset]) return false;
    }
  }
  return true;
}

function measure(store: TokenStore, tokens: Uint32Array, prefix: number, suffix: number): SlotPlan {
  const { bytes, ends } = store;
  let classes = 0;
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  let leadingZero = false;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    const start = store.start(token) + prefix;
    const end = ends[token]! - suffix;
    const length = end - start;
    classes |= prefix + suffix === 0 ? store.classes[token]! : classesOf(bytes, start, end);
    if (length < shortest) shortest = length;
    if (length > longest) longest = length;
    if (length > 1 && bytes[start] === 0x30) leadingZero = true;
  }
  const kind = shortest === 0 ? SLOT_TEXT : kindOf(classes, shortest === longest, longest, leadingZero);
  return { prefix, suffix, same: false, kind, classes, shortest, longest, dictionary: null };
}

function kindOf(classes: number, oneLength: boolean, longest: number, leadingZero: boolean): number {
  if (classes === DIGIT && longest <= MOST_DIGITS) {
    if (!leadingZero) return SLOT_NUMBER;
    if (oneLength) return SLOT_DIGITS;
  }
  if (oneLength && (classes | DIGIT) === (LOWER_HEX | DIGIT)) return SLOT_LOWER_HEX;
  if (oneLength && (classes | DIGIT) === (UPPER_HEX | DIGIT)) return SLOT_UPPER_HEX;
  return SLOT_TEXT;
}

/** How many ASCII letters all values begin with, or end with; digits and parts of other letters are left to the values. */
function commonLetters(store: TokenStore, tokens: Uint32Array, most: number, fromEnd: boolean): number {
  const { bytes, ends } = store;
  let common = most;
  const first = fromEnd ? ends[tokens[0]!]! - 1 : store.start(tokens[0]!);
  const direction = fromEnd ? -1 : 1;
  for (let index = 0; index < tokens.length && common > 0; index++) {
    const edge = fromEnd ? ends[tokens[index]!]! - 1 : store.start(tokens[index]!);
    let length = 0;
    while (length < common) {
      const byte = bytes[edge + length * direction]!;
      const isLetter = byte > 0x39 && byte < 0x80;
      if (!isLetter || byte !== bytes[first + length * direction]) break;
      length++;
    }
    common = length;
  }
  return common;
}
