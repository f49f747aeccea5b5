import type { ThresholdSettings } from '../config/config.ts';
import type { NamedLevel } from '../record/severity.ts';
import { matchesPattern } from './pattern.ts';

/**
 * How many records of a level within the window make an alert for a logger, or null for no alert. Of the overrides, the
 * first whose pattern matches `logger` or `service/logger` and that names the level decides; else the level's own
 * threshold does.
 */
export function thresholdFor(
  settings: ThresholdSettings,
  service: string,
  logger: string,
  level: NamedLevel,
): number | null {
  for (const { pattern, levels } of settings.overrides) {
    const threshold = levels[level];
    if (threshold === undefined) continue;
    if (matchesPattern(pattern, logger) || matchesPattern(pattern, `${service}/${logger}`)) return threshold;
  }
  return settings.levels[level];
}
