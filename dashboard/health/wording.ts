import type { HealthTotals } from './cards.ts';

const EXACT = new Intl.NumberFormat('en-US');

/** A count with its noun (PARITY.md P13): `1 error`, `4,210 records`. */
export function counted(count: number, noun: string): string {
  return `${EXACT.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The first line of the card page, which is the answer: `3 of 38 loggers need attention`. */
export function headline({ loggers, failing, warning }: HealthTotals): string {
  const unhealthy = failing + warning;
  if (loggers === 0) return 'No loggers yet';
  if (unhealthy > 0) {
    return `${EXACT.format(unhealthy)} of ${counted(loggers, 'logger')} ${unhealthy === 1 ? 'needs' : 'need'} attention`;
  }
  return loggers === 1 ? 'The one logger is healthy' : `All ${counted(loggers, 'logger')} are healthy`;
}
