import type { RouterContext } from '@koa/router';
import type { JsonList } from './json-list.ts';

/** What a resource is given: Koa's context with the path's parameters. */
export type ApiContext = RouterContext;

/** A resource that answers with one JSON document. */
export type JsonResource = (ctx: ApiContext) => Promise<object | JsonList>;

/** Aborts when the client goes away, so that a long read does not go on for nobody. */
export function clientSignal(ctx: ApiContext): AbortSignal {
  const controller = new AbortController();
  ctx.res.once('close', () => controller.abort());
  return controller.signal;
}
