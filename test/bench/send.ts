import { Agent, request } from 'node:http';
import type { PinnedProcess } from './process.ts';
import type { Requests } from './workload.ts';

/** Sends every request once, `atOnce` of them at a time, and says what that took the server. */
export async function sendAll(
  requests: Requests,
  url: string,
  atOnce: number,
  server: PinnedProcess,
): Promise<{ seconds: number; cpuSeconds: number }> {
  const agent = new Agent({ keepAlive: true, maxSockets: atOnce });
  const cpuBefore = server.cpuSeconds();
  const start = performance.now();
  let next = 0;
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      while (next < requests.requests) await post(agent, url, requests.request(next++));
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  agent.destroy();
  return { seconds, cpuSeconds: server.cpuSeconds() - cpuBefore };
}

/** Sends one request; resolves when it is acknowledged. */
export function post(agent: Agent, url: string, body: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const sent = request(url, { method: 'POST', agent, headers }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`the server answered ${response.statusCode}`));
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
