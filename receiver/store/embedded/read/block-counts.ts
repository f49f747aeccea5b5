import { LEVELS, levelIndexOf } from '../../../record/severity.ts';
import { blocksWithin, firstRowFrom } from './block-rows.ts';
import type { DayListing, ListedBlock } from './day-listing.ts';
import type { SlotPiece } from './slots.ts';
import type { StoredDays } from './stored-days.ts';

interface LoggerNames {
  readonly service: string;
  readonly logger: string;
}

/** Told how many sealed records of a logger and level are in a slot, in parts. */
export type AddCount = (logger: LoggerNames, slot: number, levelIndex: number, count: number) => void;

/**
 * Counts sealed records within pieces of a day, of the levels that are wanted, by looking at the blocks' times: for
 * what kept counts cannot tell.
 */
export function countInBlocks(
  days: StoredDays,
  listing: DayListing,
  pieces: readonly SlotPiece[],
  wantsLevel: (levelIndex: number) => boolean,
  add: AddCount,
): void {
  for (const piece of pieces) {
    const range = { first: { time: piece.from, sequence: 0 }, end: { time: piece.to, sequence: 0 } };
    for (const listed of blocksWithin(listing, range)) {
      const levels = levelsOfSites(listing, listed);
      if (!levels.some(wantsLevel)) continue;
      const counts = countBySite(days, listing, listed, piece);
      for (const [place, site] of listed.header.sites.entries()) {
        const count = counts[place]!;
        if (count > 0 && wantsLevel(levels[place]!)) {
          add(listing.parts.logger(site.logger), piece.slot, levels[place]!, count);
        }
      }
    }
  }
}

/** For each of a block's sites the place of its level in LEVELS. */
function levelsOfSites({ parts }: DayListing, { header }: ListedBlock): number[] {
  return header.sites.map(({ severity }) => levelIndexOf(parts.severity(severity).number));
}

function countBySite(
  days: StoredDays,
  listing: DayListing,
  listed: ListedBlock,
  { from, to }: SlotPiece,
): ArrayLike<number> {
  const { minTime, maxTime, sites: listedSites } = listed.header;
  if (from <= minTime && maxTime < to) return listedSites.map(({ records }) => records);
  const counts = new Uint32Array(listedSites.length);
  const block = days.open(listing, listed);
  const { sites } = block;
  const end = firstRowFrom(block, { time: to, sequence: 0 });
  for (let row = firstRowFrom(block, { time: from, sequence: 0 }); row < end; row++) counts[sites[row]!]! += 1;
  return counts;
}

/** The place of a count in `slots × levels`. */
export function placeOf(slot: number, levelIndex: number): number {
  return slot * LEVELS.length + levelIndex;
}
