import { Readable } from 'node:stream';
import Router from '@koa/router';
import { safeText } from '../../receiver/store/errors.ts';
import type { DashboardOptions } from '../options.ts';
import { requireAccess } from './access.ts';
import { alertsResource } from './alerts.ts';
import { cardsResource } from './cards.ts';
import type { ApiContext, JsonResource } from './context.ts';
import { endpointsResource } from './endpoints.ts';
import { eventResource, eventsResource, objectLogResource, statsResource } from './events.ts';
import { exportResource } from './export.ts';
import { facetsResource } from './facets.ts';
import { histogramResource } from './histogram.ts';
import { JsonList } from './json-list.ts';
import { loggersResource } from './loggers.ts';
import { contextResource, logResource, logsResource } from './logs.ts';
import { groupResource, traceResource } from './members.ts';
import { ApiProblem, answerProblems } from './problem.ts';
import { pruneResource } from './prune.ts';
import { sendStream } from './stream.ts';
import { tailResource } from './tail.ts';

/** The JSON API below `/api/v1` (docs/api.md). It checks access itself and answers every path below it. */
export function createApiRouter(options: DashboardOptions): Router {
  const router = new Router({ prefix: '/api/v1' });
  router.use(answerProblems(options.onError), requireAccess(options.authorize, 'read'));

  const json = (resource: JsonResource) => sendJson(resource, options);
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
  get('/events', json(eventsResource(options)));
  get('/events/:id', json(eventResource(options)));
  // An id may have slashes in it, encoded or not.
  get('/objects/:type/*id/log', json(objectLogResource(options)));
  get('/stats', json(statsResource(options)));
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

/** Answers with the resource's JSON document. */
function sendJson(resource: JsonResource, { onError }: Pick<DashboardOptions, 'onError'>) {
  return async (ctx: ApiContext): Promise<void> => {
    const answer = await resource(ctx);
    const body = answer instanceof JsonList ? answer.body() : answer;
    if (body instanceof Readable) {
      body.on('error', (error) => {
        if (!ctx.res.closed) onError(`an answer was broken off: ${safeText(error)}`);
      });
      sendStream(ctx, { 'Content-Type': 'application/json; charset=utf-8' }, () => body);
    } else {
      ctx.type = 'json';
      ctx.body = body;
    }
  };
}

function refuseMethod(allowed: string): (ctx: ApiContext) => never {
  return (ctx) => {
    throw new ApiProblem(405, `${ctx.method} is not for this path; it takes ${allowed}.`, {
      headers: { Allow: allowed },
    });
  };
}
