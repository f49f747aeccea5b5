import Router from '@koa/router';
import type { DashboardOptions } from '../options.ts';
import { requireAccess } from './access.ts';
import { alertsResource } from './alerts.ts';
import { cardsResource } from './cards.ts';
import type { ApiContext, JsonResource } from './context.ts';
import { endpointsResource } from './endpoints.ts';
import { exportResource } from './export.ts';
import { facetsResource } from './facets.ts';
import { histogramResource } from './histogram.ts';
import { loggersResource } from './loggers.ts';
import { contextResource, logResource, logsResource } from './logs.ts';
import { groupResource, traceResource } from './members.ts';
import { ApiProblem, answerProblems } from './problem.ts';
import { pruneResource } from './prune.ts';
import { tailResource } from './tail.ts';

/** The JSON API below `/api/v1` (docs/api.md). It checks access itself and answers every path below it. */
export function createApiRouter(options: DashboardOptions): Router {
  const router = new Router({ prefix: '/api/v1' });
  router.use(answerProblems(options.onError), requireAccess(options.authorize, 'read'));

  const get = (path: string, resource: (ctx: ApiContext) => Promise<void>) => {
    router.get(path, resource);
    router.all(path, refuseMethod('GET, HEAD'));
  };
  get('/cards', json(cardsResource(options)));
  get('/logs', json(logsResource(options)));
  get('/logs/:id', json(logResource(options)));
  get('/logs/:id/context', json(contextResource(options)));
  get('/histogram', json(histogramResource(options)));
  get('/facets', json(facetsResource(options)));
  get('/tail', tailResource(options));
  get('/groups/:id', json(groupResource(options)));
  get('/traces/:id', json(traceResource(options)));
  get('/alerts', json(alertsResource(options)));
  get('/loggers', json(loggersResource(options)));
  get('/export', exportResource(options));
  get('/endpoints', json(endpointsResource(options)));
  router.post('/prune', requireAccess(options.authorize, 'manage'), json(pruneResource(options)));
  router.all('/prune', refuseMethod('POST'));

  router.all('{/*path}', () => {
    throw new ApiProblem(404, 'There is nothing at this path of the API. docs/api.md lists what there is.');
  });
  return router;
}

const json =
  (resource: JsonResource) =>
  async (ctx: ApiContext): Promise<void> => {
    ctx.body = await resource(ctx);
  };

function refuseMethod(allowed: string): (ctx: ApiContext) => never {
  return (ctx) => {
    throw new ApiProblem(405, `${ctx.method} is not for this path; it takes ${allowed}.`, {
      headers: { Allow: allowed },
    });
  };
}
