import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TlsSettings } from './config/config.ts';

/** How long readers of live streams may keep a stopping server waiting, in milliseconds. */
const GRACE = 500;

/** Serves the dashboard; resolves with its address, `http://HOST:PORT`, once it listens. Rejects when it cannot. */
export async function startDashboardServer(
  listener: RequestListener,
  settings: { readonly host: string; readonly port: number; readonly tls: TlsSettings | null },
): Promise<{ readonly address: string; close(): Promise<void> }> {
  const { tls } = settings;
  const server = tls
    ? createHttpsServer({ cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, listener)
    : createHttpServer(listener);
  await listen(server, settings.host, settings.port);
  const { port } = server.address() as AddressInfo;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  return { address: `${tls ? 'https' : 'http'}://${host}:${port}`, close: () => closeSoon(server) };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function closeSoon(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), GRACE);
  await closed;
  clearTimeout(timer);
}
