import { levelIndexOf } from '../../../record/severity.ts';
import type { Histogram, HistogramRequest } from '../../store.ts';
import type { HotRecord } from '../chunk/hot-record.ts';
import type { Day } from '../day.ts';
import { countLevels } from '../match/counting.ts';
import { countInBlocks, placeOf } from './block-counts.ts';
import type { BlockRows } from './block-rows.ts';
import { type CountedQuery, countedQuery } from './counted-query.ts';
import { addCounts } from './day-counts.ts';
import type { DayListing } from './day-listing.ts';
import type { Pace } from './pace.ts';
import { type ScanVisitor, scan } from './scan.ts';
import { cellTargets, Slots, slotAt, zeroCounts } from './slots.ts';
import type { StoredDays } from './stored-days.ts';

/** See `LogStore.histogram`. Sealed records are counted from kept counts where these can tell. */
export async function readHistogram(
  days: StoredDays,
  { query, boundaries }: Omit<HistogramRequest, 'signal'>,
  pace: Pace,
): Promise<Histogram> {
  const slots = new Slots(boundaries);
  if (slots.size === 0) return { counts: [], complete: true };
  const range = { query, from: boundaries[0]!, to: boundaries.at(-1)! };
  return days.retrying(async () => {
    const tally = new HistogramTally(days, slots, countedQuery(query));
    const complete = await scan(days, range, pace, tally);
    return { counts: [...tally.counts], complete };
  });
}

class HistogramTally implements ScanVisitor {
  readonly #days: StoredDays;
  readonly #slots: Slots;
  readonly #counted: CountedQuery | null;
  /** By slot and level. */
  readonly counts: Float64Array;
  #day: Day | null = null;
  /** Of the slots, within the day. */
  #boundaries: Float64Array = new Float64Array();

  constructor(days: StoredDays, slots: Slots, counted: CountedQuery | null) {
    this.#days = days;
    this.#slots = slots;
    this.#counted = counted;
    this.counts = zeroCounts(slots);
  }

  onDay(listing: DayListing): boolean {
    const counted = this.#counted;
    const levels = counted?.levelsOf(listing);
    if (!counted || !levels) return false;
    const wantsLevel = (levelIndex: number) => levels.has(levelIndex);
    const { targetOf, cut } = cellTargets(this.#slots, listing.day, wantsLevel);
    for (const logger of listing.sealed.loggers) {
      if (counted.matchesLogger(logger)) addCounts(listing.sealed, logger, targetOf, this.counts);
    }
    countInBlocks(this.#days, listing, { pieces: cut, isOnce: true, wantsLevel }, (logger, slot, levelIndex, count) => {
      if (counted.matchesLogger(logger)) this.counts[placeOf(slot, levelIndex)]! += count;
    });
    return true;
  }

  onBlock({ block, wanted }: BlockRows, { day, parts }: DayListing): void {
    countLevels(block, parts, wanted, this.#boundariesOf(day), this.counts);
  }

  onHot({ position, severityNumber }: HotRecord): void {
    const slot = slotAt(this.#boundariesOf(position.day), position.time);
    if (slot >= 0) this.counts[placeOf(slot, levelIndexOf(severityNumber))]! += 1;
  }

  #boundariesOf(day: Day): Float64Array {
    if (this.#day !== day) {
      this.#day = day;
      this.#boundaries = this.#slots.boundariesWithin(day);
    }
    return this.#boundaries;
  }
}
