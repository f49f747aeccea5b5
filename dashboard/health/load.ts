import type { CardsRequest } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { HOUR } from '../times.ts';
import { buildCards, type HealthCard } from './cards.ts';
import type { HealthRange } from './ranges.ts';

/**
 * The health of every logger the store knows, or of `only` one, the unhealthy and the recent first. "Recent" is the hour before `now`: a
 * record exactly one hour old is within it (PARITY.md P12). Rejects as the store does.
 */
export async function loadCards(
  { store, thresholdOf }: Pick<DashboardOptions, 'store' | 'thresholdOf'>,
  { range, now, ...rest }: Pick<CardsRequest, 'only' | 'signal'> & { range: HealthRange; now: bigint },
): Promise<HealthCard[]> {
  const loggers = await store.cards({ boundaries: range.boundaries, recentFrom: now - HOUR, ...rest });
  return buildCards(loggers, range, thresholdOf);
}
