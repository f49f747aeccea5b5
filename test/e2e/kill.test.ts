/** The promise that matters most: what was acknowledged is there, once, whatever happened to the process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { getCards, searchAll } from '../helpers/api-client.ts';
import { type RunningServer, startServer } from '../helpers/server.ts';
import { STORAGE_KINDS } from '../helpers/storages.ts';

const ROUNDS = Number(process.env.LOGVITALS_CRASH_ROUNDS ?? 4);
const RECORDS_PER_REQUEST = 20;
const CONCURRENT_CLIENTS = 4;

/** One export request: its bytes stay the same however often it is sent, as a retrying client's do. */
function requestOf(number: number): string {
  const now = BigInt(Date.now()) * 1_000_000n;
  const logRecords = Array.from({ length: RECORDS_PER_REQUEST }, (_, index) => ({
    timeUnixNano: String(now + BigInt(index)),
    severityNumber: index === 0 ? 17 : 9,
    body: { stringValue: `request ${number} record ${index}` },
    attributes: [{ key: 'request', value: { intValue: number } }],
  }));
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'survivor' } }] };
  return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'ledger' }, logRecords }] }] });
}

async function post(server: RunningServer, body: string): Promise<boolean> {
  try {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${server.http}/v1/logs`, { method: 'POST', headers, body });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

describe.each(STORAGE_KINDS)('on $kind', ({ isThere, make }) => {
  test.skipIf(!isThere)(
    `O30 O59 P9 kill -9 in mid-ingest, ${ROUNDS} rounds: everything acknowledged is there once`,
    async () => {
      const storage = await make();
      const unacknowledged = new Map<number, string>();
      let acknowledged = 0;
      let sent = 0;
      try {
        for (let round = 0; round < ROUNDS; round++) {
          const server = await startServer({ storage: storage.url });
          for (const [number, body] of unacknowledged) {
            expect(await post(server, body)).toBe(true);
            unacknowledged.delete(number);
            acknowledged++;
          }
          let stopping = false;
          const clients = Array.from({ length: CONCURRENT_CLIENTS }, async () => {
            while (!stopping) {
              const number = sent++;
              const body = requestOf(number);
              unacknowledged.set(number, body);
              if (!(await post(server, body))) return;
              unacknowledged.delete(number);
              acknowledged++;
            }
          });
          await sleep(200 + Math.random() * 600);
          await server.kill();
          stopping = true;
          await Promise.all(clients);
        }
        const server = await startServer({ storage: storage.url });
        for (const body of unacknowledged.values()) expect(await post(server, body)).toBe(true);
        acknowledged += unacknowledged.size;

        expect(acknowledged).toBe(sent);
        const records = await searchAll(server.dashboard, 'service:survivor');
        expect(new Set(records.map(({ body }) => body)).size).toBe(records.length);
        expect(records.length).toBe(sent * RECORDS_PER_REQUEST);
        const card = (await getCards(server.dashboard)).find(({ service }) => service === 'survivor');
        expect(card).toMatchObject({ total: sent * RECORDS_PER_REQUEST, errors: sent, recentErrors: sent });
        expect(await server.stop()).toBe(0);
      } finally {
        await storage.drop();
      }
    },
  );
});
