import type { Authorize } from '../receiver/access.ts';
import type { Config } from '../receiver/config/config.ts';
import type { Clock } from '../receiver/record/clock.ts';
import type { StoredRecord } from '../receiver/record/log-record.ts';
import type { NamedLevel } from '../receiver/record/severity.ts';
import type { LogStore } from '../receiver/store/store.ts';

/** New records as they are stored, for live views. */
export interface LiveRecords {
  /** Calls back after each commit until the returned function is called. The callback must not throw and must not wait. */
  subscribe(listener: (records: readonly StoredRecord[]) => void): () => void;
}

/** What the dashboard shows as it is set. */
export type DashboardSettings = Pick<
  Config,
  'title' | 'timeZone' | 'pageSize' | 'cardsPageSize' | 'levels' | 'ranges' | 'defaultRange' | 'messagePreviewLength'
> & { readonly limits: Pick<Config['limits'], 'tails'> };

/** Everything the dashboard needs from outside; it reads nothing from the environment and opens no connection itself. */
export interface DashboardOptions {
  readonly store: LogStore;
  readonly settings: DashboardSettings;
  /** The threshold of a logger's level within the rolling window, null when switched off. */
  readonly thresholdOf: (service: string, logger: string, level: NamedLevel) => number | null;
  /** The rolling window in milliseconds. */
  readonly thresholdWindow: number;
  readonly live: LiveRecords;
  /** Prometheus text. */
  readonly metrics: () => string;
  /** Whether a request may read (`read`) or remove records (`manage`), by its Authorization header. */
  readonly authorize: Authorize;
  /**
   * Host names answered beside this machine's own (`localhost`, 127.0.0.1, …), so that no other name can be made to lead
   * here. Null or absent: every name, as where tokens protect the dashboard or another application does.
   */
  readonly hosts?: readonly string[] | null;
  /** Where clients send to, for the "nothing received yet" page; null when mounted without a receiver. */
  readonly endpoints: () => { readonly http: string; readonly grpc: string } | null;
  readonly now: Clock;
  /** Told of failures that a page only hints at; the message is safe to log. */
  readonly onError: (message: string) => void;
}
