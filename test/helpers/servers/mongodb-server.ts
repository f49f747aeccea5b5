import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const STAND_IN = join(import.meta.dirname, '../../../../shared/bin/mongo-server');

/** A server of the tests' own that speaks MongoDB's protocol. */
export interface MongodbServer {
  /** Without a database. */
  readonly url: string;
  /** Whether it is MongoDB itself: the stand-in lacks `explain`, TTL deletion, `collMod` and more. */
  readonly isReal: boolean;
  dispose(): Promise<void>;
}

/** Starts the stand-in, else what `mongodb-memory-server` can download; null where neither can be had. */
export async function startMongodbServer(): Promise<MongodbServer | null> {
  return existsSync(STAND_IN) ? startStandIn() : startDownloaded();
}

async function startStandIn(): Promise<MongodbServer> {
  const child = spawn(STAND_IN, ['0'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const url = await new Promise<string>((resolve, reject) => {
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      const printed = /mongodb:\/\/[^\s/]+/.exec(output)?.[0];
      if (printed) resolve(printed);
    });
    exited.then(() => reject(new Error(`${STAND_IN} ended before it was ready: ${output}`)));
  });
  return {
    url,
    isReal: false,
    async dispose() {
      child.kill('SIGTERM');
      await exited;
    },
  };
}

async function startDownloaded(): Promise<MongodbServer | null> {
  try {
    const { MongoMemoryServer } = await import('mongodb-memory-server-core');
    const server = await MongoMemoryServer.create();
    return {
      url: server.getUri().replace(/\/$/, ''),
      isReal: true,
      dispose: async () => void (await server.stop()),
    };
  } catch {
    // No download, no server: the suites are skipped by name.
    return null;
  }
}
