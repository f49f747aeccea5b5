import type { Counter, MetricsRegistry } from '../metrics/registry.ts';
import type { LogRecord } from '../record/log-record.ts';
import type { ByteBudget } from './byte-budget.ts';
import { ClockSkew } from './clock-skew.ts';
import type { DecodedRequest } from './decode/decoded.ts';
import type { ExportOutcome } from './outcome.ts';

export type Transport = 'http' | 'grpc';

/** What the receiver counts of itself (O60). */
export class SelfMetrics {
  readonly #requests: Counter;
  readonly #accepted: Counter;
  readonly #rejected: Counter;
  readonly #invalidTexts: Counter;
  readonly #truncatedValues: Counter;
  readonly #skew = new ClockSkew();

  constructor(registry: MetricsRegistry, inFlight: ByteBudget) {
    this.#requests = registry.counter('logvitals_otlp_requests_total', 'Export requests by transport and outcome.');
    this.#accepted = registry.counter('logvitals_otlp_records_accepted_total', 'Log records stored.');
    this.#rejected = registry.counter('logvitals_otlp_records_rejected_total', 'Log records refused, by reason.');
    this.#invalidTexts = registry.counter(
      'logvitals_otlp_invalid_utf8_total',
      'Texts in which invalid UTF-8 was replaced.',
    );
    this.#truncatedValues = registry.counter(
      'logvitals_otlp_values_truncated_total',
      'Values cut to the longest allowed.',
    );
    registry.gauge('logvitals_otlp_bytes_in_flight', 'Bytes of request bodies held.', () => inFlight.taken);
    registry.gauge(
      'logvitals_otlp_clock_skew_seconds',
      "How far senders' clocks are ahead of ours (negative: behind, or records waited), by service.",
      () => this.#skew.series(),
    );
  }

  answered(transport: Transport, outcome: ExportOutcome): void {
    this.#requests.add(1, { transport, outcome: outcome.kind });
  }

  /** To be told of a request once it is stored. `receivedAt` is in nanoseconds. */
  stored(records: readonly LogRecord[], decoded: DecodedRequest, receivedAt: bigint): void {
    this.#accepted.add(records.length);
    for (const [reason, count] of Object.entries(decoded.rejected))
      if (count > 0) this.#rejected.add(count, { reason });
    if (decoded.invalidTexts > 0) this.#invalidTexts.add(decoded.invalidTexts);
    if (decoded.truncatedValues > 0) this.#truncatedValues.add(decoded.truncatedValues);
    this.#skew.observe(records, receivedAt);
  }
}
