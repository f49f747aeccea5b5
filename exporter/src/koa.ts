import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Framework, type IncomingRecording, recordIncoming } from './http/incoming.ts';
import { type RequestOptions, resolveRequestOptions } from './http/options.ts';

export type { BodyOptions, RequestOptions } from './http/options.ts';

/** What is read of Koa's context. */
export interface KoaContext {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly ip: string;
  readonly protocol: string;
  readonly state: object;
  onerror(error: Error): void;
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
      hearErrors(ctx, recording);
      return next().catch((error: unknown) => {
        recording.fail(error);
        throw error;
      });
    });
}

/** Streams that fail while they are sent tell nobody but the context. */
function hearErrors<Context extends KoaContext>(ctx: Context, recording: IncomingRecording<Context>): void {
  const { onerror } = ctx;
  ctx.onerror = function (this: KoaContext, error: Error | null | undefined) {
    // Koa calls it without an error at the end of each response.
    if (error !== null && error !== undefined) recording.fail(error);
    onerror.call(this, error as Error);
  };
}
