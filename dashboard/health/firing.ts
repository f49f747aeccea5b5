import type { IssueLevel, NamedLevel } from '../../receiver/record/severity.ts';
import type { Alert } from '../../receiver/store/alert.ts';
import type { LoggerCounts } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { fromMillis } from '../times.ts';

/** Alerts are looked through so many at a time, … */
const PAGE = 200;
/** … the newest first, and no further back than so many pages. */
const MOST_PAGES = 5;

/** What it takes to tell which alerts fire. */
export type FiringOptions = Pick<DashboardOptions, 'store' | 'thresholdOf' | 'thresholdWindow' | 'now'>;

const COUNTED_LEVELS: readonly IssueLevel[] = ['WARN', 'ERROR', 'FATAL'];

/**
 * The alerts that fire now, the newest window first. A logger's level fires as long as its records within the rolling
 * window that ends now reach the threshold; of its alerts the one with the newest window stands for it. Levels below
 * WARN, whose records are not counted by themselves, fire while an alert's window ends within the rolling one. Rejects as
 * the store does.
 */
export async function loadFiring({ store, thresholdOf, thresholdWindow, now }: FiringOptions): Promise<Alert[]> {
  const windowStart = now() - fromMillis(thresholdWindow);
  const reached = keysThatReach(await store.cards({ boundaries: [], recentFrom: windowStart }), thresholdOf);
  const fires = (key: string, { service, logger, thresholdLevel, windowEnd }: Alert): boolean =>
    isCounted(thresholdLevel)
      ? reached.has(key)
      : windowEnd >= windowStart && thresholdOf(service, logger, thresholdLevel) !== null;

  const firing = new Map<string, Alert>();
  let before: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const alerts = await store.alerts({ limit: PAGE, before });
    for (const alert of alerts) {
      const key = keyOf(alert.service, alert.logger, alert.thresholdLevel);
      const known = firing.get(key);
      // Records that come late make newer alerts of older windows.
      if (fires(key, alert) && (!known || alert.windowEnd > known.windowEnd)) firing.set(key, alert);
    }
    const oldest = alerts.at(-1);
    if (!oldest || alerts.length < PAGE) break;
    const areRecent = [...reached].every((key) => (firing.get(key)?.windowEnd ?? 0n) >= windowStart);
    if (areRecent && oldest.firedAt < windowStart) break;
    before = oldest.id;
  }
  return [...firing.values()].sort((one, other) => Number(other.windowEnd - one.windowEnd));
}

function keysThatReach(
  loggers: readonly LoggerCounts[],
  thresholdOf: DashboardOptions['thresholdOf'],
): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const { service, logger, recent } of loggers) {
    for (const level of COUNTED_LEVELS) {
      const threshold = recent[level] > 0 ? thresholdOf(service, logger, level) : null;
      if (threshold !== null && recent[level] >= threshold) keys.add(keyOf(service, logger, level));
    }
  }
  return keys;
}

const isCounted = (level: NamedLevel): boolean => (COUNTED_LEVELS as readonly NamedLevel[]).includes(level);

const keyOf = (service: string, logger: string, level: NamedLevel): string => JSON.stringify([service, logger, level]);
