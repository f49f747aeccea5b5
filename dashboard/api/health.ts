import Router from '@koa/router';
import type { LogStore } from '../../receiver/store/store.ts';
import type { DashboardOptions } from '../options.ts';
import { requireAccess } from './access.ts';
import { answerProblems } from './problem.ts';

const PING_MILLIS = 2000;

/**
 * For supervisors: `/healthz` (this process answers), `/readyz` (so does its storage) and `/metrics` (Prometheus text).
 * The first two need no credentials, as probes have none, and tell nothing but yes or no.
 */
export function createHealthRouter(options: DashboardOptions): Router {
  const router = new Router();
  const isReady = readinessOf(options.store);
  router.use(answerProblems(options.onError));
  router.get('/healthz', (ctx) => {
    ctx.body = { status: 'ok' };
  });
  router.get('/readyz', async (ctx) => {
    const ready = await isReady();
    ctx.status = ready ? 200 : 503;
    ctx.body = { status: ready ? 'ok' : 'storage unavailable' };
  });
  router.get('/metrics', requireAccess(options.authorize, 'read'), (ctx) => {
    ctx.set('Content-Type', 'text/plain; version=0.0.4; charset=utf-8');
    ctx.body = options.metrics();
  });
  return router;
}

/** Asks the storage, but waits only so long; while it hangs, probes share one question instead of piling up. */
function readinessOf(store: LogStore): () => Promise<boolean> {
  let asked: Promise<boolean> | null = null;
  return () => {
    asked ??= store
      .ping()
      .then(
        () => true,
        () => false,
      )
      .finally(() => {
        asked = null;
      });
    return Promise.race([asked, falseAfter(PING_MILLIS)]);
  };
}

const falseAfter = (millis: number): Promise<boolean> =>
  new Promise((resolve) => {
    setTimeout(resolve, millis, false).unref();
  });
