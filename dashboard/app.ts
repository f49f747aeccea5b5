import Router from '@koa/router';
import Koa from 'koa';
import { safeText } from '../receiver/store/errors.ts';
import { createHealthRouter } from './api/health.ts';
import { createApiRouter } from './api/router.ts';
import { hostGuard } from './hosts.ts';
import type { DashboardOptions } from './options.ts';
import { pageAccess } from './routes/access.tsx';
import { alertsRoute } from './routes/alerts.tsx';
import { loadAssets, serveAssets } from './routes/assets.ts';
import { auditRoute } from './routes/audit.tsx';
import { exploreRoute } from './routes/explore.tsx';
import { NotFound, pageFailures } from './routes/failures.tsx';
import { createFiringCount } from './routes/firing-count.ts';
import { groupRoute } from './routes/groups.tsx';
import { healthRoute } from './routes/health.tsx';
import { objectRoute } from './routes/objects.tsx';
import { createRate } from './routes/rate.ts';
import { createRecentStats } from './routes/recent-stats.ts';
import { contextRoute, recordRoute, traceRoute } from './routes/records.tsx';
import { requestsRoute } from './routes/requests.tsx';
import { securityHeaders } from './routes/security.ts';
import type { Site } from './routes/site.ts';

/**
 * The dashboard: pages, `/api/v1`, `/healthz`, `/readyz` and `/metrics` as one Koa application, to be served by itself
 * or mounted in another one below a path (by koa-mount, whose `ctx.mountPath` all links begin with). It never changes a
 * log record (PARITY.md P40), and it lives as long as `options.live` does.
 */
export function createDashboard(options: DashboardOptions): Koa {
  const site: Site = {
    options,
    assets: loadAssets(),
    rate: createRate(options.live),
    firingCount: createFiringCount(options),
    recentStats: createRecentStats(options),
  };
  const app = new Koa();
  app.on('error', tellOfStray(options.onError));
  app.use(securityHeaders);
  app.use(hostGuard(options.hosts ?? null));
  app.use(createHealthRouter(options).routes());
  app.use(createApiRouter(options).routes());
  app.use(serveAssets(site.assets));
  app.use(pageFailures(site));
  app.use(pageAccess(site));
  app.use(pages(site).routes());
  app.use(() => {
    throw new NotFound('There is no page at this address.');
  });
  return app;
}

/** What breaks when a reader leaves in the middle of an answer. */
const READER_LEFT = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/** For errors that no middleware caught. Koa would print them as they are, and each reader who leaves among them. */
function tellOfStray(onError: DashboardOptions['onError']): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    if (!READER_LEFT.has(error.code ?? '')) onError(`answering failed: ${safeText(error)}`);
  };
}

function pages(site: Site): Router {
  const router = new Router();
  router.get('/', healthRoute(site));
  router.get('/logs', exploreRoute(site));
  router.get('/logs/:id', recordRoute(site));
  router.get('/logs/:id/context', contextRoute(site));
  router.get('/traces/:id', traceRoute(site));
  router.get('/groups/:id', groupRoute(site));
  router.get('/alerts', alertsRoute(site));
  router.get('/audit', auditRoute(site));
  router.get('/objects', objectRoute(site));
  router.get('/requests', requestsRoute(site));
  return router;
}
