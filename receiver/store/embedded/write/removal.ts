import type { Block } from '../block/block.ts';
import { rowsOf } from '../block/rows-of.ts';
import { DamagedBytesError } from '../bytes.ts';
import type { Chunk } from '../chunk/chunk.ts';
import { selectRows } from '../chunk/merge-chunks.ts';
import { UNIQUE_ID, uniqueKeyOf } from '../keys.ts';
import type { BlockRow } from './block-table.ts';
import type { DayTables } from './day-tables.ts';
import type { HotChunk } from './hot-table.ts';
import { SealedBlocks } from './sealed-blocks.ts';
import { addBlock } from './sealing.ts';
import { countRows } from './tally.ts';

/*
 * Removing what is older than a time from a day that stays. Blocks and chunks are gone through one after another, so
 * records don't go in the order of their times; when the last call is done, none that is older is left. What is damaged
 * stays until its day goes as a whole: its records are neither counted nor removed.
 */

/** How many records are strictly older than a time of the day. */
export function countOlder(tables: DayTables, time: number): number {
  using blocks = new SealedBlocks(tables);
  let count = 0;
  for (const row of tables.blocks.rows()) {
    if (row.minTime < time) count += readable(() => olderRows(blocks.read(row.id), time)) ?? 0;
  }
  for (const hot of tables.hot.chunks) {
    const chunk = readable(() => tables.hot.read(hot));
    if (chunk) count += olderRowsOfChunk(chunk, time).older.length;
  }
  return count;
}

/** Removes at most `limit` records that are strictly older than a time of the day, in one transaction; says how many. */
export function removeOlder(tables: DayTables, time: number, limit: number): number {
  using blocks = new SealedBlocks(tables);
  return tables.transaction('prune', () => {
    let removed = 0;
    for (const row of tables.blocks.rows()) {
      if (removed >= limit) break;
      if (row.minTime >= time) continue;
      const block = readable(() => blocks.read(row.id));
      if (block) removed += removeFromBlock(tables, blocks, row, block, time, limit - removed);
    }
    for (const hot of tables.hot.chunks) {
      if (removed >= limit) break;
      const chunk = readable(() => tables.hot.read(hot));
      if (chunk) removed += removeFromChunk(tables, hot, chunk, time, limit - removed);
    }
    return removed;
  });
}

function removeFromBlock(
  tables: DayTables,
  blocks: SealedBlocks,
  row: BlockRow,
  block: Block,
  time: number,
  limit: number,
): number {
  const taken = readable(() => {
    const size = Math.min(limit, olderRows(block, time));
    const rest = size < block.size ? selectRows(rowsOf(block), range(size, block.size)) : null;
    return { size, rest, counts: countRows(block, size, blocks.parts), uids: uidKeysOf(block, size) };
  });
  if (!taken) return 0;
  tables.blocks.remove(row.id);
  if (taken.rest) addBlock(tables, taken.rest);
  for (const key of taken.uids) tables.keys.forgetRecord(key);
  tables.loggers.remove(taken.counts);
  return taken.size;
}

function removeFromChunk(tables: DayTables, hot: HotChunk, chunk: Chunk, time: number, limit: number): number {
  const { older, others } = olderRowsOfChunk(chunk, time);
  if (older.length === 0) return 0;
  const removed = older.slice(0, limit);
  const kept = [...older.slice(limit), ...others];
  for (const row of removed) {
    const uid = chunk.uidKey(row);
    if (uid !== null) tables.keys.forgetRecord(uid);
  }
  tables.hot.remove([hot]);
  if (kept.length > 0) tables.hot.add(selectRows(chunk, kept));
  return removed.length;
}

/** How many rows of a block, which are in the order of time, come before a time. */
function olderRows({ times }: Block, time: number): number {
  const first = times.findIndex((each) => each >= time);
  return first < 0 ? times.length : first;
}

function olderRowsOfChunk(chunk: Chunk, time: number): { older: number[]; others: number[] } {
  const older: number[] = [];
  const others: number[] = [];
  for (let row = 0; row < chunk.size; row++) (chunk.timeWithin(row) < time ? older : others).push(row);
  return { older, others };
}

/** What the first `size` rows that have a `log.record.uid` are known by. */
function uidKeysOf(block: Block, size: number): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (const row of block.attribute(UNIQUE_ID)?.rows ?? []) {
    if (row >= size) break;
    const key = uniqueKeyOf(block.record(row));
    if (key) keys.push(key);
  }
  return keys;
}

function range(first: number, end: number): number[] {
  return Array.from({ length: end - first }, (_, index) => first + index);
}

/** What `read` gives, or null when what it reads is damaged. */
function readable<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedBytesError) return null;
    throw error;
  }
}
