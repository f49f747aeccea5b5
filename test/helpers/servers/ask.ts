import { get } from 'node:http';
import type { SharedServer } from './shared.ts';

/** The server that this run's tests share, started at the first question; null where it cannot be had. */
export function sharedServer(kind: 'postgres' | 'mongodb'): Promise<SharedServer> {
  const socketPath = process.env.LOGVITALS_TEST_SERVERS;
  if (!socketPath)
    throw new Error('Shared servers are there in a run of Vitest alone (test/helpers/servers/shared.ts)');
  return new Promise((resolve, reject) => {
    const request = get({ socketPath, path: `/${kind}` }, async (response) => {
      const text = (await response.toArray()).join('');
      if (response.statusCode === 200) resolve(JSON.parse(text) as SharedServer);
      else reject(new Error(`The ${kind} server did not start: ${text}`));
    });
    request.on('error', reject);
  });
}
