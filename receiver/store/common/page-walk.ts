import { compileQuery } from '../../query/evaluate.ts';
import type { LogRecord, StoredRecord } from '../../record/log-record.ts';
import { recordSize } from '../../record/record-size.ts';
import type { SearchPage, SearchRequest } from '../store.ts';
import { cursorOf, type Order, parseCursor } from './cursor.ts';
import { formatId, type Position, parseId } from './ids.ts';

/** A stretch of the records that may match, in order, and how far it reaches. */
export interface Candidates {
  readonly records: readonly StoredRecord[];
  /**
   * Everything up to here was looked at: where the next stretch begins, exclusive. Null at the end. Sequences begin at 1,
   * so (t, 0) stands before all records of the time t.
   */
  readonly next: Position | null;
}

/** Where candidates come from: a database's own filter, which may let too much through, never too little. */
export interface CandidateSource {
  /**
   * The next candidates behind a position, or from the first one on: at most `size`, fewer when they are large. None at
   * all is no end, only `next: null` is; so a source may end a stretch early to give others, or the clock, their turn.
   */
  fetch(after: Position | null, size: number): Promise<Candidates>;
  /**
   * For a source whose candidates all match: passes over up to `count` of them, a stretch at a time as `fetch` does, and
   * tells how many it passed.
   */
  passOver?(
    after: Position | null,
    count: number,
  ): Promise<{ readonly passed: number; readonly next: Position | null }>;
}

export interface WalkRequest extends Pick<SearchRequest, 'query' | 'limit' | 'cursor' | 'offset' | 'order' | 'signal'> {
  /** How long the walk may take, in milliseconds; a stretch that was begun is finished. */
  readonly budget: number;
}

/** A page's records have at most so many bytes, and one record more: all are in memory at once, and then in one answer. */
const PAGE_BYTES = 16 * 1024 * 1024;

/** Stretches grow from what the page wants to this, as long as few candidates match. */
const LARGEST_STRETCH = 2000;

/**
 * A page of the records that match, among the candidates of a source: `LogStore.search` for stores whose database cannot
 * decide all of the query language by itself. Throws InvalidCursorError for a cursor that `walkPage` gave to no search in
 * this order.
 */
export async function walkPage(request: WalkRequest, source: CandidateSource): Promise<SearchPage> {
  return new PageWalk(request, source).run();
}

class PageWalk {
  readonly #request: WalkRequest;
  readonly #source: CandidateSource;
  readonly #order: Order;
  readonly #matches: (record: LogRecord) => boolean;
  readonly #end: number;
  readonly #records: StoredRecord[] = [];
  #bytes = 0;
  #toPassOver: number;
  /** All up to here was looked at, and taken or passed over. */
  #reached: Position | null;
  /** Whether this walk has come forward at all: a reader who came back to the same place would never end. */
  #hasMoved = false;

  constructor(request: WalkRequest, source: CandidateSource) {
    const { query, budget, cursor, offset = 0, order = 'newest' } = request;
    this.#request = request;
    this.#source = source;
    this.#order = order;
    this.#matches = compileQuery(query);
    this.#end = performance.now() + budget;
    this.#toPassOver = offset;
    this.#reached = cursor === undefined ? null : parseCursor(order, cursor, parseId);
  }

  async run(): Promise<SearchPage> {
    if (!(await this.#passOver())) return this.#page(null, true);
    let size = this.#wanted;
    for (;;) {
      if (this.#isLate()) return this.#page(this.#reached, this.#isFull);
      const { records, next } = await this.#source.fetch(this.#reached, Math.min(size, LARGEST_STRETCH));
      this.#request.signal?.throwIfAborted();
      const page = this.#take(records);
      if (page) return page;
      if (next === null) return this.#page(null, true);
      this.#reach(next);
      size = Math.max(this.#wanted, Math.min(size * 2, LARGEST_STRETCH));
    }
  }

  /** Passes over what the source can pass over by itself; false when that was everything. */
  async #passOver(): Promise<boolean> {
    if (!this.#source.passOver) return true;
    while (this.#toPassOver > 0 && !this.#isLate()) {
      const { passed, next } = await this.#source.passOver(this.#reached, this.#toPassOver);
      this.#request.signal?.throwIfAborted();
      this.#toPassOver -= passed;
      if (next === null) return false;
      this.#reach(next);
    }
    return true;
  }

  /** Takes the matches among candidates; gives the page when that makes it one. */
  #take(records: readonly StoredRecord[]): SearchPage | null {
    for (const record of records) {
      if (this.#matches(record)) {
        if (this.#toPassOver > 0) this.#toPassOver--;
        // One match more than the page holds tells that there is another page.
        else if (this.#isFull) return this.#page(this.#reached, true);
        else if (this.#bytes >= PAGE_BYTES) return this.#page(this.#reached, false);
        else this.#add(record);
      }
      this.#reached = parseId(record.id);
    }
    return null;
  }

  #add(record: StoredRecord): void {
    this.#records.push(record);
    this.#bytes += recordSize(record);
  }

  /** How many matches more are wanted: one to see that there are more. */
  get #wanted(): number {
    return this.#toPassOver + this.#request.limit - this.#records.length + 1;
  }

  get #isFull(): boolean {
    return this.#records.length >= this.#request.limit;
  }

  #reach(position: Position): void {
    this.#reached = position;
    this.#hasMoved = true;
  }

  /** Whether the time is over, and a reader can be told where to go on. */
  #isLate(): boolean {
    return this.#hasMoved && performance.now() >= this.#end;
  }

  #page(next: Position | null, complete: boolean): SearchPage {
    return {
      records: this.#records,
      next: next && cursorOf(this.#order, formatId(next.timestamp, next.sequence)),
      complete,
    };
  }
}
