import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type Framework, recordIncoming } from './incoming.ts';
import { type RequestOptions, resolveRequestOptions } from './options.ts';

/** A server of `node:http`, `node:https` or `node:http2` (with `allowHTTP1` or not). */
type HttpServer = Pick<Server, 'emit'>;
type Emit = (this: HttpServer, event: string, ...args: unknown[]) => boolean;

/** Authentication for the bare server leaves the user where Express's does. */
const NODE: Framework<IncomingMessage> = {
  user: (request) => (request as { readonly user?: unknown }).user,
};

/** Each hands over a request and a response. */
const REQUESTS = new Set(['request', 'checkContinue', 'checkExpectation']);
/** Each hands over a request and the connection. */
const DEPARTURES = new Set(['upgrade', 'connect']);

/**
 * Records every request that the server gets, WebSocket handshakes too: `recordRequests(createServer(…))`. Whatever
 * framework handles them, its own middleware of this package may be there as well and adds what it knows.
 * @returns what ends the recording.
 * @throws TypeError naming the option that makes no sense.
 */
export function recordRequests(server: HttpServer, options?: RequestOptions<IncomingMessage>): () => void {
  const settings = resolveRequestOptions(options);
  const emit = server.emit as Emit;
  let isOver = false;
  const recorded: Emit = function (event, ...args) {
    const isRequest = REQUESTS.has(event);
    if (isOver || !(isRequest || DEPARTURES.has(event))) return emit.call(this, event, ...args);
    const request = args[0] as IncomingMessage;
    const response = isRequest ? (args[1] as ServerResponse) : undefined;
    return recordIncoming(settings, NODE, request, request, response, (recording) => {
      try {
        return emit.call(this, event, ...args);
      } catch (error) {
        recording?.fail(error);
        throw error;
      }
    });
  };
  server.emit = recorded as HttpServer['emit'];
  return () => {
    isOver = true;
    // Others may have wrapped it meanwhile.
    if (server.emit === recorded) server.emit = emit as HttpServer['emit'];
  };
}
