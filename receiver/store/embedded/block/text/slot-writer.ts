import type { AreaWriters } from './areas.ts';
import { writeNumbers } from './number-column.ts';
import { SLOT_DIGITS, SLOT_LOWER_HEX, SLOT_NUMBER, SLOT_UPPER_HEX } from './slot-kinds.ts';
import type { SlotPlan } from './slot-plan.ts';
import { copyBytes, writeTextRun } from './text-run.ts';
import type { TokenStore } from './token-store.ts';

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
