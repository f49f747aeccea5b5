import { buildBlock } from '../block/build-block.ts';
import { rowsOf } from '../block/rows-of.ts';
import { DamagedBytesError } from '../bytes.ts';
import type { Chunk } from '../chunk/chunk.ts';
import { mergeChunks } from '../chunk/merge-chunks.ts';
import type { DayTables } from './day-tables.ts';
import type { HotChunk } from './hot-table.ts';
import { bytesAsBlock, partsOfFewKeys } from './key-limit.ts';
import { SealedBlocks } from './sealed-blocks.ts';
import { tallyChunk } from './tally.ts';
import { chunksOfFullBlock, chunksToCompact, isUndersized, planRestOfDay, type SmallBlock } from './upkeep-plan.ts';

/** Seals a block of hot records when there are enough, or puts small chunks together; says whether there was need. */
export function tidyHot(tables: DayTables): boolean {
  const { chunks } = tables.hot;
  const full = chunksOfFullBlock(chunks, tables.limits);
  if (full > 0) {
    seal(tables, chunks.slice(0, full), []);
    return true;
  }
  const small = chunksToCompact(chunks, tables.limits);
  if (small.length === 0) return false;
  compact(tables, small);
  return true;
}

/** Seals one block of what is hot and undersized in a day that is over; says whether there was need. */
export function sealRest(tables: DayTables): boolean {
  const undersized = tables.blocks
    .rows()
    .filter((block) => isUndersized(block, tables.limits) && !tables.isUnreadable(block.id));
  const plan = planRestOfDay(tables.hot.chunks, undersized, tables.limits);
  if (!plan) return false;
  seal(tables, plan.chunks, plan.blocks);
  return true;
}

function compact(tables: DayTables, hotChunks: readonly HotChunk[]): void {
  const merged = mergeChunks(readHot(tables, hotChunks));
  tables.transaction('compact', () => {
    tables.hot.remove(hotChunks);
    tables.hot.add(merged);
  });
}

/** Makes one block of hot chunks and small blocks. Each record keeps its sequence, so ids stay. */
function seal(tables: DayTables, hotChunks: readonly HotChunk[], small: readonly SmallBlock[]): void {
  const fresh = readHot(tables, hotChunks);
  const sealed = readBlocks(tables, small);
  tables.transaction(small.length > 0 ? 'merge' : 'seal', () => {
    const hot = mergeChunks(fresh);
    const merged = sealed.length > 0 ? mergeChunks([...sealed, hot]) : hot;
    tables.loggers.add(tallyChunk(hot, tables.parts.idsOf(hot.tables)));
    addBlock(tables, merged);
    tables.hot.remove(hotChunks);
    for (const { id } of small) tables.blocks.remove(id);
  });
}

/** Makes a block of records that are counted already; several when they have too many attribute keys for one. */
export function addBlock(tables: DayTables, chunk: Chunk): void {
  for (const part of partsOfFewKeys(chunk)) {
    tables.blocks.add(buildBlock(part, tables.parts.idsOf(part.tables)), bytesAsBlock(part, tables.limits));
  }
}

/** Makes a block of records that are new to their day. */
export function addNewBlock(tables: DayTables, chunk: Chunk): void {
  tables.loggers.add(tallyChunk(chunk, tables.parts.idsOf(chunk.tables)));
  addBlock(tables, chunk);
}

/** A chunk that cannot be read stays where it is, and doesn't keep others from being sealed: the next try is without it. */
function readHot(tables: DayTables, hotChunks: readonly HotChunk[]): Chunk[] {
  return hotChunks.map((hotChunk) => {
    try {
      return tables.hot.read(hotChunk);
    } catch (error) {
      if (error instanceof DamagedBytesError) tables.hot.leave(hotChunk);
      throw error;
    }
  });
}

function readBlocks(tables: DayTables, small: readonly SmallBlock[]): Chunk[] {
  if (small.length === 0) return [];
  using blocks = new SealedBlocks(tables);
  return small.map(({ id }) => {
    try {
      return rowsOf(blocks.read(id));
    } catch (error) {
      if (error instanceof DamagedBytesError) tables.leaveBlock(id);
      throw error;
    }
  });
}
