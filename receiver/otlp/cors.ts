import type { IncomingMessage, ServerResponse } from 'node:http';

/** Browsers may remember a preflight's answer for so long. */
const MAX_AGE_SECONDS = 7200;
const HEADER_LIST = /^[A-Za-z0-9!#$%&'*+.^_`|~ ,-]{1,1000}$/;

/**
 * Answers for browser SDKs (O57): off unless origins are allowed. `*` allows any. Sets the headers of a request from
 * an allowed origin.
 */
export function allowOrigin(request: IncomingMessage, response: ServerResponse, origins: readonly string[]): boolean {
  if (origins.length === 0) return false;
  response.setHeader('vary', 'origin');
  const { origin } = request.headers;
  if (origin === undefined || !(origins.includes('*') || origins.includes(origin))) return false;
  response.setHeader('access-control-allow-origin', origin);
  return true;
}

/** Whether a browser asks if it may send; asked without credentials, so answered without. */
export function isPreflight(request: IncomingMessage): boolean {
  return request.method === 'OPTIONS' && request.headers['access-control-request-method'] !== undefined;
}

export function answerPreflight(request: IncomingMessage, response: ServerResponse): void {
  const wanted = request.headers['access-control-request-headers'];
  response.setHeader('access-control-allow-methods', 'POST');
  response.setHeader('access-control-max-age', MAX_AGE_SECONDS);
  if (typeof wanted === 'string' && HEADER_LIST.test(wanted))
    response.setHeader('access-control-allow-headers', wanted);
  response.writeHead(204).end();
}
