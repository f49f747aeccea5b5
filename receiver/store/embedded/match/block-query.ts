import type { Query } from '../../../query/tree.ts';
import type { Block } from '../block/block.ts';
import type { BlockHeader } from '../block/block-header.ts';
import type { DayParts } from '../block/block-source.ts';
import type { BlockFilters } from '../filter/block-filters.ts';

/** A query ready to be asked of many blocks: what it needs of them is worked out once. It finds what `compileQuery` finds. */
export interface BlockQuery {
  /** False when no record of the block matches, as far as its header and filters tell. */
  mayMatch(header: BlockHeader, parts: DayParts, filters: BlockFilters): boolean;
  /** Clears (to 0) those of the wanted rows (1) that do not match. Reads no more of the block than it has to. */
  filterRows(block: Block, parts: DayParts, wanted: Uint8Array): void;
}

export declare function compileBlockQuery(query: Query): BlockQuery;
