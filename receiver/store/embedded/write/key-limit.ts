import type { Chunk } from '../chunk/chunk.ts';
import { selectRows } from '../chunk/merge-chunks.ts';
import type { BlockLimits } from './upkeep-plan.ts';

/**
 * A block of records with more different attribute keys is not made: each key is a column, which takes a reader almost two
 * kilobytes. Senders that make up keys must not make blocks that memory cannot hold.
 */
export const MOST_KEYS = 8192;

/** A chunk in parts whose records have no more than so many different keys, as far as a single record's are no more. */
export function partsOfFewKeys(chunk: Chunk): Chunk[] {
  if (chunk.size <= 1 || keysNamed(chunk) <= MOST_KEYS) return [chunk];
  const half = chunk.size >> 1;
  return [rowsBetween(chunk, 0, half), rowsBetween(chunk, half, chunk.size)].flatMap(partsOfFewKeys);
}

/**
 * How much of a block a chunk is, in bytes: what it takes, or what its keys are of those a block may have. So blocks that
 * have few records for their keys' sake are not put together again.
 */
export function bytesAsBlock(chunk: Chunk, limits: BlockLimits): number {
  return Math.max(chunk.bytes.length, Math.floor((limits.bytes * keysNamed(chunk)) / MOST_KEYS));
}

/** How many different keys a chunk's records have, as far as it matters: its tables may have more than are named. */
function keysNamed(chunk: Chunk): number {
  const { keys, shapes } = chunk.tables;
  if (keys.length * 2 <= MOST_KEYS) return keys.length;
  const named = new Set<number>();
  for (const shape of shapesNamed(chunk)) for (const key of shapes[shape]!) named.add(key);
  return named.size;
}

function shapesNamed(chunk: Chunk): ReadonlySet<number> {
  const named = new Set<number>();
  for (let row = 0; row < chunk.size; row++) named.add(chunk.shape(row));
  return named;
}

function rowsBetween(chunk: Chunk, first: number, end: number): Chunk {
  return selectRows(
    chunk,
    Array.from({ length: end - first }, (_, index) => first + index),
  );
}
