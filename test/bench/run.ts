/**
 * `npm run bench`: what logvitals costs and how fast it answers, on generated records of the shape PEERS.md measures
 * (about 300 bytes each on the wire, 30 days, 40 loggers, 6–8 attributes). Machines differ, so each figure stands beside
 * a baseline of the same run: ingest beside a bare HTTP server that only reads the bodies, queries beside a scan of the
 * same bodies in memory.
 *
 *   npm run bench -- [--records 200000] [--requests-at-once 4] [--storage file:FOLDER]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { folderBytes, startPinned } from './process.ts';
import { measureQueries } from './queries.ts';
import { sendAll } from './send.ts';
import { makeWorkload } from './workload.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '200000' },
    'requests-at-once': { type: 'string', default: '4' },
    storage: { type: 'string' },
  },
});
const records = Number(values.records);
const atOnce = Number(values['requests-at-once']);

const folder = mkdtempSync(join(tmpdir(), 'logvitals-bench-'));
try {
  console.log(`Making ${records.toLocaleString('en')} records …`);
  const workload = makeWorkload(records, join(folder, 'requests'));
  console.log(`${(workload.bytes / records).toFixed(0)} bytes a record on the wire, ${workload.requests} requests\n`);

  const bare = await startPinned([join(import.meta.dirname, 'bare-server.ts')]);
  const baseline = await sendAll(workload, `${bare.address('http')}/v1/logs`, atOnce, bare);
  await bare.stop();

  const data = join(folder, 'data');
  const ports = ['--grpc-port', '0', '--http-port', '0', '--dashboard-port', '0'];
  const cli = join(import.meta.dirname, '../../dist/receiver/cli.js');
  const server = await startPinned([cli, 'serve', '--storage', values.storage ?? `file:${data}`, ...ports]);
  const idle = server.residentBytes();
  const ingest = await sendAll(workload, `${server.address('otlp/http')}/v1/logs`, atOnce, server);

  const row = (name: string, value: string, beside: string) =>
    console.log(`${name.padEnd(44)}${value.padStart(14)}   ${beside}`);
  const perMillion = (seconds: number) => (seconds / records) * 1e6;
  row('records a second', Math.round(records / ingest.seconds).toLocaleString('en'), '');
  row(
    'server CPU seconds per million records',
    perMillion(ingest.cpuSeconds).toFixed(2),
    `× ${(ingest.cpuSeconds / baseline.cpuSeconds).toFixed(1)} of a bare HTTP server (${perMillion(baseline.cpuSeconds).toFixed(2)})`,
  );
  if (!values.storage) {
    const bytes = folderBytes(data) / records;
    row(
      'bytes per record on disk',
      bytes.toFixed(1),
      `× ${(bytes / (workload.bytes / records)).toFixed(2)} of the wire`,
    );
  }
  row('resident memory idle, under load', `${megabytes(idle)}, ${megabytes(server.peakResidentBytes())} MB`, '');
  console.log('\nwarm queries (median of 7, over HTTP)');
  await measureQueries(server.address('dashboard'), workload, row);
  await server.stop();
  workload.close();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(0);
}
