import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Framework, recordIncoming, recordingOf } from './http/incoming.ts';
import { type RequestOptions, resolveRequestOptions } from './http/options.ts';

export type { BodyOptions, RequestOptions } from './http/options.ts';

interface KoaApplication {
  on(event: 'error', listener: (error: unknown, ctx?: { readonly req?: IncomingMessage }) => void): unknown;
}

/** What is read of Koa's context. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly ip: string;
  readonly protocol: string;
  readonly state: object;
  readonly app: KoaApplication;
}

/** What routers leave in the context: @koa/router and koa-router. */
interface Routed {
  readonly _matchedRoute?: unknown;
  readonly routerPath?: unknown;
}

const KOA: Framework<KoaContext> = {
  route(ctx) {
    const { _matchedRoute, routerPath } = ctx as KoaContext & Routed;
    const route = _matchedRoute ?? routerPath;
    return route === undefined || route === null ? undefined : String(route);
  },
  user: (ctx) => (ctx.state as { readonly user?: unknown }).user,
  clientAddress: (ctx) => ctx.ip,
  scheme: (ctx) => ctx.protocol,
};

/** Applications whose errors are listened to. */
const heard = new WeakSet<KoaApplication>();
/** The one that had the last request: mostly there is no other, and none needs to be looked for. */
let lastHeard: KoaApplication | undefined;

/**
 * Koa middleware that records every request: `app.use(recordRequests())`, before everything that is to be recorded. Errors
 * go on to Koa as they came.
 * @throws TypeError naming the option that makes no sense.
 */
export function recordRequests<Context extends KoaContext = KoaContext>(
  options?: RequestOptions<Context>,
): (ctx: Context, next: () => Promise<unknown>) => Promise<unknown> {
  const settings = resolveRequestOptions(options);
  return (ctx, next) =>
    recordIncoming(settings, KOA, ctx, ctx.req, ctx.res, (recording) => {
      if (recording === undefined) return next();
      hearErrors(ctx);
      return next().catch((error: unknown) => {
        recording.fail(error);
        throw error;
      });
    });
}

/**
 * Streams that fail while they are sent tell nobody but the application. Its own handler of errors is in place by the time
 * the first request comes, and stays.
 */
function hearErrors({ app }: KoaContext): void {
  if (app === lastHeard) return;
  lastHeard = app;
  if (heard.has(app)) return;
  heard.add(app);
  app.on('error', (error: unknown, ctx?: { readonly req?: IncomingMessage }) => {
    if (ctx?.req !== undefined) recordingOf(ctx.req)?.fail(error);
  });
}
