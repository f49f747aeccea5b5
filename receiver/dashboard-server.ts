import type { RequestListener, Server } from 'node:http';
import type Koa from 'koa';
import type { TlsSettings } from './config/config.ts';
import type { Diagnostics } from './diagnostics.ts';
import { http, https } from './net/http.ts';
import { formatAddress, type ListenAddress, listen } from './net/listen.ts';
import { readTlsFiles } from './net/tls-files.ts';

/** How long readers of live streams may keep a stopping server waiting, in milliseconds. */
const GRACE = 500;

/** Serves the dashboard; resolves with its address, `http://HOST:PORT`, once it listens. Rejects when it cannot. */
export async function startDashboardServer(
  listener: RequestListener,
  settings: ListenAddress & { readonly tls: TlsSettings | null },
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const { tls } = settings;
  const server = tls ? https.createServer(certificateOf(tls), listener) : http.createServer(listener);
  const port = await listen(server, settings, 'the dashboard');
  const address = `${tls ? 'https' : 'http'}://${formatAddress(settings.host, port)}`;
  return { address, close: () => closeSoon(server) };
}

/** Browsers need no certificate of their own, whatever senders need: they sign in with a token. */
function certificateOf(tls: TlsSettings): { cert: Buffer; key: Buffer } {
  const { cert, key } = readTlsFiles(tls);
  return { cert, key };
}

/** Koa middleware, in types that need none of Koa's: what a user's application or koa-mount takes. */
export type DashboardMiddleware = (context: object, next: () => Promise<unknown>) => Promise<unknown>;

export interface LazyDashboard {
  readonly listener: RequestListener;
  /** The whole dashboard as one piece of middleware for another Koa application. */
  readonly middleware: DashboardMiddleware;
}

/** Makes the dashboard for its first reader: a server that only receives does without the memory it takes. */
export function lazyDashboard(create: () => Promise<Koa>, diagnostics: Diagnostics): LazyDashboard {
  let loading: Promise<LazyDashboard> | null = null;
  const load = () => {
    loading ??= create().then((app) => ({ listener: app.callback(), middleware: middlewareOf(app) }));
    return loading;
  };
  return {
    listener(request, response) {
      load().then(
        ({ listener }) => listener(request, response),
        (error) => {
          diagnostics.error(`the dashboard cannot be loaded: ${error instanceof Error ? error.message : error}`);
          response.writeHead(500, { 'content-type': 'text/plain' }).end('the dashboard cannot be loaded\n');
        },
      );
    },
    middleware: async (context, next) => (await load()).middleware(context, next),
  };
}

function middlewareOf(dashboard: Koa): DashboardMiddleware {
  const { middleware } = dashboard;
  return (context, next) => {
    const runFrom = async (index: number): Promise<unknown> =>
      index === middleware.length
        ? next()
        : middleware[index]!(context as Koa.ParameterizedContext, () => runFrom(index + 1));
    return runFrom(0);
  };
}

async function closeSoon(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), GRACE);
  await closed;
  clearTimeout(timer);
}
