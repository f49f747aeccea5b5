import { createHash } from 'node:crypto';
import { MATCH_ALL } from '../query/tree.ts';
import type { StoredRecord } from '../record/log-record.ts';
import { toOtlpJsonLine } from '../record/otlp-json-line.ts';
import { type LogStore, MAX_PAGE } from '../store/store.ts';
import type { CopyProgress } from './copy-progress.ts';

/** Records copied at once; what is in memory is one such page. */
const PAGE = 500;
/** Latest time a record can have. */
const END_OF_TIME = 2n ** 63n - 1n;

export interface CopyRange {
  readonly from?: bigint | undefined;
  readonly to?: bigint | undefined;
}

/** What a copy tells while it runs. */
export interface CopyReport {
  /** Records gone through, those of earlier runs included. */
  records: number;
}

/** All records of a store, from the counts it keeps: what a copy of everything will go through. */
export async function countRecords(store: LogStore): Promise<number> {
  const cards = await store.cards({ boundaries: [0n, END_OF_TIME], recentFrom: END_OF_TIME });
  return cards.reduce((sum, { counts }) => sum + Array.from(counts).reduce((total, count) => total + count, 0), 0);
}

/**
 * Copies records, oldest first, and keeps how far it came in `progress` after each page. Where it was broken off it goes
 * on: the page that was under way may have arrived or not, so it is compared with what the target holds. Records get ids of
 * the target's own; alerts are neither copied nor fired.
 */
export async function copyStore(
  source: LogStore,
  target: LogStore,
  range: CopyRange,
  progress: CopyProgress,
  report: CopyReport,
): Promise<void> {
  let { cursor, records } = progress.start;
  let isFirst = true;
  report.records = records;
  do {
    const page = await source.search({ query: MATCH_ALL, order: 'oldest', limit: PAGE, cursor, ...range });
    const missing = isFirst ? await withoutHeld(target, page.records) : page.records;
    if (missing.length > 0) await target.append([{ key: keyOf(missing), records: missing }]);
    isFirst = false;
    cursor = page.next ?? undefined;
    records += page.records.length;
    report.records = records;
    await progress.save({ cursor, records, isDone: cursor === undefined });
  } while (cursor !== undefined);
}

/** By its records' ids in the source a page is known again as long as the target recognises repetitions. */
function keyOf(records: readonly StoredRecord[]): string {
  const hash = createHash('sha256').update('copy');
  for (const { id } of records) hash.update(`\n${id}`);
  return hash.digest('hex');
}

/** The records of a page that the target does not hold: one less of each for each alike that it does. */
async function withoutHeld(target: LogStore, records: readonly StoredRecord[]): Promise<readonly StoredRecord[]> {
  if (records.length === 0) return records;
  const held = new Map<string, number>();
  const stretch = { from: records[0]!.timestamp, to: records.at(-1)!.timestamp + 1n };
  let cursor: string | undefined;
  do {
    const page = await target.search({ query: MATCH_ALL, order: 'oldest', limit: MAX_PAGE, cursor, ...stretch });
    for (const record of page.records) {
      const text = toOtlpJsonLine(record);
      held.set(text, (held.get(text) ?? 0) + 1);
    }
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  return records.filter((record) => {
    const text = toOtlpJsonLine(record);
    const count = held.get(text) ?? 0;
    if (count > 0) held.set(text, count - 1);
    return count === 0;
  });
}
