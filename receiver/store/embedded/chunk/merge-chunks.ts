import type { Chunk } from './chunk.ts';

/** The rows of all chunks one after another, sequences included, their tables made one. */
export declare function mergeChunks(chunks: readonly Chunk[]): Chunk;

/** These rows alone, in the order given, with the same tables. */
export declare function selectRows(chunk: Chunk, rows: ArrayLike<number>): Chunk;
