import { get } from 'node:http';
import type { SharedServer } from './shared.ts';

/** The server that this run's tests share, started at the first question; null where it cannot be had. */
export function sharedServer(kind: 'postgres' | 'mongodb'): Promise<SharedServer> {
  const socketPath = process.env.LOGVITALS_TEST_SERVERS;
  if (!socketPath)
    throw new Error('Shared servers are there in a run of Vitest alone (test/helpers/servers/shared.ts)');
  return new Promise((resolve, reject) => {
    // A connection of its own: a kept one is closed meanwhile when a test holds the event loop for seconds.
    const request = get({ socketPath, path: `/${kind}`, agent: false }, async (response) => {
      const text = (await response.toArray()).join('');
      if (response.statusCode === 200) resolve(JSON.parse(text) as SharedServer);
      else reject(new Error(`The ${kind} server did not start: ${text}`));
    });
    request.on('error', reject);
  });
}
