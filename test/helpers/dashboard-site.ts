import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import { createDashboard } from '../../dashboard/app.ts';
import type { DashboardOptions, DashboardSettings } from '../../dashboard/options.ts';
import type { StoredRecord } from '../../receiver/record/log-record.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { createMemoryStore } from '../store/memory-store.ts';
import { NOON } from './records.ts';

const SETTINGS: DashboardSettings = {
  title: 'logvitals',
  timeZone: 'UTC',
  pageSize: 10,
  cardsPageSize: 100,
  levels: ['DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'AUDIT'],
  ranges: [
    { name: '1h', label: '1 hour', slots: 12, slot: { unit: 'minutes', minutes: 5 }, timeFormat: 'time' },
    { name: '24h', label: '24 hours', slots: 24, slot: { unit: 'minutes', minutes: 60 }, timeFormat: 'time' },
    { name: '30d', label: '30 days', slots: 30, slot: { unit: 'day' }, timeFormat: 'date' },
    { name: '90d', label: '90 days', slots: 90, slot: { unit: 'day' }, timeFormat: 'date' },
  ],
  defaultRange: '24h',
  messagePreviewLength: 200,
  limits: { tails: 4 },
};

type SiteOptions = Partial<Omit<DashboardOptions, 'settings'>> & {
  readonly settings?: Partial<DashboardSettings>;
  /** What stands around the dashboard: another application that mounts it. */
  readonly mount?: (dashboard: Koa) => Koa;
};

export interface Site {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly store: LogStore;
  /** What the dashboard told its log. */
  readonly errors: readonly string[];
  /** Hands records to live views, as a commit does. */
  publish(records: readonly StoredRecord[]): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** A dashboard on a port of its own, over a memory store unless told otherwise; for it, it is noon. */
export async function startSite(options: SiteOptions = {}): Promise<Site> {
  const { settings, mount = (dashboard) => dashboard, ...rest } = options;
  const store = options.store ?? createMemoryStore({ now: () => NOON });
  const errors: string[] = [];
  const listeners = new Set<(records: readonly StoredRecord[]) => void>();
  const dashboard = createDashboard({
    thresholdOf: () => 1,
    thresholdWindow: 3_600_000,
    metrics: () => '',
    authorize: () => 'granted',
    endpoints: () => ({ http: 'http://127.0.0.1:4318', grpc: '127.0.0.1:4317' }),
    now: () => NOON,
    onError: (message) => errors.push(message),
    live: {
      subscribe(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    ...rest,
    store,
    settings: { ...SETTINGS, ...settings },
  });
  const server = createServer(mount(dashboard).callback()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    store,
    errors,
    publish(records) {
      for (const listener of listeners) listener(records);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** GETs a page as a browser without JavaScript would. */
export async function getPage(
  site: Pick<Site, 'url'>,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly headers: Headers; readonly html: string }> {
  const response = await fetch(`${site.url}${path}`, { headers, redirect: 'manual' });
  return { status: response.status, headers: response.headers, html: await response.text() };
}
