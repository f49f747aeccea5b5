/** `@logvitals/exporter/node-http`: requests to servers of `node:http`, and calls made with its client. */
export { recordCalls } from './http/node-client.ts';
export { recordRequests } from './http/node-server.ts';
export type { BodyOptions, ExchangeOptions, RequestOptions } from './http/options.ts';
