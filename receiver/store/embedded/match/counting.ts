import { fieldTexts } from '../../../query/field-values.ts';
import type { Field } from '../../../query/tree.ts';
import type { LogRecord } from '../../../record/log-record.ts';
import { LEVELS, levelIndexOf } from '../../../record/severity.ts';
import type { Block } from '../block/block.ts';
import type { DayParts } from '../block/block-source.ts';
import { attributesOf, isOfSites } from './fields.ts';
import { forEachFirstColumn } from './first-column.ts';
import { type RowText, rowTextOf } from './row-texts.ts';
import { siteRecord } from './site-conditions.ts';

type AddText = (text: string, count: number) => void;

/**
 * Counts the wanted rows' distinct texts of a field (`fieldTexts`). A text may be told several times; its counts add up.
 */
export function countField(field: Field, block: Block, parts: DayParts, wanted: Uint8Array, add: AddText): void {
  const attributes = attributesOf(field);
  const text = rowTextOf(field);
  if (attributes) {
    forEachFirstColumn(block, attributes, wanted, (column, rows) => column.countTexts(rows, add));
  } else if (text) {
    countRowTexts(text, block, wanted, add);
  } else if (isOfSites(field)) {
    countBySite(field, block, parts, wanted, add);
  } else if (field.kind === 'resource') {
    countByResource(field, block, parts, wanted, add);
  } else {
    block.body.countTexts(wanted, add);
  }
}

function countRowTexts({ read }: RowText, block: Block, wanted: Uint8Array, add: AddText): void {
  for (let row = wanted.indexOf(1); row >= 0; row = wanted.indexOf(1, row + 1)) {
    const text = read(block, row);
    if (text !== '') add(text, 1);
  }
}

function countBySite(field: Field, block: Block, parts: DayParts, wanted: Uint8Array, add: AddText): void {
  const textsOf = fieldTexts(field);
  const { sites } = block.header;
  for (const [site, count] of countCodes(block.sites, wanted, sites.length).entries()) {
    if (count === 0) continue;
    // These fields are read of nothing but what a site tells.
    for (const text of textsOf(siteRecord(sites[site]!, parts) as LogRecord)) add(text, count);
  }
}

function countByResource(field: Field, block: Block, parts: DayParts, wanted: Uint8Array, add: AddText): void {
  const textsOf = fieldTexts(field);
  const { resources } = block.header;
  const counts = countCodes(block.resources, wanted, 1 + resources.reduce((max, id) => Math.max(max, id), 0));
  for (const id of resources) {
    const count = counts[id]!;
    if (count === 0) continue;
    for (const text of textsOf({ resource: parts.resource(id).value } as LogRecord)) add(text, count);
  }
}

/** How many wanted rows have each of the codes 0 … `size` − 1. */
function countCodes(codes: ArrayLike<number>, wanted: Uint8Array, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (let row = 0; row < wanted.length; row++) counts[codes[row]!]! += wanted[row]!;
  return counts;
}

/**
 * Counts the wanted rows by slot and level: adds to `counts[slot * LEVELS.length + levelIndex]`. `boundaries` are in
 * ascending order, n + 1 for n slots, in nanoseconds since the day's start; slots may begin before the day and end
 * after it.
 */
export function countLevels(
  block: Block,
  parts: DayParts,
  wanted: Uint8Array,
  boundaries: Float64Array,
  counts: Float64Array,
): void {
  const { times, sites } = block;
  const levels = Uint8Array.from(block.header.sites, ({ severity }) => levelIndexOf(parts.severity(severity).number));
  let row = boundaries.length === 0 ? times.length : firstFrom(times, 0, boundaries[0]!);
  if (row === times.length) return;
  // The slot of the first row: the last one that begins no later.
  let slot = firstFrom(boundaries, 0, times[row]! + 1) - 1;
  for (; slot + 1 < boundaries.length && row < times.length; slot++) {
    const end = firstFrom(times, row, boundaries[slot + 1]!);
    const base = slot * LEVELS.length;
    for (; row < end; row++) counts[base + levels[sites[row]!]!]! += wanted[row]!;
  }
}

/** The first place from `start` on whose number is no less; the length when all are. `numbers` ascend. */
function firstFrom(numbers: Float64Array, start: number, number: number): number {
  let low = start;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < number) low = middle + 1;
    else high = middle;
  }
  return low;
}
