import type { DashboardOptions } from '../options.ts';
import type { Assets } from './assets.ts';
import type { FiringCount } from './firing-count.ts';
import type { Rate } from './rate.ts';
import type { RecentStats } from './recent-stats.ts';

/** What all pages of one dashboard share. */
export interface Site {
  readonly options: DashboardOptions;
  readonly assets: Assets;
  readonly rate: Rate;
  readonly firingCount: FiringCount;
  readonly recentStats: RecentStats;
}
