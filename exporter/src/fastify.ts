import { AsyncResource } from 'node:async_hooks';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Framework, recordIncoming, recordingOf } from './http/incoming.ts';
import { type RequestOptions, resolveRequestOptions } from './http/options.ts';

export type { BodyOptions, RequestOptions } from './http/options.ts';

/** What is read of Fastify's request. */
export interface FastifyRequest {
  readonly raw: IncomingMessage;
  readonly ip: string;
  readonly protocol: string;
  readonly routeOptions: { readonly url?: string | undefined };
}

interface FastifyReply {
  readonly raw: ServerResponse;
}

type Done = (error?: Error) => void;

/** What is used of a Fastify instance. */
export interface FastifyInstance<Request> {
  addHook(
    name: 'onRequest' | 'preValidation',
    hook: (request: Request, reply: FastifyReply, done: () => void) => void,
  ): unknown;
  addHook(
    name: 'onError',
    hook: (request: Request, reply: FastifyReply, error: Error, done: () => void) => void,
  ): unknown;
}

const FASTIFY: Framework<FastifyRequest> = {
  route: (request) => request.routeOptions.url,
  user: (request) => (request as { readonly user?: unknown }).user,
  clientAddress: (request) => request.ip,
  scheme: (request) => request.protocol,
};

/**
 * A Fastify plug-in that records every request: `await app.register(recordRequests())`, before the routes.
 * @throws TypeError naming the option that makes no sense.
 */
export function recordRequests<Request extends FastifyRequest = FastifyRequest>(
  options?: RequestOptions<Request>,
): (fastify: FastifyInstance<Request>, options: object, done: Done) => void {
  const settings = resolveRequestOptions(options);
  const scopes = new WeakMap<IncomingMessage, AsyncResource>();
  const plugin = (fastify: FastifyInstance<Request>, _options: object, done: Done) => {
    fastify.addHook('onRequest', (request, reply, next) =>
      recordIncoming(settings, FASTIFY, request, request.raw, reply.raw, (recording) => {
        scopes.set(request.raw, recording ?? new AsyncResource('LOGVITALS_REQUEST'));
        next();
      }),
    );
    // A body is parsed in the context of the connection it came over, and what follows would go on in it.
    fastify.addHook('preValidation', ({ raw }, _reply, next) => {
      const scope = scopes.get(raw);
      if (scope === undefined) next();
      else scope.runInAsyncScope(next);
    });
    fastify.addHook('onError', ({ raw }, _reply, error, next) => {
      recordingOf(raw)?.fail(error);
      next();
    });
    done();
  };
  // For all routes, not only for those that this plug-in might register.
  return Object.assign(plugin, {
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: '@logvitals/exporter/fastify',
  });
}
