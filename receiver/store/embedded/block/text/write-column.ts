import { AreaWriters } from './areas.ts';
import { type SlotPlan, tokensOf } from './slot-plan.ts';
import { writeSlot } from './slot-writer.ts';
import { END, HOLE } from './text-classes.ts';
import type { TextGroup } from './text-group.ts';
import type { TokenStore } from './token-store.ts';

/**
 * The streams of a column, in this order. Numbers are varints but where a width is named; widths, kinds and classes of
 * bytes are single bytes.
 *
 *   directory   texts · templates · per template, in their order: slots, per slot its kind (slot-kinds.ts) and
 *                 number: numbers            digits: how many, numbers         lower and upper hex: how many digits
 *                 text: classes, texts       dictionary: classes, entries, texts (the entries), numbers (an entry each)
 *               where numbers are: width of what is over the least (0 … 7, + 8: each follows from the one before), the
 *                 least or first, with + 8 the least step; and texts are: bytes of all, numbers (a length each)
 *   skeletons   per template its bytes with 0xFF for each slot's value, then 0xFE; neither occurs in UTF-8
 *   texts       the bytes of texts and of dictionaries, by slot
 *   templates   per text its template: a byte, and the higher bytes behind all lower ones if there are over 256
 *   planes      numbers, by slot: all lowest bytes, then all next ones …
 *   noise       numbers' lowest bytes where there are higher ones; hex digits, two a byte, each value from a full byte on
 *
 * Values in slots are those of the template's texts, in the texts' order. No value is empty in a template that has more
 * than this one slot.
 */

/** Used by one column after the other. */
const areas = new AreaWriters();

/** Writes a column of `size` texts in the streams that TextColumn reads. */
export function writeColumn(groups: readonly TextGroup[], size: number, add: (stream: Uint8Array) => void): void {
  areas.directory.varint(size);
  areas.directory.varint(groups.length);
  writeGroupPlaces(groups, size);
  for (const group of groups) writeGroup(group);
  areas.take(add);
}

/** Which group every text belongs to: lower bytes, then, for more than 256 groups, higher ones. */
function writeGroupPlaces(groups: readonly TextGroup[], size: number): void {
  const lower = new Uint8Array(size);
  const higher = new Uint8Array(groups.length > 256 ? size : 0);
  groups.forEach((group, place) => {
    for (const row of group.rows) lower[row] = place;
    if (place > 255) for (const row of group.rows) higher[row] = place >> 8;
  });
  areas.templates.raw(lower);
  areas.templates.raw(higher);
}

function writeGroup({ skeleton, firstTokens, tokens, plans }: TextGroup): void {
  let slot = 0;
  for (const byte of skeleton) {
    if (byte === HOLE) writeConstants(tokens, firstTokens[0]! + slot, plans[slot++]!);
    else areas.skeletons.byte(byte);
  }
  areas.skeletons.byte(END);
  areas.directory.varint(plans.filter((plan) => !plan.same).length);
  plans.forEach((plan, slot) => {
    if (!plan.same) writeSlot(areas, tokens, tokensOf(firstTokens, slot), plan);
  });
}

/** What all values of a slot begin and end with, as one of them has it, is part of the skeleton. */
function writeConstants(tokens: TokenStore, token: number, plan: SlotPlan): void {
  const start = tokens.start(token);
  const end = tokens.ends[token]!;
  areas.skeletons.raw(tokens.bytes.subarray(start, start + plan.prefix));
  if (!plan.same) areas.skeletons.byte(HOLE);
  areas.skeletons.raw(tokens.bytes.subarray(end - plan.suffix, end));
}
