import { diag } from '@opentelemetry/api';
import { perProcess } from '../per-process.ts';

const said = perProcess('said', () => new Set<string>());
/** Keys may name tables, routes and the like: beyond so many, silence. */
const MOST_KEYS = 1_000;

/** Tells the people who run the application, once per key and process: a Node warning 'LogvitalsExporterWarning' and `diag`. */
export function sayOnce(key: string, message: string): void {
  if (said.has(key) || said.size >= MOST_KEYS) return;
  said.add(key);
  diag.warn(`@logvitals/exporter: ${message}`);
  process.emitWarning(message, 'LogvitalsExporterWarning');
}
