import { createAuthorize } from './access.ts';
import type { AlertListener } from './alerts/listeners.ts';
import { thresholdFor } from './alerts/threshold.ts';
import type { Config } from './config/config.ts';
import { isLoopback } from './config/loopback.ts';
import { type DashboardMiddleware, lazyDashboard, startDashboardServer } from './dashboard-server.ts';
import { createDiagnostics, type Diagnostics } from './diagnostics.ts';
import type { Ingest } from './ingest/ingest.ts';
import { measureEventLoop } from './metrics/event-loop.ts';
import { startGrpcReceiver } from './otlp/grpc.ts';
import { startHttpReceiver } from './otlp/http.ts';
import { openPipeline } from './pipeline.ts';
import { systemClock } from './record/clock.ts';
import { startRetention } from './retention/sweep.ts';
import { Shutdown } from './shutdown.ts';
import type { LogStore } from './store/store.ts';

/** Where a running server listens: `HOST:PORT` for gRPC, `http://HOST:PORT` for the others. */
export interface Addresses {
  readonly grpc: string;
  readonly http: string;
  readonly dashboard: string;
}

/** A running receiver with its dashboard. */
export interface LogvitalsServer {
  readonly addresses: Addresses;
  readonly store: LogStore;
  /** The way in for records that come from this process. */
  readonly ingest: Ingest;
  /** The dashboard as Koa middleware, to be mounted in another application too: docs/running.md. */
  readonly dashboard: DashboardMiddleware;
  /** Calls back for each alert this server fires. A listener that fails is logged and harms nothing (PARITY.md P27). */
  on(event: 'threshold', listener: AlertListener): LogvitalsServer;
  off(event: 'threshold', listener: AlertListener): LogvitalsServer;
  /** Stops accepting, finishes what was accepted, releases everything. Calling it again waits for the same end. */
  close(): Promise<void>;
}

/**
 * The composition root: everything is made here, in the order it depends on each other, and nothing elsewhere knows how.
 * Rejects when the storage cannot be opened or a port cannot be had, with everything opened so far closed again.
 */
export async function serve(config: Config, diagnostics: Diagnostics = createDiagnostics()): Promise<LogvitalsServer> {
  const shutdown = new Shutdown();
  try {
    return await start(config, diagnostics, shutdown);
  } catch (error) {
    await shutdown.run().catch(() => {});
    throw error;
  }
}

async function start(config: Config, diagnostics: Diagnostics, shutdown: Shutdown): Promise<LogvitalsServer> {
  const now = systemClock;
  const { store, live, alerts, ingest, handler, metrics } = await openPipeline(
    config,
    { now, diagnostics, waitForServer: true },
    shutdown,
  );

  shutdown.add(measureEventLoop(metrics));
  const retention = startRetention({ store, now, diagnostics, ...config.retention });
  shutdown.add(() => retention.close());

  const authorize = createAuthorize(config.tokens);
  let addresses: Addresses | null = null;
  const dashboard = lazyDashboard(async () => {
    const { createDashboard } = await import('../dashboard/app.ts');
    return createDashboard({
      store,
      settings: config,
      thresholdOf: (service, logger, level) => thresholdFor(config.thresholds, service, logger, level),
      thresholdWindow: config.thresholds.window,
      live,
      metrics: () => metrics.render(),
      authorize,
      hosts: isLoopback(config.host) && config.tokens.length === 0 ? config.dashboardHosts : null,
      endpoints: () => addresses,
      now,
      onError: diagnostics.error,
    });
  }, diagnostics);
  const { host, tls } = config;
  const pages = await startDashboardServer(dashboard.listener, { host, port: config.dashboardPort, tls });
  shutdown.add(() => pages.close());

  const authorizeSender = (authorization: string | undefined) => authorize(authorization, 'ingest');
  const receiver = { handler, host, tls, authorize: authorizeSender, diagnostics };
  const { logsPath, cors } = config;
  const http = await startHttpReceiver({ ...receiver, port: config.httpPort, logsPath, cors });
  shutdown.add(() => http.close());
  const grpc = await startGrpcReceiver({ ...receiver, port: config.grpcPort });
  shutdown.add(() => grpc.close());

  addresses = { grpc: grpc.address, http: http.address, dashboard: pages.address };
  return createHandle(
    { addresses, store, ingest, dashboard: dashboard.middleware },
    config.onThreshold,
    alerts.subscribe,
    shutdown,
  );
}

function createHandle(
  parts: Pick<LogvitalsServer, 'addresses' | 'store' | 'ingest' | 'dashboard'>,
  onThreshold: Config['onThreshold'],
  subscribe: (listener: AlertListener) => () => void,
  shutdown: Shutdown,
): LogvitalsServer {
  const subscriptions = new Map<AlertListener, () => void>();
  let closing: Promise<void> | null = null;
  const handle: LogvitalsServer = {
    ...parts,
    on(_event, listener) {
      if (!subscriptions.has(listener)) subscriptions.set(listener, subscribe(listener));
      return handle;
    },
    off(_event, listener) {
      subscriptions.get(listener)?.();
      subscriptions.delete(listener);
      return handle;
    },
    close() {
      closing ??= shutdown.run();
      return closing;
    },
  };
  if (onThreshold) handle.on('threshold', onThreshold as AlertListener);
  return handle;
}
