import type { DashboardOptions } from '../options.ts';
import { fromMillis } from '../times.ts';
import { duration, exact } from '../views/format.ts';

/** When a logger's ERROR alert fires, in words: `alert at 10 / h`. */
export function alertRule(
  { thresholdOf, thresholdWindow }: Pick<DashboardOptions, 'thresholdOf' | 'thresholdWindow'>,
  { service, logger }: { readonly service: string; readonly logger: string },
): string {
  const threshold = thresholdOf(service, logger, 'ERROR');
  if (threshold === null) return 'alert off';
  return `alert at ${exact(threshold)} / ${windowWords(thresholdWindow).replace(/^1 /, '')}`;
}

/** The rolling window: `1 h`, `15 min`. */
export function windowWords(thresholdWindow: number): string {
  return duration(fromMillis(thresholdWindow));
}
