import { LEVELS } from '../../receiver/record/severity.ts';
import type { Issue, LoggerCounts } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import type { HealthRange } from './ranges.ts';
import {
  type CardStatus,
  type ColourLevels,
  cardStatus,
  colourLevels,
  type IssueCounts,
  type SlotStatus,
  slotStatus,
} from './status.ts';

/** One logger's health. Times are nanoseconds since the Unix epoch. */
export interface HealthCard {
  readonly service: string;
  readonly logger: string;
  readonly status: CardStatus;
  /** Within the range; FATAL counts among the errors (PARITY.md P11). */
  readonly errors: number;
  readonly warnings: number;
  readonly total: number;
  /** In the last hour. */
  readonly recentErrors: number;
  readonly recentWarnings: number;
  readonly lastSeen: bigint;
  readonly newestIssue: Issue | null;
  readonly newestError: Issue | null;
  /** In the range's order. */
  readonly slots: readonly CardSlot[];
}

export interface CardSlot {
  readonly from: bigint;
  readonly to: bigint;
  readonly status: SlotStatus;
  /** By level, in the order of LEVELS. */
  readonly counts: readonly number[];
  readonly errors: number;
  readonly warnings: number;
  readonly total: number;
}

/** Sums over all cards: records and issues in the range, and how many loggers are in which state. */
export type HealthTotals = Readonly<Record<'loggers' | 'errors' | 'warnings' | 'total' | CardStatus, number>>;

/** Cards from a store's counts, the unhealthy and the recent first (PARITY.md P10). */
export function buildCards(
  loggers: readonly LoggerCounts[],
  range: HealthRange,
  thresholdOf: DashboardOptions['thresholdOf'],
): HealthCard[] {
  return loggers
    .map((logger) => {
      const levels = colourLevels((level) => thresholdOf(logger.service, logger.logger, level));
      return new LoggerCard(logger, range, levels);
    })
    .sort(compareCards);
}

const PER_SLOT = LEVELS.length;
const [WARN, ERROR, FATAL] = (['WARN', 'ERROR', 'FATAL'] as const).map((level) => LEVELS.indexOf(level)) as [
  number,
  number,
  number,
];

/** Slots are made when they are asked for: most of a thousand cards are only sorted and counted. */
class LoggerCard implements HealthCard {
  readonly service: string;
  readonly logger: string;
  readonly status: CardStatus;
  readonly errors: number;
  readonly warnings: number;
  readonly total: number;
  readonly recentErrors: number;
  readonly recentWarnings: number;
  readonly lastSeen: bigint;
  readonly newestIssue: Issue | null;
  readonly newestError: Issue | null;
  readonly #counts: ArrayLike<number>;
  readonly #range: HealthRange;
  readonly #levels: ColourLevels;
  #slots: readonly CardSlot[] | undefined;

  constructor(logger: LoggerCounts, range: HealthRange, levels: ColourLevels) {
    this.#counts = logger.counts;
    this.#range = range;
    this.#levels = levels;
    const { errors, warnings, total } = sumOf(logger.counts, 0, logger.counts.length);
    const recent = {
      errors: logger.recent.ERROR + logger.recent.FATAL,
      fatals: logger.recent.FATAL,
      warnings: logger.recent.WARN,
    };
    this.service = logger.service;
    this.logger = logger.logger;
    this.status = cardStatus(recent, errors + warnings, levels);
    this.errors = errors;
    this.warnings = warnings;
    this.total = total;
    this.recentErrors = recent.errors;
    this.recentWarnings = recent.warnings;
    this.lastSeen = logger.lastSeen;
    this.newestIssue = logger.newestIssue;
    this.newestError = logger.newestError;
  }

  get slots(): readonly CardSlot[] {
    this.#slots ??= this.#range.slots.map(({ from, to }, index) => {
      const start = index * PER_SLOT;
      const { errors, fatals, warnings, total } = sumOf(this.#counts, start, start + PER_SLOT);
      const status = slotStatus({ errors, fatals, warnings }, total, this.#levels);
      return {
        from,
        to,
        status,
        counts: LEVELS.map((_, level) => this.#counts[start + level]!),
        errors,
        warnings,
        total,
      };
    });
    return this.#slots;
  }
}

/** What the counts by level of one or more slots, from `start` to `end`, come to. */
function sumOf(counts: ArrayLike<number>, start: number, end: number): IssueCounts & { readonly total: number } {
  let fatals = 0;
  let errors = 0;
  let warnings = 0;
  let total = 0;
  for (let slot = start; slot < end; slot += PER_SLOT) {
    warnings += counts[slot + WARN]!;
    errors += counts[slot + ERROR]!;
    fatals += counts[slot + FATAL]!;
    for (let level = 0; level < PER_SLOT; level++) total += counts[slot + level]!;
  }
  return { errors: errors + fatals, fatals, warnings, total };
}

const STATUS_ORDER: Readonly<Record<CardStatus, number>> = { failing: 0, warning: 1, healthy: 2, clean: 3 };

function compareCards(one: HealthCard, other: HealthCard): number {
  return (
    STATUS_ORDER[one.status] - STATUS_ORDER[other.status] ||
    other.recentErrors - one.recentErrors ||
    other.recentWarnings - one.recentWarnings ||
    other.errors - one.errors ||
    compare(other.lastSeen, one.lastSeen) ||
    compare(one.service, other.service) ||
    compare(one.logger, other.logger)
  );
}

/** For sorting, ascending; texts by their code units, so that the order is the same everywhere. */
export function compare<T extends string | bigint>(one: T, other: T): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

/** The figures at the top of the card page. */
export function totalsOf(cards: readonly HealthCard[]): HealthTotals {
  const withStatus = (status: CardStatus) => cards.filter((card) => card.status === status).length;
  return {
    loggers: cards.length,
    errors: sum(cards, (card) => card.errors),
    warnings: sum(cards, (card) => card.warnings),
    total: sum(cards, (card) => card.total),
    failing: withStatus('failing'),
    warning: withStatus('warning'),
    healthy: withStatus('healthy'),
    clean: withStatus('clean'),
  };
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
