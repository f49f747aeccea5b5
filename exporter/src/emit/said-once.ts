import { diag } from '@opentelemetry/api';

/** One set per process, although the package may be loaded twice, as an ES module and by `require`. */
const SAID = Symbol.for('logvitals.exporter.said');
/** Keys may name tables, routes and the like: beyond so many, silence. */
const MOST_KEYS = 1_000;

/** Tells the people who run the application, once per key and process: a Node warning 'LogvitalsExporterWarning' and `diag`. */
export function sayOnce(key: string, message: string): void {
  const shared = globalThis as { [SAID]?: Set<string> };
  shared[SAID] ??= new Set();
  const said = shared[SAID];
  if (said.has(key) || said.size >= MOST_KEYS) return;
  said.add(key);
  diag.warn(`@logvitals/exporter: ${message}`);
  process.emitWarning(message, 'LogvitalsExporterWarning');
}
