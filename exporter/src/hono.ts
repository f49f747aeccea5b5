import type { IncomingMessage, ServerResponse } from 'node:http';
import { runInContext } from './emit/context.ts';
import { sayOnce } from './emit/said-once.ts';
import { type Framework, recordIncoming } from './http/incoming.ts';
import { type RequestOptions, resolveRequestOptions } from './http/options.ts';

export type { BodyOptions, RequestOptions } from './http/options.ts';

/** What is read of Hono's context. */
export interface HonoContext {
  readonly env: unknown;
  readonly req: { readonly routeIndex: number; readonly matchedRoutes: readonly HonoRoute[] };
  readonly error: Error | undefined;
  get(key: string): unknown;
}

interface HonoRoute {
  readonly path: string;
  /** `ALL` for middleware too. */
  readonly method: string;
}

/** What @hono/node-server hands over. */
interface NodeBindings {
  readonly incoming?: IncomingMessage;
  /** Undefined while a WebSocket is asked for. */
  readonly outgoing?: ServerResponse | undefined;
}

const HONO: Framework<HonoContext> = {
  route: (context) => takenRoute(context),
  user: (context) => context.get('user') ?? context.get('jwtPayload'),
};

/**
 * Hono middleware that records every request that comes through @hono/node-server: `app.use(recordRequests())`, before
 * everything that is to be recorded.
 * @throws TypeError naming the option that makes no sense.
 */
export function recordRequests<Context extends HonoContext = HonoContext>(
  options?: RequestOptions<Context>,
): (context: Context, next: () => Promise<void>) => Promise<void> {
  const settings = resolveRequestOptions(options);
  return (context, next) => {
    const { incoming, outgoing } = (context.env ?? {}) as NodeBindings;
    if (incoming === undefined) {
      sayOnce('hono without node-server', 'requests to Hono are recorded only when @hono/node-server serves them');
      return runInContext(next);
    }
    return recordIncoming(settings, HONO, context, incoming, outgoing, async (recording) => {
      await next().catch((error: unknown) => {
        recording?.fail(error);
        throw error;
      });
      // Of most errors Hono has made an answer already.
      if (context.error !== undefined) recording?.fail(context.error);
    });
  };
}

/** The last route that Hono went to, unless that was mere middleware: a pattern that answers to every method. */
function takenRoute({ req }: HonoContext): string | undefined {
  const { routeIndex, matchedRoutes } = req;
  const reached = matchedRoutes.slice(0, routeIndex + 1);
  return reached.filter(({ method, path }) => method !== 'ALL' || !path.includes('*')).at(-1)?.path;
}
