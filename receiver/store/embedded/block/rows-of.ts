import type { Chunk } from '../chunk/chunk.ts';
import type { Block } from './block.ts';

/** The block's records in row form again, for merging undersized blocks and for pruning some of them. */
export declare function rowsOf(block: Block): Chunk;
