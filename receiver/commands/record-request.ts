import { timeZoneNamed } from '../../dashboard/health/time-zone.ts';
import { recordFilter } from '../../dashboard/params.ts';
import type { Config } from '../config/config.ts';
import { systemClock } from '../record/clock.ts';
import type { RecordRequest } from '../transfer/records.ts';
import { type Invocation, textFlag, UsageError } from './command.ts';

/** The records that a command's query, `--from` and `--to` ask for. Throws `UsageError` with the place of a fault. */
export function recordRequest(invocation: Invocation, config: Config): RecordRequest {
  const text = invocation.positionals.join(' ');
  const parameters = { q: text, from: textFlag(invocation, 'from'), to: textFlag(invocation, 'to') };
  const result = recordFilter(parameters, systemClock(), timeZoneNamed(zoneOf(config)));
  if (result.ok) return { text, filter: result.value };
  const { parameter, message, position } = result.fault;
  if (parameter !== 'q') throw new UsageError(`--${message.replace(/^"(\w+)"/, '$1')}`);
  throw new UsageError(`the query ${JSON.stringify(text)} is wrong at character ${(position ?? 0) + 1}: ${message}`);
}

/** Times are read and written in the configured zone, else in the terminal's own. */
export const zoneOf = (config: Config): string =>
  config.timeZone ?? new Intl.DateTimeFormat('en').resolvedOptions().timeZone;
