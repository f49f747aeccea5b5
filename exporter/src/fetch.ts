/** `@logvitals/exporter/fetch`: calls made with the global `fetch` and with undici. */
export type { BodyOptions, ExchangeOptions } from './http/options.ts';
export { recordCalls } from './http/undici-client.ts';
