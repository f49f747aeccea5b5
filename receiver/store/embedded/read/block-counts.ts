import { LEVELS, levelIndexOf } from '../../../record/severity.ts';
import type { Block } from '../block/block.ts';
import { firstRowFrom } from './block-rows.ts';
import type { DayListing, ListedBlock } from './day-listing.ts';
import type { SlotPiece } from './slots.ts';
import type { StoredDays } from './stored-days.ts';

interface LoggerNames {
  readonly service: string;
  readonly logger: string;
}

interface BlockCountRequest {
  readonly pieces: readonly SlotPiece[];
  readonly isOnce: boolean;
  readonly wantsLevel: (levelIndex: number) => boolean;
}

/** Told how many sealed records of a logger and level are in a slot, in parts. */
export type AddCount = (logger: LoggerNames, slot: number, levelIndex: number, count: number) => void;

/**
 * Counts sealed records within pieces of a day (in their order, none overlapping), of the levels that are wanted, by
 * looking at the blocks' times: for what kept counts cannot tell. `isOnce` as with `StoredDays.open`.
 */
export function countInBlocks(
  days: StoredDays,
  listing: DayListing,
  { pieces, isOnce, wantsLevel }: BlockCountRequest,
  add: AddCount,
): void {
  for (const listed of listing.blocks) {
    const { minTime, maxTime, sites } = listed.header;
    const touching = pieces.filter(({ from, to }) => minTime < to && from <= maxTime);
    if (touching.length === 0) continue;
    const levels = levelsOfSites(listing, listed);
    if (!levels.some(wantsLevel)) continue;
    let opened: Block | undefined;
    const open = () => (opened ??= days.open(listing, listed, isOnce));
    for (const piece of touching) {
      const counts = countBySite(open, listed, piece);
      for (const [place, site] of sites.entries()) {
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

function countBySite(open: () => Block, { header }: ListedBlock, { from, to }: SlotPiece): ArrayLike<number> {
  if (from <= header.minTime && header.maxTime < to) return header.sites.map(({ records }) => records);
  const counts = new Uint32Array(header.sites.length);
  const block = open();
  const { sites } = block;
  const end = firstRowFrom(block, { time: to, sequence: 0 });
  for (let row = firstRowFrom(block, { time: from, sequence: 0 }); row < end; row++) counts[sites[row]!]! += 1;
  return counts;
}

/** The place of a count in `slots × levels`. */
export function placeOf(slot: number, levelIndex: number): number {
  return slot * LEVELS.length + levelIndex;
}
