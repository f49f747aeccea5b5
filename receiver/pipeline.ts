import type { AlertRunner } from './alerts/runner.ts';
import { createAlertRunner } from './alerts/runner.ts';
import type { Config } from './config/config.ts';
import type { Diagnostics } from './diagnostics.ts';
import type { Ingest } from './ingest/ingest.ts';
import { createLiveFeed, type LiveFeed } from './ingest/live.ts';
import { createIngest } from './ingest/pipeline.ts';
import { MetricsRegistry } from './metrics/registry.ts';
import { LogsHandler } from './otlp/handler.ts';
import type { Clock } from './record/clock.ts';
import type { Shutdown } from './shutdown.ts';
import { openStore } from './store/open.ts';
import type { LogStore } from './store/store.ts';

/** The way of records from a request's bytes into the storage, with all that happens to them there. */
export interface Pipeline {
  readonly store: LogStore;
  readonly live: LiveFeed;
  readonly alerts: AlertRunner;
  readonly ingest: Ingest;
  readonly handler: LogsHandler;
  readonly metrics: MetricsRegistry;
}

export interface PipelineOptions {
  readonly now: Clock;
  readonly diagnostics: Diagnostics;
  /** Whether to begin although the database server cannot be reached yet. */
  readonly waitForServer?: boolean;
}

/**
 * Opens the configured storage and puts the parts before it together: decode, ingest, evaluate, publish. A server does so
 * behind its ports, an import into a storage without any. What has to be closed is added to `shutdown`. Rejects when the
 * storage cannot be opened.
 */
export async function openPipeline(
  config: Config,
  { now, diagnostics, waitForServer = false }: PipelineOptions,
  shutdown: Shutdown,
): Promise<Pipeline> {
  const metrics = new MetricsRegistry();
  const { thresholds, ignore, limits } = config;
  const store = await openStore(config.storage, { ...storeSettings(config), now, diagnostics, waitForServer });
  shutdown.add(() => store.close());
  const live = createLiveFeed(diagnostics);
  const alerts = createAlertRunner({ store, settings: thresholds, now, diagnostics });
  const ingest = createIngest({ store, alerts, live, metrics, diagnostics, now, ignore, limits });
  shutdown.add(() => ingest.close());
  const handler = new LogsHandler({ ingest, limits, now, metrics, diagnostics });
  return { store, live, alerts, ingest, handler, metrics };
}

/** What a storage is to be told of the configuration. */
export function storeSettings({ embedded, postgres, mongodb, retention }: Config) {
  return { embedded, postgres, mongodb, retentionDays: retention.days };
}
