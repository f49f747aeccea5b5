import type { HotChunk } from './hot-table.ts';

/** How large blocks are to be, and by that everything that becomes one. */
export interface BlockLimits {
  /** So many hot records become a block. */
  readonly rows: number;
  /** So many bytes of hot records do, too: large records must not make a block that memory cannot hold. */
  readonly bytes: number;
}

/** So many small chunks are put together to one. */
const COMPACTED_AT_ONCE = 16;
/** Chunks below these parts of a block are small; each record is thus rewritten twice at most before it is sealed. */
const SMALL_PARTS = [512, 32];

/** How many chunks from the first one on make a block, 0 when all of them don't. */
export function chunksOfFullBlock(chunks: readonly HotChunk[], limits: BlockLimits): number {
  let rows = 0;
  let bytes = 0;
  for (const [index, chunk] of chunks.entries()) {
    rows += chunk.records;
    bytes += chunk.bytes;
    if (rows >= limits.rows || bytes >= limits.bytes) return index + 1;
  }
  return 0;
}

/** The newest chunks that are to be put together, none when there is no need. */
export function chunksToCompact(chunks: readonly HotChunk[], limits: BlockLimits): readonly HotChunk[] {
  for (const parts of SMALL_PARTS) {
    const isSmall = ({ records, bytes }: HotChunk) => records * parts <= limits.rows && bytes * parts <= limits.bytes;
    const first = chunks.findLastIndex((chunk) => !isSmall(chunk)) + 1;
    if (chunks.length - first >= COMPACTED_AT_ONCE) return chunks.slice(first);
  }
  return [];
}

/** A block so small that it is better merged with others. */
export interface SmallBlock {
  readonly id: number;
  readonly records: number;
  readonly bytes: number;
}

/** Whether a block is to be merged when its day is over. */
export function isUndersized({ records, bytes }: SmallBlock, limits: BlockLimits): boolean {
  return records * 2 < limits.rows && bytes * 2 < limits.bytes;
}

/** What one more block of a day that is over is made of, or null when there is nothing left to do. */
export function planRestOfDay(
  chunks: readonly HotChunk[],
  undersized: readonly SmallBlock[],
  limits: BlockLimits,
): { readonly chunks: readonly HotChunk[]; readonly blocks: readonly SmallBlock[] } | null {
  const full = chunksOfFullBlock(chunks, limits);
  if (full > 0) return { chunks: chunks.slice(0, full), blocks: [] };
  let rows = chunks.reduce((sum, { records }) => sum + records, 0);
  let size = chunks.reduce((sum, { bytes }) => sum + bytes, 0);
  const blocks: SmallBlock[] = [];
  for (const block of undersized) {
    if (rows + block.records > limits.rows || size + block.bytes > limits.bytes) continue;
    rows += block.records;
    size += block.bytes;
    blocks.push(block);
  }
  return chunks.length > 0 || blocks.length > 1 ? { chunks, blocks } : null;
}
