import type { LogRecord } from '../../../record/log-record.ts';
import { StoreUnavailableError } from '../../errors.ts';
import { Block } from '../block/block.ts';
import type { DayParts, SectionName } from '../block/block-source.ts';
import { DamagedBytesError } from '../bytes.ts';
import { type Day, startOf } from '../day.ts';
import type { SharedVersions } from '../shared-versions.ts';
import { copyOf } from './answer.ts';
import { AnswerCache } from './answer-cache.ts';
import { BlockCache } from './block-cache.ts';
import type { TimeRange } from './block-rows.ts';
import { type CellCounts, type RowCells, rowCellsOf } from './cell-counts.ts';
import type { DayFile } from './day-file.ts';
import { DayFiles } from './day-files.ts';
import { type DayListing, emptyListing, type ListedBlock, readListing } from './day-listing.ts';
import type { FewRows } from './few-rows.ts';
import { NewestDaysCache } from './newest-days-cache.ts';
import { RecordCache } from './record-cache.ts';
import { StoredParts } from './stored-parts.ts';

/** How many bytes of memory a reader may fill with what it has read. */
export interface CacheLimits {
  /** Unpacked columns of blocks, records copied out of them, and what was counted in them. */
  readonly blocks: number;
  /** Filters of blocks. */
  readonly filters: number;
  /** Listings of days, the records in them that are not sealed yet included. */
  readonly listings: number;
}

interface StoredDaysOptions {
  readonly directory: string;
  readonly versions: SharedVersions;
  readonly limits: CacheLimits;
  /** Told of a file that turned out broken; its day then reads as empty, or as far as it could be read. */
  readonly onDamage: (day: Day, reason: string) => void;
}

/** A block of a listing has been merged or removed since: the day has to be listed anew. */
class BlockGoneError extends Error {
  override name = 'BlockGoneError';
}

/** How much of the room for blocks is for what: columns, what histograms need of them, records copied out, answers. */
const PARTS = { columns: 5 / 8, cells: 1 / 8, records: 1 / 8, counts: 1 / 16, facets: 1 / 32, rows: 1 / 32 };
/** What the cells of a block's rows take beside themselves. */
const ROW_CELLS_BYTES = 300;
/** Work is begun so often before it is given up. */
const ATTEMPTS = 5;

/** All that a folder holds, as a reader sees it: listings of days and what is in their blocks, remembered within bounds. */
export class StoredDays {
  /** What whole blocks have of matching records, by query: `CellCounts`, or a count for each level. */
  readonly counts: AnswerCache<CellCounts>;
  /** What whole blocks have of a field's texts, by field and query: each with its count. */
  readonly facets: AnswerCache<ReadonlyMap<string, number>>;
  /** Which rows of whole blocks match, by query, where they are few. */
  readonly rows: AnswerCache<FewRows>;
  readonly #options: StoredDaysOptions;
  readonly #files: DayFiles;
  readonly #listings: NewestDaysCache<{ readonly version: number; readonly listing: DayListing }>;
  readonly #filters: NewestDaysCache<Uint8Array>;
  readonly #blocks: BlockCache;
  readonly #cells: NewestDaysCache<RowCells>;
  readonly #records: RecordCache;
  readonly #parts = new Map<Day, DayParts>();

  constructor(options: StoredDaysOptions) {
    const { directory, versions, limits, onDamage } = options;
    this.#options = options;
    this.#listings = new NewestDaysCache(limits.listings);
    this.#filters = new NewestDaysCache(limits.filters);
    this.#blocks = new BlockCache(limits.blocks * PARTS.columns);
    this.#cells = new NewestDaysCache(limits.blocks * PARTS.cells);
    this.#records = new RecordCache(limits.blocks * PARTS.records);
    this.counts = new AnswerCache(limits.blocks * PARTS.counts, ({ byteLength }) => byteLength);
    this.facets = new AnswerCache(limits.blocks * PARTS.facets, bytesOfTexts);
    this.rows = new AnswerCache(limits.blocks * PARTS.rows, ({ byteLength }) => byteLength);
    this.#files = new DayFiles({ directory, versions, onDamage, onGone: (day) => this.#forget(day) });
  }

  /** Days with a file, oldest first. */
  days(): readonly Day[] {
    return this.#files.days();
  }

  /** The days with a file that `[from, to)` touches, oldest first; absent bounds are open. */
  daysWithin({ from, to }: TimeRange): Day[] {
    return this.days().filter(
      (day) => (from === undefined || startOf(day + 1) > from) && (to === undefined || startOf(day) < to),
    );
  }

  /** The day as it is now; empty when it has no file, or a broken one. */
  listing(day: Day): DayListing {
    // Looked at before the file is: what a later commit adds is then read again, never missed.
    const version = this.#options.versions.ofDay(day);
    this.#files.days();
    const known = this.#listings.get(day, 0);
    if (known?.version === version) return known.listing;
    const listing = this.#readListing(day);
    this.#listings.set(day, 0, { version, listing }, listing.heldBytes);
    return listing;
  }

  /**
   * Does some work on listings. When a block in one turns out to be gone (merged or removed meanwhile), does so again on
   * fresh ones, so `work` may have to start over.
   */
  async retrying<T>(work: () => T | Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof BlockGoneError)) throw error;
        if (attempt === ATTEMPTS) {
          throw new StoreUnavailableError(
            `the storage ${this.#options.directory} changes faster than it can be read; try again`,
          );
        }
      }
    }
  }

  /** A block of a listing; `isOnce` says that it will hardly be wanted again soon. */
  open({ day, parts }: DayListing, { id, header }: ListedBlock, isOnce = false): Block {
    // Parts go with the day's file: another one may stand in its place, and have a block of this id.
    const checkGone = () => {
      if (this.#parts.get(day) !== parts) throw new BlockGoneError();
    };
    checkGone();
    return this.#blocks.use(day, id, isOnce, () => {
      const section = (name: SectionName) => {
        const bytes = this.#ask(day, id, name, (file) => file.section(id, name));
        checkGone();
        return bytes;
      };
      return new Block({ day, parts, section }, header);
    });
  }

  /** The cells of the rows of a block of a listing, which is open. */
  rowCells({ day, parts }: DayListing, { id }: ListedBlock, block: Block): RowCells {
    const known = this.#cells.get(day, id);
    if (known) return known;
    const cells = rowCellsOf(block, parts);
    this.#cells.set(day, id, cells, cells.cells.byteLength + ROW_CELLS_BYTES);
    return cells;
  }

  /** A record in a block of a listing, copied out of it. */
  record(listing: DayListing, listed: ListedBlock, row: number): LogRecord {
    return this.#records.use(listing.day, listed.id, row, () => copyOf(this.open(listing, listed).record(row)));
  }

  textFilter(day: Day, { id }: ListedBlock): Uint8Array {
    return this.#filter(day, 2 * id, () => this.#ask(day, id, 'text filter', (file) => file.textFilter(id)));
  }

  keyFilter(day: Day, { id }: ListedBlock): Uint8Array {
    return this.#filter(day, 2 * id + 1, () => this.#ask(day, id, 'key filter', (file) => file.keyFilter(id)));
  }

  /** Does some work on a day's records. What is damaged is reported and gives `otherwise`; any other failure is thrown. */
  orReport<T>(day: Day, otherwise: T, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof DamagedBytesError)) throw error;
      this.#files.reportDamage(day, error);
      return otherwise;
    }
  }

  /** Closes a day's file, so that it can be removed. */
  release(day: Day): void {
    this.#files.release(day);
  }

  closeAll(): void {
    this.#files.closeAll();
  }

  #readListing(day: Day): DayListing {
    try {
      const listing = this.#files.use(day, (file) =>
        readListing(file, { day, known: this.#listings.get(day, 0)?.listing, parts: this.#partsOf(day) }, (error) =>
          this.#files.reportDamage(day, error),
        ),
      );
      if (listing) {
        const held = new Set(listing.blocks.map(({ id }) => id));
        this.#filters.retain(day, (number) => held.has(number >> 1));
        this.#cells.retain(day, (id) => held.has(id));
        return listing;
      }
    } catch (error) {
      if (!(error instanceof DamagedBytesError)) throw error;
    }
    return emptyListing(day, this.#partsOf(day));
  }

  #filter(day: Day, number: number, read: () => Uint8Array): Uint8Array {
    const known = this.#filters.get(day, number);
    if (known) return known;
    const filter = read();
    this.#filters.set(day, number, filter, filter.length);
    return filter;
  }

  /** What a day's file has of a block. */
  #ask(day: Day, block: number, name: string, work: (file: DayFile) => Uint8Array | null): Uint8Array {
    const found = this.#files.use(day, (file) => work(file) ?? (file.header(block) ? 'missing' : null));
    if (found === null) throw new BlockGoneError();
    if (found === 'missing') throw new DamagedBytesError(`a block without its ${name} (${block})`);
    return found;
  }

  #partsOf(day: Day): DayParts {
    const known = this.#parts.get(day);
    if (known) return known;
    const parts = new StoredParts((what, work) => {
      const found = this.#files.use(day, work);
      if (found !== null) return found;
      // Parts go only with the records that name them.
      if (this.#listings.get(day, 0)?.version !== this.#options.versions.ofDay(day)) throw new BlockGoneError();
      throw new DamagedBytesError(`a block names ${what}, which is not there`);
    });
    this.#parts.set(day, parts);
    return parts;
  }

  #forget(day: Day): void {
    this.#listings.forget(day);
    this.#filters.forget(day);
    this.#blocks.forget(day);
    this.#cells.forget(day);
    this.#records.forget(day);
    this.counts.forget(day);
    this.facets.forget(day);
    this.rows.forget(day);
    this.#parts.delete(day);
  }
}

/** Beside its characters, an entry of a map takes about so much. */
const TEXT_BYTES = 60;

function bytesOfTexts(texts: ReadonlyMap<string, number>): number {
  let bytes = 0;
  for (const text of texts.keys()) bytes += TEXT_BYTES + 2 * text.length;
  return bytes;
}
