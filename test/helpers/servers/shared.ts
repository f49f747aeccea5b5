import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type MongodbServer, startMongodbServer } from './mongodb-server.ts';
import { type PostgresServer, startPostgresServer } from './postgres-server.ts';

/** Names the socket at which tests ask for the servers that all of them share. */
const SOCKET_VARIABLE = 'LOGVITALS_TEST_SERVERS';

/** What a test is told of a shared server; null where none can be had. */
export type SharedServer = { readonly url: string; readonly isReal: boolean } | null;

/** One for all Vitest projects, which each run this set-up in the same process, loaded anew. */
const KEY = Symbol.for('logvitals.test.servers');
const shared = globalThis as { [KEY]?: { users: number; close: () => Promise<void> } };

/** Vitest's global set-up: servers are started when the first test asks for one, and end with the run. */
export default async function setup(): Promise<() => Promise<void>> {
  shared[KEY] ??= { users: 0, close: await serveServers() };
  const servers = shared[KEY];
  servers.users++;
  return async () => {
    if (--servers.users > 0) return;
    delete shared[KEY];
    await servers.close();
  };
}

async function serveServers(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'logvitals-servers-'));
  const socket = join(folder, 'socket');
  let postgres: Promise<PostgresServer | null> | undefined;
  let mongodb: Promise<MongodbServer | null> | undefined;
  const server: Server = createServer((request, response) => {
    const answer = (shared: Promise<SharedServer>) =>
      shared.then(
        (found) => response.end(JSON.stringify(found)),
        (error) => response.writeHead(500).end(String(error)),
      );
    if (request.url === '/postgres') {
      postgres ??= startPostgresServer();
      answer(postgres.then((started) => started && { url: started.adminUrl, isReal: true }));
    } else {
      mongodb ??= startMongodbServer();
      answer(mongodb.then((started) => started && { url: started.url, isReal: started.isReal }));
    }
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  process.env[SOCKET_VARIABLE] = socket;
  return async () => {
    await Promise.allSettled([postgres?.then((started) => started?.dispose()), mongodb?.then((it) => it?.dispose())]);
    await new Promise((resolve) => server.close(resolve));
    rmSync(folder, { recursive: true, force: true });
  };
}
