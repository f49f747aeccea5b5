import { compileQuery } from '../../../query/evaluate.ts';
import type { Query } from '../../../query/tree.ts';
import type { HotRecord } from '../chunk/hot-record.ts';
import { compileBlockQuery } from '../match/block-query.ts';
import { type BlockRows, blocksWithin, isWithin, matchingRows, rangeOf, type TimeRange } from './block-rows.ts';
import type { DayListing, ListedBlock } from './day-listing.ts';
import type { Pace } from './pace.ts';
import type { StoredDays } from './stored-days.ts';

/** A block that a scan comes upon. */
export interface ScannedBlock {
  readonly listing: DayListing;
  readonly listed: ListedBlock;
  /** False when the range leaves out some of its records, matching or not. */
  readonly isWhole: boolean;
}

/** What is told of the records of a scan. */
export interface ScanVisitor {
  /** A day comes next; true when the visitor knows all about its sealed records already. */
  onDay(listing: DayListing): boolean;
  /** A block comes next; true when the visitor knows all about its records in the range already. */
  onListed(scanned: ScannedBlock): boolean;
  /** Of its rows those in the range that match; null for none. */
  onBlock(scanned: ScannedBlock, rows: BlockRows | null): void;
  onHot(record: HotRecord): void;
}

/** Hot records are looked at so many at a time. */
const HOT_PIECE = 256;

/**
 * Goes through all records that match, newest first as far as days, then blocks; false when the time was over before
 * the end. What is damaged is left out and reported.
 */
export async function scan(
  days: StoredDays,
  { query, ...times }: TimeRange & { readonly query: Query },
  pace: Pace,
  visitor: ScanVisitor,
): Promise<boolean> {
  const blockQuery = compileBlockQuery(query);
  const matches = compileQuery(query);
  let hasLooked = false;
  for (const day of days.daysWithin(times).reverse()) {
    const listing = days.listing(day);
    const range = rangeOf(day, times);
    const isOver = async () => {
      if (hasLooked && pace.isExhausted) return true;
      hasLooked = true;
      await pace.pause();
      return false;
    };
    const { hot } = listing;
    const firstHot = hot.placeOf(range.first);
    for (let end = hot.placeOf(range.end); end > firstHot; end -= HOT_PIECE) {
      if (await isOver()) return false;
      for (const record of hot.records.slice(Math.max(firstHot, end - HOT_PIECE), end)) {
        if (days.orReport(day, false, () => matches(record))) visitor.onHot(record);
      }
    }
    if (await isOver()) return false;
    if (days.orReport(day, true, () => visitor.onDay(listing))) continue;
    const blocks = blocksWithin(listing, range).sort((one, other) => other.header.maxTime - one.header.maxTime);
    for (const listed of blocks) {
      if (await isOver()) return false;
      days.orReport(day, undefined, () => {
        const scanned = { listing, listed, isWhole: isWithin(listed, range) };
        if (visitor.onListed(scanned)) return;
        visitor.onBlock(scanned, matchingRows(days, listing, listed, { range, query: blockQuery, isOnce: true }));
      });
    }
  }
  return true;
}
