import type { Block } from '../block/block.ts';
import { DAY_LENGTH, type Day, timeWithin } from '../day.ts';
import type { BlockQuery } from '../match/block-query.ts';
import type { DayListing, ListedBlock } from './day-listing.ts';
import type { StoredDays } from './stored-days.ts';

/** A place in a day's order: nanoseconds since the day's start, and the sequence among records of one time. */
export interface Place {
  readonly time: number;
  readonly sequence: number;
}

/** Places from `first` to before `end`. */
export interface DayRange {
  readonly first: Place;
  readonly end: Place;
}

/** Timestamps, `[from, to)`; open where absent. */
export interface TimeRange {
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

/** Rows of an opened block, marked by 1. */
export interface BlockRows {
  readonly block: Block;
  readonly wanted: Uint8Array;
}

export function isBefore(one: Place, other: Place): boolean {
  return one.time < other.time || (one.time === other.time && one.sequence < other.sequence);
}

/** What a range of timestamps covers of a day. */
export function rangeOf(day: Day, { from, to }: TimeRange): DayRange {
  return {
    first: { time: from === undefined ? 0 : timeWithin(day, from), sequence: 0 },
    end: { time: to === undefined ? DAY_LENGTH : timeWithin(day, to), sequence: 0 },
  };
}

/** The last time that a range reaches: sequences begin at 1, so at `(time, 0)` there is nothing yet. */
export function lastTimeOf({ end }: DayRange): number {
  return end.sequence === 0 ? end.time - 1 : end.time;
}

/** A listing's blocks that may have records in a range. */
export function blocksWithin({ blocks }: DayListing, range: DayRange): ListedBlock[] {
  const lastTime = lastTimeOf(range);
  return blocks.filter(({ header }) => header.maxTime >= range.first.time && header.minTime <= lastTime);
}

/** Whether all records of a block are in a range of whole times. */
export function isWithin({ header }: ListedBlock, { first, end }: DayRange): boolean {
  return first.time <= header.minTime && header.maxTime < end.time;
}

/** A block's rows in a range that match; null when there are none, which often needs no look into the block. */
export function matchingRows(
  days: StoredDays,
  listing: DayListing,
  listed: ListedBlock,
  { range, query, isOnce }: { readonly range: DayRange; readonly query: BlockQuery; readonly isOnce: boolean },
): BlockRows | null {
  const { day, parts } = listing;
  const filters = {
    texts: () => days.textFilter(day, listed),
    keys: () => days.keyFilter(day, listed),
  };
  if (!query.mayMatch(listed.header, parts, filters)) return null;
  const block = days.open(listing, listed, isOnce);
  const wanted = rowsWithin(block, range);
  if (!wanted) return null;
  query.filterRows(block, parts, wanted);
  return wanted.includes(1) ? { block, wanted } : null;
}

function rowsWithin(block: Block, { first, end }: DayRange): Uint8Array | null {
  const { size, header } = block;
  const from = header.minTime > first.time ? 0 : firstRowFrom(block, first);
  const to = header.maxTime < end.time ? size : firstRowFrom(block, end);
  return from < to ? new Uint8Array(size).fill(1, from, to) : null;
}

/** The first row that does not stand before a place; the block's size when all do. */
export function firstRowFrom({ times, sequences, size }: Block, place: Place): number {
  let low = 0;
  let high = size;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isBefore({ time: times[middle]!, sequence: sequences[middle]! }, place)) low = middle + 1;
    else high = middle;
  }
  return low;
}
