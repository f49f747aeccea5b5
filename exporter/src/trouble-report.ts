import { diag } from '@opentelemetry/api';

/** The ways records can fail to arrive. */
export type Trouble =
  | 'away'
  | 'refused'
  | 'unsendable'
  | 'too large'
  | 'overflow'
  | 'lost at shutdown'
  | 'spool full'
  | 'spool damaged'
  | 'spool broken';

/**
 * Tells the people who run the application that records are not arriving: once per kind on standard error (as a Node
 * warning, so `--no-warnings` and `process.on('warning')` apply), and once per spell of trouble to OpenTelemetry's `diag`.
 * Never once per record: a log pipeline that logs its own failures feeds itself.
 */
export class TroubleReport {
  readonly #everSaid = new Set<Trouble>();
  readonly #saidNow = new Set<Trouble>();

  say(trouble: Trouble, message: string): void {
    if (this.#saidNow.has(trouble)) return;
    this.#saidNow.add(trouble);
    diag.warn(`@logvitals/exporter: ${message}`);
    if (this.#everSaid.has(trouble)) return;
    this.#everSaid.add(trouble);
    process.emitWarning(message, 'LogvitalsExporterWarning');
  }

  /** A delivery went well: what goes wrong from now on is news again. */
  over(): void {
    if (this.#saidNow.size === 0) return;
    this.#saidNow.clear();
    diag.info('@logvitals/exporter: records are being delivered again');
  }
}
