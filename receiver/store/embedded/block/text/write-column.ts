import { AreaWriters } from './areas.ts';
import { planSlot, type SlotPlan, writeSlot } from './slot-writer.ts';
import { END, HOLE } from './text-classes.ts';
import type { TextGroup } from './text-groups.ts';

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

function writeGroup({ skeleton, firstTokens, tokens }: TextGroup): void {
  const plans: SlotPlan[] = [];
  const ofSlot = new Uint32Array(firstTokens.length);
  for (const byte of skeleton) {
    if (byte !== HOLE) {
      areas.skeletons.byte(byte);
      continue;
    }
    for (let index = 0; index < ofSlot.length; index++) ofSlot[index] = firstTokens[index]! + plans.length;
    const plan = planSlot(tokens, ofSlot);
    plans.push(plan);
    const start = tokens.start(ofSlot[0]!);
    const end = tokens.ends[ofSlot[0]!]!;
    for (let index = start; index < start + plan.prefix; index++) areas.skeletons.byte(tokens.bytes[index]!);
    if (!plan.same) areas.skeletons.byte(HOLE);
    for (let index = end - plan.suffix; index < end; index++) areas.skeletons.byte(tokens.bytes[index]!);
  }
  areas.skeletons.byte(END);
  areas.directory.varint(plans.filter((plan) => !plan.same).length);
  plans.forEach((plan, slot) => {
    if (plan.same) return;
    for (let index = 0; index < ofSlot.length; index++) ofSlot[index] = firstTokens[index]! + slot;
    writeSlot(areas, tokens, ofSlot, plan);
  });
}
