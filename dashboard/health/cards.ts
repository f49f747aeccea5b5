import { type IssueLevel, LEVELS } from '../../receiver/record/severity.ts';
import type { Issue, LoggerCounts } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import type { HealthRange, RangeSlot } from './ranges.ts';
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
      return buildCard(logger, range, levels);
    })
    .sort(compareCards);
}

function buildCard(logger: LoggerCounts, range: HealthRange, levels: ColourLevels): HealthCard {
  const slots = range.slots.map((slot, index) => buildSlot(slot, slotCounts(logger, index), levels));
  const errors = sum(slots, (slot) => slot.errors);
  const warnings = sum(slots, (slot) => slot.warnings);
  const recent = issueCounts(logger.recent);
  return {
    service: logger.service,
    logger: logger.logger,
    status: cardStatus(recent, errors + warnings, levels),
    errors,
    warnings,
    total: sum(slots, (slot) => slot.total),
    recentErrors: recent.errors,
    recentWarnings: recent.warnings,
    lastSeen: logger.lastSeen,
    newestIssue: logger.newestIssue,
    newestError: logger.newestError,
    slots,
  };
}

function buildSlot({ from, to }: RangeSlot, counts: readonly number[], levels: ColourLevels): CardSlot {
  const of = (level: IssueLevel) => counts[LEVELS.indexOf(level)]!;
  const issues = issueCounts({ WARN: of('WARN'), ERROR: of('ERROR'), FATAL: of('FATAL') });
  const total = sum(counts, (count) => count);
  return {
    from,
    to,
    status: slotStatus(issues, total, levels),
    counts,
    errors: issues.errors,
    warnings: issues.warnings,
    total,
  };
}

/** The counts of one slot by level, out of the store's flat list. */
function slotCounts(logger: LoggerCounts, index: number): readonly number[] {
  return logger.counts.slice(index * LEVELS.length, (index + 1) * LEVELS.length);
}

function issueCounts({ WARN, ERROR, FATAL }: LoggerCounts['recent']): IssueCounts {
  return { errors: ERROR + FATAL, fatals: FATAL, warnings: WARN };
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
