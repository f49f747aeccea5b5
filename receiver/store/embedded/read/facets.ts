import { DistinctValues } from '../../../query/distinct-values.ts';
import { fieldTexts } from '../../../query/field-values.ts';
import type { Field, Query } from '../../../query/tree.ts';
import type { Facets, FacetsRequest } from '../../store.ts';
import type { HotRecord } from '../chunk/hot-record.ts';
import { countField } from '../match/counting.ts';
import { questionOf } from './answer-cache.ts';
import { countInBlocks } from './block-counts.ts';
import type { BlockRows } from './block-rows.ts';
import { type CountedQuery, countedQuery } from './counted-query.ts';
import { addCounts } from './day-counts.ts';
import type { DayListing } from './day-listing.ts';
import type { Pace } from './pace.ts';
import { type ScannedBlock, type ScanVisitor, scan } from './scan.ts';
import { cellTargets, END_OF_TIME, Slots, zeroCounts } from './slots.ts';
import type { StoredDays } from './stored-days.ts';

/** See `LogStore.facets`. Services and loggers of sealed records are counted from kept counts where these can tell. */
export async function readFacets(
  days: StoredDays,
  { fields, query, from, to, limit }: Omit<FacetsRequest, 'signal'>,
  pace: Pace,
): Promise<Facets[]> {
  const slot = new Slots([from ?? 0n, to ?? END_OF_TIME]);
  return days.retrying(async () => {
    const tally = new FacetsTally(days, fields, slot, query);
    const isComplete = await scan(days, { query, from, to }, pace, tally);
    return tally.values.map((values) => {
      if (!isComplete) values.isComplete = false;
      return values.mostFrequent(limit);
    });
  });
}

interface FieldTally {
  readonly field: Field;
  readonly values: DistinctValues;
  readonly textsOf: ReturnType<typeof fieldTexts>;
  readonly question: string;
}

/** A block's texts are remembered when there are no more: few of a field with more come again in the next block. */
const MOST_TEXTS_REMEMBERED = 256;

class FacetsTally implements ScanVisitor {
  readonly #days: StoredDays;
  /** The range counted, as one slot. */
  readonly #slot: Slots;
  readonly #counted: CountedQuery | null;
  readonly #tallies: readonly FieldTally[];
  /** Those that the day's blocks are asked for. */
  #ofBlocks: readonly FieldTally[] = [];

  constructor(days: StoredDays, fields: readonly Field[], slot: Slots, query: Query) {
    this.#days = days;
    this.#slot = slot;
    this.#counted = countedQuery(query);
    this.#tallies = fields.map((field) => ({
      field,
      values: new DistinctValues(),
      textsOf: fieldTexts(field),
      question: questionOf({ field, query }),
    }));
  }

  /** In the order of the fields. */
  get values(): DistinctValues[] {
    return this.#tallies.map(({ values }) => values);
  }

  onDay(listing: DayListing): boolean {
    const levels = this.#counted?.levelsOf(listing);
    this.#ofBlocks = levels ? this.#tallies.filter(({ field }) => !isLoggerField(field)) : this.#tallies;
    if (levels && this.#ofBlocks.length < this.#tallies.length) this.#countNames(listing, levels);
    return this.#ofBlocks.length === 0;
  }

  onListed({ listing, listed, isWhole }: ScannedBlock): boolean {
    if (!isWhole) return false;
    const known = this.#ofBlocks.map(({ question }) => this.#days.facets.get(question, listing.day, listed.id));
    if (known.includes(undefined)) return false;
    for (const [place, { values }] of this.#ofBlocks.entries()) {
      for (const [text, count] of known[place]!) values.add(text, count);
    }
    return true;
  }

  onBlock({ listing, listed, isWhole }: ScannedBlock, rows: BlockRows | null): void {
    for (const { field, values, question } of this.#ofBlocks) {
      const texts = new Map<string, number>();
      if (rows) {
        countField(field, rows.block, listing.parts, rows.wanted, (text, count) => {
          values.add(text, count);
          if (texts.size <= MOST_TEXTS_REMEMBERED) texts.set(text, (texts.get(text) ?? 0) + count);
        });
      }
      if (isWhole && texts.size <= MOST_TEXTS_REMEMBERED) {
        this.#days.facets.set(question, listing.day, listed.id, texts);
      }
    }
  }

  onHot(record: HotRecord): void {
    for (const { values, textsOf } of this.#tallies) for (const text of textsOf(record)) values.add(text, 1);
  }

  #countNames(listing: DayListing, levels: ReadonlySet<number>): void {
    const wantsLevel = (levelIndex: number) => levels.has(levelIndex);
    const { targetOf, cut } = cellTargets(this.#slot, listing.day, wantsLevel);
    for (const logger of listing.sealed.loggers) {
      const counts = zeroCounts(this.#slot);
      addCounts(listing.sealed, logger, targetOf, counts);
      this.#addNames(
        logger,
        counts.reduce((sum, count) => sum + count, 0),
      );
    }
    countInBlocks(this.#days, listing, { pieces: cut, isOnce: true, wantsLevel }, (logger, _, __, count) =>
      this.#addNames(logger, count),
    );
  }

  #addNames(logger: { readonly service: string; readonly logger: string }, count: number): void {
    if (count === 0 || !this.#counted?.matchesLogger(logger)) return;
    for (const { field, values } of this.#tallies) {
      // A field that is empty is absent.
      if (isLoggerField(field) && logger[field.name] !== '') values.add(logger[field.name], count);
    }
  }
}

const isLoggerField = (field: Field): field is Field & { kind: 'named'; name: 'service' | 'logger' } =>
  field.kind === 'named' && (field.name === 'service' || field.name === 'logger');
