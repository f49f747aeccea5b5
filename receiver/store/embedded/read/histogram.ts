import type { Query } from '../../../query/tree.ts';
import { LEVELS, levelIndexOf } from '../../../record/severity.ts';
import type { Histogram, HistogramRequest } from '../../store.ts';
import type { HotRecord } from '../chunk/hot-record.ts';
import type { Day } from '../day.ts';
import { compileBlockQuery } from '../match/block-query.ts';
import type { MatchingSites } from '../match/condition.ts';
import { countLevels } from '../match/counting.ts';
import { questionOf } from './answer-cache.ts';
import { countInBlocks, placeOf } from './block-counts.ts';
import type { BlockRows } from './block-rows.ts';
import { addCells, countCells } from './cell-counts.ts';
import { type CountedQuery, countedQuery } from './counted-query.ts';
import { addCounts } from './day-counts.ts';
import type { DayListing, ListedBlock } from './day-listing.ts';
import type { Pace } from './pace.ts';
import { type ScannedBlock, type ScanVisitor, scan } from './scan.ts';
import { type CellTargets, cellTargets, Slots, slotAt, zeroCounts } from './slots.ts';
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
    const tally = new HistogramTally(days, slots, query);
    const complete = await scan(days, range, pace, tally);
    return { counts: [...tally.counts], complete };
  });
}

const NO_CELLS = new Uint32Array();

class HistogramTally implements ScanVisitor {
  readonly #days: StoredDays;
  readonly #slots: Slots;
  readonly #counted: CountedQuery | null;
  readonly #question: string;
  readonly #matchingSites: MatchingSites | undefined;
  /** Stands for the counts of whole blocks by level. */
  readonly #levelsQuestion: string;
  /** By slot and level. */
  readonly counts: Float64Array;
  #day: Day | null = null;
  /** Of the slots, within the day. */
  #boundaries: Float64Array = new Float64Array();
  /** Of the day whose blocks come. */
  #targets: CellTargets = { targetOf: new Int32Array(), cut: [] };

  constructor(days: StoredDays, slots: Slots, query: Query) {
    this.#days = days;
    this.#slots = slots;
    this.#counted = countedQuery(query);
    this.#question = questionOf(query);
    this.#matchingSites = compileBlockQuery(query).matchingSites;
    this.#levelsQuestion = questionOf({ levelsOf: query });
    this.counts = zeroCounts(slots);
  }

  onDay(listing: DayListing): boolean {
    const counted = this.#counted;
    const levels = counted?.levelsOf(listing);
    if (!counted || !levels) {
      this.#targets = cellTargets(this.#slots, listing.day, () => true);
      return false;
    }
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

  onListed(scanned: ScannedBlock): boolean {
    const { listing, listed } = scanned;
    if (scanned.isWhole && this.#countBySites(scanned)) return true;
    const known = this.#isInCells(scanned) && this.#days.counts.get(this.#question, listing.day, listed.id);
    if (!known) return false;
    addCells(known, this.#targets.targetOf, this.counts);
    return true;
  }

  /** Counts a block that lies in one slot by its header; false when it doesn't, or the header does not tell what matches. */
  #countBySites({ listing, listed }: ScannedBlock): boolean {
    const { minTime, maxTime } = listed.header;
    const boundaries = this.#boundariesOf(listing.day);
    const slot = slotAt(boundaries, minTime);
    if (!this.#matchingSites || slot < 0 || slotAt(boundaries, maxTime) !== slot) return false;
    const known = this.#days.counts.get(this.#levelsQuestion, listing.day, listed.id);
    const counts = known ?? countSites(listing, listed, this.#matchingSites);
    if (!known) this.#days.counts.set(this.#levelsQuestion, listing.day, listed.id, counts);
    for (const [levelIndex, count] of counts.entries()) this.counts[placeOf(slot, levelIndex)]! += count;
    return true;
  }

  onBlock(scanned: ScannedBlock, rows: BlockRows | null): void {
    const { listing, listed } = scanned;
    const { day, parts } = listing;
    if (this.#isInCells(scanned)) {
      const counts = rows ? countCells(this.#days.rowCells(listing, listed, rows.block), rows.wanted) : NO_CELLS;
      this.#days.counts.set(this.#question, day, listed.id, counts);
      addCells(counts, this.#targets.targetOf, this.counts);
    } else if (rows) countLevels(rows.block, parts, rows.wanted, this.#boundariesOf(day), this.counts);
  }

  onHot({ position, severityNumber }: HotRecord): void {
    const slot = slotAt(this.#boundariesOf(position.day), position.time);
    if (slot >= 0) this.counts[placeOf(slot, levelIndexOf(severityNumber))]! += 1;
  }

  /** Whether counts by quarters of an hour tell all that is asked of a block. */
  #isInCells({ listed, isWhole }: ScannedBlock): boolean {
    const { minTime, maxTime } = listed.header;
    return isWhole && !this.#targets.cut.some(({ from, to }) => minTime < to && from <= maxTime);
  }

  #boundariesOf(day: Day): Float64Array {
    if (this.#day !== day) {
      this.#day = day;
      this.#boundaries = this.#slots.boundariesWithin(day);
    }
    return this.#boundaries;
  }
}

/** How many records of each level match, by a block's header. */
function countSites({ parts }: DayListing, { header }: ListedBlock, matchingSites: MatchingSites): Uint32Array {
  const counts = new Uint32Array(LEVELS.length);
  const matching = matchingSites(header, parts);
  for (const [place, { severity, records }] of header.sites.entries()) {
    if (matching[place] === 1) counts[levelIndexOf(parts.severity(severity).number)]! += records;
  }
  return counts;
}
