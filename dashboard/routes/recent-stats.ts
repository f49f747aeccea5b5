import { loadStats, type PeriodStats } from '../events/stats.ts';
import type { DashboardOptions } from '../options.ts';

/** What was done lately, at most `LIFETIME` old. Rejects as the store does. */
export type RecentStats = () => Promise<readonly PeriodStats[]>;

/** In milliseconds. Thirty days are counted for every page of the list, and hardly change from one to the next. */
const LIFETIME = 15_000;

export function createRecentStats({ store, now }: Pick<DashboardOptions, 'store' | 'now'>): RecentStats {
  let stats: Promise<readonly PeriodStats[]> | null = null;
  const load = (): Promise<readonly PeriodStats[]> => {
    const loading = loadStats(store, now(), {});
    const forget = () => {
      if (stats === loading) stats = null;
    };
    loading.then(() => setTimeout(forget, LIFETIME).unref(), forget);
    return loading;
  };
  return () => {
    stats ??= load();
    return stats;
  };
}
