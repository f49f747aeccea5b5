import { type IssueLevel, LEVELS, levelIndexOf } from '../../../record/severity.ts';
import type { CardsRequest, Issue, KnownLogger, LoggerCounts } from '../../store.ts';
import { type Day, startOf } from '../day.ts';
import { isNewer, type NewestIssue } from '../newest-issue.ts';
import { formatId } from '../position.ts';
import { countInBlocks, placeOf } from './block-counts.ts';
import { type DayRange, rangeOf } from './block-rows.ts';
import { addCounts, type DayCounts, type LoggerOfDay, loggerKey } from './day-counts.ts';
import type { DayListing } from './day-listing.ts';
import { newestIssuesWithin } from './newest-issues.ts';
import type { Pace } from './pace.ts';
import { cellTargets, END_OF_TIME, type SlotPiece, Slots } from './slots.ts';
import type { StoredDays } from './stored-days.ts';

/** See `LogStore.cards`. Reads kept counts; of records, only those in quarters of an hour that a boundary cuts. */
export async function readCards(
  days: StoredDays,
  { boundaries, recentFrom, only }: Omit<CardsRequest, 'signal'>,
  pace: Pace,
): Promise<LoggerCounts[]> {
  const slots = new Slots(boundaries);
  const recent = new Slots([recentFrom, END_OF_TIME]);
  return days.retrying(async () => {
    const cards = new Cards(days, slots, recent, only && loggerKey(only.service, only.logger));
    for (const day of [...days.days()].reverse()) {
      await pace.pause();
      cards.addDay(days.listing(day));
    }
    return cards.list();
  });
}

/** See `LogStore.loggers`. */
export async function readLoggers(days: StoredDays, pace: Pace): Promise<KnownLogger[]> {
  const cards = await readCards(days, { boundaries: [], recentFrom: END_OF_TIME }, pace);
  return cards.map(({ service, logger, lastSeen }) => ({ service, logger, lastSeen }));
}

/** A card in the making. */
interface Card {
  readonly service: string;
  readonly logger: string;
  /** By slot and level; shared zeros as long as there is nothing to count. */
  counts: Uint32Array;
  /** By level. */
  recent: Uint32Array;
  lastSeen: bigint;
  newestIssue: Issue | null;
  newestError: Issue | null;
}

const isIssue = (levelIndex: number): boolean => ISSUE_INDEXES.has(levelIndex);
const ISSUE_LEVELS: readonly IssueLevel[] = ['WARN', 'ERROR', 'FATAL'];
const ISSUE_INDEXES: ReadonlySet<number> = new Set(ISSUE_LEVELS.map((level) => LEVELS.indexOf(level)));
const isAnyLevel = (): boolean => true;

/** Cards to which days are added, newest first. */
class Cards {
  readonly #days: StoredDays;
  readonly #slots: Slots;
  /** One slot, from which warnings and errors are recent. */
  readonly #recent: Slots;
  readonly #cards = new Map<string, Card>();
  /** The key of the one card wanted, if it is one. */
  readonly #only: string | undefined;
  readonly #noCounts: Uint32Array;
  readonly #noRecent = new Uint32Array(LEVELS.length);

  constructor(days: StoredDays, slots: Slots, recent: Slots, only: string | undefined) {
    this.#days = days;
    this.#only = only;
    this.#slots = slots;
    this.#recent = recent;
    this.#noCounts = new Uint32Array(slots.size * LEVELS.length);
  }

  list(): LoggerCounts[] {
    return [...this.#cards.values()].map(({ recent, ...card }) => {
      const of = (level: IssueLevel) => recent[LEVELS.indexOf(level)]!;
      return { ...card, recent: { WARN: of('WARN'), ERROR: of('ERROR'), FATAL: of('FATAL') } };
    });
  }

  addDay(listing: DayListing): void {
    const { day, sealed, hot } = listing;
    const kept = [sealed, hot.counts].map((counts) => this.#wantedOf(counts));
    for (const counts of kept) for (const logger of counts.loggers) this.#noteLogger(day, logger);
    if (this.#slots.touches(day)) {
      const { targetOf, cut } = cellTargets(this.#slots, day, isAnyLevel);
      for (const counts of kept) this.#addKept(counts, targetOf, (card) => this.#ownCounts(card));
      this.#countCut(listing, cut, isAnyLevel, (card) => this.#ownCounts(card));
      this.#noteIssues(listing, kept);
    }
    if (this.#recent.touches(day)) {
      const { targetOf, cut } = cellTargets(this.#recent, day, isIssue);
      for (const counts of kept) this.#addKept(counts, targetOf, (card) => this.#ownRecent(card));
      this.#countCut(listing, cut, isIssue, (card) => this.#ownRecent(card));
    }
  }

  #wantedOf(counts: DayCounts): DayCounts {
    if (this.#only === undefined) return counts;
    return { ...counts, loggers: counts.loggers.filter(({ key }) => key === this.#only) };
  }

  #noteLogger(day: Day, { key, service, logger, lastSeen: time }: LoggerOfDay): void {
    const lastSeen = startOf(day) + BigInt(time);
    const known = this.#cards.get(key);
    if (!known) {
      const counts = { counts: this.#noCounts, recent: this.#noRecent };
      this.#cards.set(key, { service, logger, ...counts, lastSeen, newestIssue: null, newestError: null });
    } else if (lastSeen > known.lastSeen) known.lastSeen = lastSeen;
  }

  #addKept(counts: DayCounts, targetOf: Int32Array, totalsOf: (card: Card) => Uint32Array): void {
    for (const logger of counts.loggers) {
      if (hasCounts(counts, logger, targetOf))
        addCounts(counts, logger, targetOf, totalsOf(this.#cards.get(logger.key)!));
    }
  }

  /** Counts what kept counts cannot tell, record by record. */
  #countCut(
    listing: DayListing,
    cut: readonly SlotPiece[],
    wantsLevel: (levelIndex: number) => boolean,
    totalsOf: (card: Card) => Uint32Array,
  ): void {
    const add = (service: string, logger: string, slot: number, levelIndex: number, count: number): void => {
      const card = this.#cards.get(loggerKey(service, logger));
      if (card) totalsOf(card)[placeOf(slot, levelIndex)]! += count;
    };
    const { hot } = listing;
    for (const { slot, from, to } of cut) {
      const [first, end] = [from, to].map((time) => hot.placeOf({ time, sequence: 0 }));
      for (const { service, logger, severityNumber } of hot.records.slice(first, end)) {
        const levelIndex = levelIndexOf(severityNumber);
        if (wantsLevel(levelIndex)) add(service, logger, slot, levelIndex, 1);
      }
    }
    this.#days.orReport(listing.day, undefined, () =>
      countInBlocks(
        this.#days,
        listing,
        { pieces: cut, isOnce: false, wantsLevel },
        ({ service, logger }, slot, levelIndex, count) => add(service, logger, slot, levelIndex, count),
      ),
    );
  }

  /** Notes the loggers' newest issues within the slots, unless a newer day had them. */
  #noteIssues(listing: DayListing, kept: readonly DayCounts[]): void {
    const { boundaries } = this.#slots;
    const range = rangeOf(listing.day, { from: boundaries[0]!, to: boundaries.at(-1)! });
    const behind = new Set<string>();
    // Newer days' issues stay, sealed and hot ones of the day compete.
    const newest = new Map<string, { issue: NewestIssue | null; error: NewestIssue | null }>();
    for (const { loggers } of kept) {
      for (const { key, newestIssue, newestError } of loggers) {
        if (!newestIssue) continue;
        if (newestIssue.time >= range.end.time || (newestError && newestError.time >= range.end.time)) behind.add(key);
        else {
          const other = newest.get(key);
          newest.set(key, {
            issue: newerOf(newestIssue, other?.issue ?? null),
            error: newerOf(newestError, other?.error ?? null),
          });
        }
      }
    }
    if (behind.size > 0) {
      this.#days.orReport(listing.day, undefined, () => {
        for (const [key, found] of newestIssuesWithin(this.#days, listing, range, behind)) newest.set(key, found);
      });
    }
    for (const [key, { issue, error }] of newest) {
      const card = this.#cards.get(key)!;
      card.newestIssue ??= issueWithin(listing.day, range, issue);
      card.newestError ??= issueWithin(listing.day, range, error);
    }
  }

  #ownCounts(card: Card): Uint32Array {
    if (card.counts === this.#noCounts) card.counts = new Uint32Array(this.#noCounts.length);
    return card.counts;
  }

  #ownRecent(card: Card): Uint32Array {
    if (card.recent === this.#noRecent) card.recent = new Uint32Array(LEVELS.length);
    return card.recent;
  }
}

/** Whether any of a logger's counts belongs somewhere. */
function hasCounts({ cells }: DayCounts, { first, end }: LoggerOfDay, targetOf: Int32Array): boolean {
  for (let at = first; at < end; at++) if (targetOf[cells[at]!]! >= 0) return true;
  return false;
}

function newerOf(one: NewestIssue | null, other: NewestIssue | null): NewestIssue | null {
  if (!one || !other) return one ?? other;
  return isNewer(one, other) ? one : other;
}

function issueWithin(day: Day, range: DayRange, issue: NewestIssue | null): Issue | null {
  if (!issue || issue.time < range.first.time) return null;
  const { time, sequence, severityNumber, severityText, body } = issue;
  const timestamp = startOf(day) + BigInt(time);
  return { id: formatId(timestamp, sequence), timestamp, severityNumber, severityText, body };
}
