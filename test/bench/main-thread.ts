/**
 * `node test/bench/main-thread.ts`: what a record costs on the thread that answers requests, from the socket to the
 * thresholds, with a storage that keeps nothing; beside a bare HTTP server that only reads the bodies, in the same run.
 * A tenth of the records are warnings or errors, and both have thresholds.
 *
 *   node test/bench/main-thread.ts [--records 200000] [--per-request 512,20] [--requests-at-once 4] [--profile FOLDER]
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { encodeRequest } from './encode.ts';
import { type PinnedProcess, startPinned } from './process.ts';
import { sendAll } from './send.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '200000' },
    'per-request': { type: 'string', default: '512,20' },
    'requests-at-once': { type: 'string', default: '4' },
    profile: { type: 'string' },
  },
});
const records = Number(values.records);
const atOnce = Number(values['requests-at-once']);
const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];

/** From so many records on, a request is a collector's. */
const COLLECTOR_REQUEST = 500;

for (const perRequest of values['per-request'].split(',').map(Number)) {
  const requests = makeRequests(perRequest);
  const sent = Math.floor(requests.length / 2) * perRequest;
  const bytes = requests.slice(requests.length / 2).reduce((sum, { length }) => sum + length, 0);
  const bare = await measure(['bare-server.ts'], '', requests);
  const ours = await measure(['null-store-server.ts'], '/v1/logs', requests, profile);
  console.log(
    `${String(perRequest).padStart(5)} records a request, ${(bytes / sent).toFixed(0)} bytes a record:` +
      ` ${(ours.microseconds / perRequest).toFixed(2)} µs a record, × ${(ours.microseconds / bare.microseconds).toFixed(1)} of a bare` +
      ` HTTP server (${(bare.microseconds / perRequest).toFixed(2)}); peak resident ${ours.megabytes.toFixed(0)} MB, bare ${bare.megabytes.toFixed(0)}`,
  );
}

/**
 * An hour's requests, in the order of their times; twice as many as are measured. Small ones come from the services
 * themselves, each its own; large ones from a collector, mixed.
 */
function makeRequests(perRequest: number): Buffer[] {
  const to = BigInt(Date.now()) * 1_000_000n;
  const from = to - 3_600_000_000_000n;
  const traffic = generateTraffic({ seed: 7, from, to, recordsPerDay: records * 50 })
    .take(records * 2)
    .map((record, index) => ({ ...record, severityNumber: severityOf(index, record.severityNumber) }));
  const requests: Buffer[] = [];
  const waiting = new Map<string, LogRecord[]>();
  for (const record of traffic) {
    const sender = perRequest < COLLECTOR_REQUEST ? record.service : '';
    const batch = waiting.get(sender) ?? [];
    batch.push(record);
    if (batch.length === perRequest) requests.push(encodeRequest(batch));
    waiting.set(sender, batch.length === perRequest ? [] : batch);
  }
  return requests;
}

function severityOf(index: number, generated: number): number {
  if (index % 20 === 0) return 13;
  return index % 20 === 10 ? 17 : generated;
}

/** CPU microseconds of a request. */
async function measure(
  program: readonly [string],
  path: string,
  requests: readonly Buffer[],
  flags: readonly string[] = [],
): Promise<{ microseconds: number; megabytes: number }> {
  const server: PinnedProcess = await startPinned([...flags, join(import.meta.dirname, ...program)]);
  const url = `${server.address('http')}${path}`;
  const send = (part: readonly Buffer[]) =>
    sendAll({ requests: part.length, request: (index) => part[index]! }, url, atOnce, server);
  // The first half is for the compiler.
  await send(requests.slice(0, requests.length / 2));
  const { cpuSeconds } = await send(requests.slice(requests.length / 2));
  const megabytes = server.peakResidentBytes() / 1e6;
  await server.stop();
  return { microseconds: (cpuSeconds / (requests.length / 2)) * 1e6, megabytes };
}
