import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { createHealthRouter } from '../../../dashboard/api/health.ts';
import { createApiRouter } from '../../../dashboard/api/router.ts';
import type { DashboardOptions, DashboardSettings } from '../../../dashboard/options.ts';
import { createDiagnostics } from '../../../receiver/diagnostics.ts';
import { createLiveFeed } from '../../../receiver/ingest/live.ts';
import type { LogRecord } from '../../../receiver/record/log-record.ts';
import type { LogStore } from '../../../receiver/store/store.ts';
import { at, batch, idsOf } from '../../helpers/records.ts';
import { createMemoryStore } from '../../store/memory-store.ts';

/** What the servers of these tests take for now. */
export const NOW = at('2026-11-21T10:19:15.5Z');

export const SETTINGS: DashboardSettings = {
  title: 'logvitals',
  timeZone: null,
  pageSize: 50,
  cardsPageSize: 100,
  levels: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'],
  ranges: [
    { name: '24h', label: '24 hours', slots: 24, slot: { unit: 'minutes', minutes: 60 }, timeFormat: 'time' },
    { name: '30d', label: '30 days', slots: 30, slot: { unit: 'day' }, timeFormat: 'date' },
    { name: '1h', label: 'Last hour', slots: 12, slot: { unit: 'minutes', minutes: 5 }, timeFormat: 'time' },
  ],
  defaultRange: '24h',
  messagePreviewLength: 500,
  limits: { tails: 2 },
};

export interface ApiServer {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly store: LogStore;
  /** What the API told its owner of failures. */
  readonly errors: readonly string[];
  /** What reached Koa itself: nothing but resets by readers who left. */
  readonly koaErrors: readonly Error[];
  /** Stores records and tells those who follow, as ingest does. */
  add(...records: readonly LogRecord[]): Promise<readonly string[]>;
  get(path: string, init?: RequestInit): Promise<Response>;
  /** The JSON of an answer that must be 200. */
  json<T>(path: string): Promise<T>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** The API over real HTTP on the reference store. */
export async function startApi(
  options: Partial<DashboardOptions> & { readonly fail?: (operation: keyof LogStore) => boolean } = {},
): Promise<ApiServer> {
  const { fail, ...overrides } = options;
  const store = options.store ?? createMemoryStore({ now: () => NOW, ...(fail ? { fail } : {}) });
  const live = createLiveFeed(createDiagnostics(() => {}));
  const errors: string[] = [];
  const dashboard: DashboardOptions = {
    settings: SETTINGS,
    thresholdOf: () => 1,
    thresholdWindow: 3_600_000,
    live,
    metrics: () => '# HELP logvitals_up Whether it is up.\n# TYPE logvitals_up gauge\nlogvitals_up 1\n',
    authorize: () => 'granted',
    endpoints: () => null,
    now: () => NOW,
    onError: (message) => errors.push(message),
    ...overrides,
    store,
  };
  const app = new Koa();
  const koaErrors: Error[] = [];
  app.on('error', (error) => koaErrors.push(error));
  app.use(createApiRouter(dashboard).routes());
  app.use(createHealthRouter(dashboard).routes());
  const server = createServer(app.callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const get = (path: string, init?: RequestInit) => fetch(`${url}${path}`, init);
  return {
    url,
    store,
    errors,
    koaErrors,
    get,
    async add(...records) {
      const batches = [batch(records)];
      const appended = await store.append(batches);
      live.publish(batches, appended);
      return idsOf(appended[0]!, records.length).map((id) => id!);
    },
    async json<T>(path: string) {
      const response = await get(`/api/v1/${path}`);
      const text = await response.text();
      if (response.status !== 200) throw new Error(`${path} answered ${response.status}: ${text}`);
      return JSON.parse(text) as T;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
