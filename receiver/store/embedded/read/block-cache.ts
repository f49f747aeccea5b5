import type { Block } from '../block/block.ts';
import type { Day } from '../day.ts';

/** Blocks that are read once only are kept as long as this part of the room is free. */
const FREE_PART = 0.75;

interface OpenBlock {
  readonly day: Day;
  readonly block: Block;
  /** As measured last. */
  bytes: number;
}

/** Opened blocks, those used last, in at most so many bytes of unpacked columns. */
export class BlockCache {
  readonly #capacity: number;
  readonly #blocks = new Map<number, OpenBlock>();
  #bytes = 0;
  /** Grows while it is worked with, so it is measured when the next one is asked for. */
  #last: OpenBlock | null = null;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /**
   * The opened block, or one that `open` opens now. `isOnce` says that it will hardly be wanted again soon, so that no
   * others are to make room for it.
   */
  use(day: Day, id: number, isOnce: boolean, open: () => Block): Block {
    const key = blockKey(day, id);
    let known = this.#blocks.get(key);
    if (known && known === this.#last) return known.block;
    this.#settle();
    known = this.#blocks.get(key);
    if (known) this.#blocks.delete(key);
    else {
      known = { day, block: open(), bytes: 0 };
      if (isOnce && this.#bytes > this.#capacity * FREE_PART) return known.block;
    }
    this.#blocks.set(key, known);
    this.#last = known;
    return known.block;
  }

  forget(day: Day): void {
    for (const [key, block] of this.#blocks) if (block.day === day) this.#remove(key, block);
  }

  /** Measures what the block that was worked with keeps, then makes room. */
  #settle(): void {
    if (!this.#last) return;
    this.#last.block.release();
    const bytes = this.#last.block.heldBytes;
    this.#bytes += bytes - this.#last.bytes;
    this.#last.bytes = bytes;
    this.#last = null;
    for (const [key, block] of this.#blocks) {
      if (this.#bytes <= this.#capacity) break;
      this.#remove(key, block);
    }
  }

  #remove(key: number, block: OpenBlock): void {
    this.#blocks.delete(key);
    this.#bytes -= block.bytes;
    if (this.#last === block) this.#last = null;
  }
}

/** One number for a block: ids stay far below 2^32, and days below 2^17. */
export function blockKey(day: Day, id: number): number {
  return day * 2 ** 32 + id;
}
