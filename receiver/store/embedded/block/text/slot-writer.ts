import type { AreaWriters } from './areas.ts';
import { writeNumbers } from './number-column.ts';
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
import { copyBytes, writeTextRun } from './text-run.ts';
import type { TokenStore } from './token-store.ts';

/** More different texts than this are no dictionary: their places would need two bytes. */
const MOST_ENTRIES = 256;

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
  readonly dictionary: Dictionary | null;
}

export interface Dictionary {
  /** A token for each of the different texts. */
  readonly entries: Uint32Array;
  /** The entry of every token. */
  readonly places: Float64Array;
}

/** Finds how the tokens are best kept. */
export function planSlot(store: TokenStore, tokens: Uint32Array): SlotPlan {
  const plan = planForm(store, tokens);
  if (plan.kind !== SLOT_TEXT || plan.same) return plan;
  const dictionary = findDictionary(store, tokens, plan);
  return dictionary ? { ...plan, kind: SLOT_DICTIONARY, dictionary } : plan;
}

function planForm(store: TokenStore, tokens: Uint32Array): SlotPlan {
  const whole = measure(store, tokens, 0, 0);
  // Bytes that mark something in skeletons must not get there.
  if ((whole.classes & STRANGE) !== 0) return whole;
  if (isSame(store, tokens)) return { ...whole, prefix: whole.longest, same: true };
  if (whole.kind !== SLOT_TEXT) return whole;
  // A value is never left empty: search relies on that.
  const prefix = commonLetters(store, tokens, whole.shortest - 1, false);
  const suffix = commonLetters(store, tokens, whole.shortest - 1 - prefix, true);
  return prefix + suffix <= 0 ? whole : measure(store, tokens, prefix, suffix);
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
  const kind = kindOf(classes, shortest === longest, longest, leadingZero);
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

/** How many letters all values begin with, or end with; digits are left to the values. */
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
      if (byte <= 0x39 || byte !== bytes[first + length * direction]) break;
      length++;
    }
    common = length;
  }
  return common;
}

/** Writes the tokens as planned, without what is the same in all of them. */
export function writeSlot(areas: AreaWriters, store: TokenStore, tokens: Uint32Array, plan: SlotPlan): void {
  switch (plan.kind) {
    case SLOT_DIGITS:
    case SLOT_NUMBER: {
      const numbers = numbersOf(tokens.length);
      for (let index = 0; index < tokens.length; index++) {
        const token = tokens[index]!;
        numbers[index] = numberIn(store.bytes, store.start(token) + plan.prefix, store.ends[token]! - plan.suffix);
      }
      areas.directory.byte(plan.kind);
      if (plan.kind === SLOT_DIGITS) areas.directory.byte(plan.longest);
      writeNumbers(areas, numbers, tokens.length);
      return;
    }
    case SLOT_LOWER_HEX:
    case SLOT_UPPER_HEX:
      areas.directory.byte(plan.kind);
      areas.directory.varint(plan.longest);
      writeHex(areas, store, tokens, plan);
      return;
    default:
      areas.directory.byte(plan.kind);
      areas.directory.byte(plan.classes);
      if (!plan.dictionary) {
        writeTokenTexts(areas, store, tokens, plan);
        return;
      }
      areas.directory.varint(plan.dictionary.entries.length);
      writeTokenTexts(areas, store, plan.dictionary.entries, plan);
      writeNumbers(areas, plan.dictionary.places, tokens.length);
  }
}

function numberIn(bytes: Uint8Array, start: number, end: number): number {
  let number = 0;
  for (let index = start; index < end; index++) number = number * 10 + bytes[index]! - 0x30;
  return number;
}

function writeHex(areas: AreaWriters, store: TokenStore, tokens: Uint32Array, plan: SlotPlan): void {
  const { bytes } = store;
  const width = (plan.longest + 1) >> 1;
  const packed = scratchOf(width * tokens.length);
  let target = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    const end = store.ends[token]! - plan.suffix;
    for (let position = store.start(token) + plan.prefix; position < end; position += 2) {
      const low = position + 1 < end ? hexValue(bytes[position + 1]!) : 0;
      packed[target++] = (hexValue(bytes[position]!) << 4) | low;
    }
  }
  areas.noise.raw(packed.subarray(0, target));
}

function hexValue(digit: number): number {
  return digit <= 0x39 ? digit - 0x30 : (digit & 0x0f) + 9;
}

/** The different texts if they are few. */
function findDictionary(store: TokenStore, tokens: Uint32Array, plan: SlotPlan): Dictionary | null {
  const bytes = Buffer.from(store.bytes.buffer);
  const known = new Map<string, number>();
  const entries = new Uint32Array(Math.min(MOST_ENTRIES, tokens.length >> 1));
  const places = new Float64Array(tokens.length);
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    const text = bytes.toString('latin1', store.start(token) + plan.prefix, store.ends[token]! - plan.suffix);
    let place = known.get(text);
    if (place === undefined) {
      place = known.size;
      if (place === entries.length) return null;
      entries[place] = token;
      known.set(text, place);
    }
    places[index] = place;
  }
  return { entries: entries.subarray(0, known.size), places };
}

function writeTokenTexts(areas: AreaWriters, store: TokenStore, tokens: Uint32Array, plan: SlotPlan): void {
  const lengths = numbersOf(tokens.length);
  let total = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    lengths[index] = store.ends[token]! - store.start(token) - plan.prefix - plan.suffix;
    total += lengths[index]!;
  }
  const joined = scratchOf(total);
  let end = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    end = copyBytes(store.bytes, store.start(token) + plan.prefix, store.ends[token]! - plan.suffix, joined, end);
  }
  writeTextRun(areas, joined.subarray(0, total), lengths, tokens.length);
}

const MOST_KEPT = 1 << 20;
let numbers = new Float64Array(8192);
let scratch = new Uint8Array(8192);

/** Room for numbers and for bytes that is used again and again, unless it was needed for something huge. */
function numbersOf(count: number): Float64Array {
  if (count > MOST_KEPT) return new Float64Array(count);
  if (numbers.length < count) numbers = new Float64Array(count);
  return numbers;
}

function scratchOf(length: number): Uint8Array {
  if (length > MOST_KEPT) return new Uint8Array(length);
  if (scratch.length < length) scratch = new Uint8Array(length);
  return scratch;
}
