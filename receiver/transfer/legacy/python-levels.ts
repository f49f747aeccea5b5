import { CUSTOM_SEVERITIES, LOWEST_SEVERITY } from '../../record/severity.ts';

/** Python's level names, Django's and those of django-activity-audit, in lower case. */
const SEVERITIES: Readonly<Record<string, number>> = {
  debug: LOWEST_SEVERITY.DEBUG,
  info: LOWEST_SEVERITY.INFO,
  audit: CUSTOM_SEVERITIES.AUDIT,
  api: CUSTOM_SEVERITIES.API,
  login: CUSTOM_SEVERITIES.LOGIN,
  warning: LOWEST_SEVERITY.WARN,
  error: LOWEST_SEVERITY.ERROR,
  critical: LOWEST_SEVERITY.FATAL,
};

/** A level's severity. What a level of one's own is worth nobody noted: it counts as INFO, and keeps its name. */
export function severityOfLevel(level: string): number {
  const name = level.toLowerCase();
  return Object.hasOwn(SEVERITIES, name) ? SEVERITIES[name]! : LOWEST_SEVERITY.INFO;
}
