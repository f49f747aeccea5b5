import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Framework, recordIncoming, recordingOf } from './http/incoming.ts';
import { type RequestOptions, resolveRequestOptions } from './http/options.ts';

export type { BodyOptions, RequestOptions } from './http/options.ts';

/** What is read of Express's request. */
export interface ExpressRequest extends IncomingMessage {
  readonly ip?: string | undefined;
  readonly protocol: string;
  readonly baseUrl: string;
}

type Next = (error?: unknown) => void;

/** What Express and authentication libraries add to a request. */
interface Added {
  route?: { readonly path?: unknown };
  /** Passport's. */
  readonly user?: unknown;
  /** Of express-jwt. */
  readonly auth?: unknown;
}

/** The template of the route that was taken last. */
const ROUTE = Symbol('logvitals.exporter.express.route');
type Routed = { [ROUTE]?: string };

const EXPRESS: Framework<ExpressRequest> = {
  route: (request) => (request as Routed)[ROUTE],
  user: (request) => (request as Added).user ?? (request as Added).auth,
  clientAddress: (request) => request.ip,
  scheme: (request) => request.protocol,
};

/**
 * Express middleware that records every request: `app.use(recordRequests())`, before everything that is to be recorded.
 * @throws TypeError naming the option that makes no sense.
 */
export function recordRequests<Request extends ExpressRequest = ExpressRequest>(
  options?: RequestOptions<Request>,
): (request: Request, response: ServerResponse, next: Next) => void {
  const settings = resolveRequestOptions(options);
  return (request, response, next) =>
    recordIncoming(settings, EXPRESS, request, request, response, (recording) => {
      if (recording !== undefined) rememberRoute(request);
      next();
    });
}

/**
 * Express middleware that adds the error to a request's record, and passes it on: `app.use(recordErrors())`, behind all
 * routes and before error handlers of the application's own.
 */
export function recordErrors(): (
  error: unknown,
  request: ExpressRequest,
  response: ServerResponse,
  next: Next,
) => void {
  return (error, request, _response, next) => {
    recordingOf(request)?.fail(error);
    next(error);
  };
}

/** Where the router is mounted stands in `baseUrl` only while the router is at work: so the two are joined there and then. */
function rememberRoute(request: ExpressRequest & Added & Routed): void {
  let current = request.route;
  Object.defineProperty(request, 'route', {
    configurable: true,
    enumerable: true,
    get: () => current,
    set(route: Added['route']) {
      current = route;
      if (route !== undefined) request[ROUTE] = request.baseUrl + String(route.path);
    },
  });
}
