import { optionError } from './option-error.ts';
import { HIGHEST_SEVERITY, type SeverityName, severities } from './severities.ts';

/**
 * The number of a severity given by name or number.
 * @throws TypeError naming the option and what is allowed; `further` is what else than names and numbers is.
 */
export function severityOption(name: string, value: SeverityName | number | null, further = ''): number {
  if (typeof value === 'string' && Object.hasOwn(severities, value)) return severities[value].severityNumber;
  if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= HIGHEST_SEVERITY) return Number(value);
  const names = Object.keys(severities).join(', ');
  throw optionError(name, value, `one of ${names}, a whole number from 1 to ${HIGHEST_SEVERITY}${further}`);
}
