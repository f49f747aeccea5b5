import type { CardsRequest, LoggerCounts } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { END_OF_TIME, HOUR } from '../times.ts';
import { buildCards, type HealthCard, slotFatals } from './cards.ts';
import type { HealthRange } from './ranges.ts';

/**
 * The health of every logger the store knows, the unhealthy and the recent first. "Recent" is the hour before `now`: a
 * record exactly one hour old is within it (PARITY.md P12). Rejects as the store does.
 */
export async function loadCards(
  options: Pick<DashboardOptions, 'store' | 'thresholdOf'>,
  { range, now, signal }: { range: HealthRange; now: bigint; signal?: AbortSignal | undefined },
): Promise<HealthCard[]> {
  const recentFrom = now - HOUR;
  const request: CardsRequest = { boundaries: range.boundaries, recentFrom, signal };
  const loggers = await options.store.cards(request);
  const recentFatals = await countRecentFatals(options, loggers, range, request);
  return buildCards(loggers, range, options.thresholdOf, recentFatals);
}

/**
 * How many of the last hour's errors are FATAL. The slots tell, unless a logger with recent errors has FATAL records in
 * the slot where the hour begins, or the range is shorter than the hour; only then is the store asked once more, for the
 * hour alone.
 */
async function countRecentFatals(
  { store }: Pick<DashboardOptions, 'store'>,
  loggers: readonly LoggerCounts[],
  range: HealthRange,
  { recentFrom, signal }: CardsRequest,
): Promise<(logger: LoggerCounts) => number> {
  const partly = range.slots.findIndex((slot) => slot.from < recentFrom && recentFrom < slot.to);
  const wholly = range.slots.flatMap((slot, index) => (slot.from >= recentFrom ? [index] : []));
  const inWholeSlots = (logger: LoggerCounts) => wholly.reduce((total, index) => total + slotFatals(logger, index), 0);
  const slotsTell = (logger: LoggerCounts) =>
    logger.recentErrors === 0 || (range.from <= recentFrom && (partly === -1 || slotFatals(logger, partly) === 0));
  if (loggers.every(slotsTell)) return inWholeSlots;

  const hour = await store.cards({ boundaries: [recentFrom, END_OF_TIME], recentFrom, signal });
  const exact = new Map(hour.map((logger) => [keyOf(logger), slotFatals(logger, 0)]));
  return (logger) => exact.get(keyOf(logger)) ?? inWholeSlots(logger);
}

const keyOf = ({ service, logger }: LoggerCounts): string => JSON.stringify([service, logger]);
