/**
 * `npm run bench`: every figure of PEERS.md and issue 5 beside its goal, on generated records of the shape measured
 * there (about 330 bytes each on the wire, 30 days, 40 loggers, 6–8 attributes). Machines differ, so baselines of the
 * same run stand beside: ingest beside a bare HTTP server that only reads the bodies, queries beside a scan of the same
 * bodies in memory. docs/benchmarks.md says how each is measured.
 *
 *   npm run bench -- [--records 2000000] [--requests-at-once 4] [--settle 600] [--trickle] [--json FILE]
 *                    [--markdown FILE] [--storage URL|postgres] [--folder FOLDER] [--cli FILE] [--profile FOLDER]
 */
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measureContention } from './contention.ts';
import { openDatabase } from './database.ts';
import { get } from './get.ts';
import { folderBytes, keepOffServerCore, type PinnedProcess, startPinned } from './process.ts';
import { measureQueries } from './queries.ts';
import { untilQuiet } from './quiet.ts';
import { Report } from './report.ts';
import { sendAll } from './send.ts';
import { measureTrickle } from './trickle.ts';
import { openWorkload, type Workload } from './workload.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '2000000' },
    'requests-at-once': { type: 'string', default: '4' },
    /** Seconds to wait at most until the store has sealed what it was given; 0 not to. */
    settle: { type: 'string', default: '600' },
    trickle: { type: 'boolean', default: false },
    json: { type: 'string' },
    /** The table of docs/benchmarks.md goes here. */
    markdown: { type: 'string' },
    /** An empty database instead of a folder; `postgres` alone is a server of the bench's own. */
    storage: { type: 'string' },
    /** A new folder where data goes, and stays afterwards. */
    folder: { type: 'string' },
    cli: { type: 'string', default: join(import.meta.dirname, '../../dist/receiver/cli.js') },
    /** V8 CPU profiles of the server go here. */
    profile: { type: 'string' },
  },
});
const atOnce = Number(values['requests-at-once']);
const database = await openDatabase(values.storage);
const MEGABYTE = 1e6;
/** What `untilQuiet` came to. */
const SETTLED = new Map([
  [true, 'when everything was sealed'],
  [false, 'the store was still at work'],
  [null, 'not waited for the rest to be sealed'],
]);

keepOffServerCore();
const temporary = mkdtempSync(join(tmpdir(), 'logvitals-bench-data-'));
const folder = values.folder ?? temporary;
mkdirSync(folder, { recursive: true });
if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty: what is in it would be measured, too`);
try {
  const started = performance.now();
  const workload = await openWorkload(Number(values.records));
  console.log(
    `${workload.records.toLocaleString('en')} records in ${workload.requests.toLocaleString('en')} requests,` +
      ` ${(workload.bytes / workload.records).toFixed(0)} bytes a record on the wire` +
      ` (ready after ${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
  const report = new Report({ records: workload.records, requestsAtOnce: atOnce });
  const data = join(folder, 'data');
  await measureIngest(workload, data, report);
  const server = await measureStart(data, report);
  await measureQueries(server.address('dashboard'), workload, report, database?.kind ?? 'embedded');
  addMemory(report, 'resident memory, most under queries', server.peakResidentBytes(), 200);
  await measureContention(server, workload, atOnce, report);
  await server.stop();
  if (values.trickle) {
    const trickled = join(folder, 'trickle');
    const quiet = await startServer(`file:${trickled}`);
    await measureTrickle(quiet, values.cli, trickled, report);
    await quiet.stop();
  }
  workload.close();
  report.finish(values);
} finally {
  await database?.close();
  rmSync(temporary, { recursive: true, force: true });
}

function startServer(storage: string): Promise<PinnedProcess> {
  const ports = ['--grpc-port', '0', '--http-port', '0', '--dashboard-port', '0'];
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  return startPinned([...profile, values.cli, 'serve', '--storage', database?.url ?? storage, ...ports]);
}

async function measureIngest(workload: Workload, data: string, report: Report): Promise<void> {
  const bare = await startPinned([join(import.meta.dirname, 'bare-server.ts')]);
  const baseline = await sendAll(workload, `${bare.address('http')}/v1/logs`, atOnce, bare);
  await bare.stop();

  report.heading('Ingest over OTLP/HTTP protobuf');
  const server = await startServer(`file:${data}`);
  addMemory(report, 'resident memory, idle and empty', server.residentBytes(), 90);
  const cpuBefore = server.cpuSeconds();
  const ingest = await sendAll(workload, `${server.address('otlp/http')}/v1/logs`, atOnce, server);
  const bytesAtOnce = database ? 0 : folderBytes(data);
  const isQuiet = await untilQuiet(server, database ? null : data, Number(values.settle));
  const settled = SETTLED.get(isQuiet);
  const perMillion = (seconds: number) => (seconds / workload.records) * 1e6;
  report.add({ name: 'records a second', value: workload.records / ingest.seconds, unit: '' });
  report.add({
    name: 'CPU seconds per million records, all in',
    value: perMillion(server.cpuSeconds() - cpuBefore),
    unit: 's',
    goal: 8,
    peer: '12–16',
    note: settled,
  });
  report.add({ name: '  until the last acknowledgement', value: perMillion(ingest.cpuSeconds), unit: 's' });
  report.add({ name: '  baseline: a bare HTTP server', value: perMillion(baseline.cpuSeconds), unit: 's' });
  addMemory(report, 'resident memory, most under load', server.peakResidentBytes(), 200, '170 MB');
  if (database) {
    const note = 'tables, indexes and counts, without the write-ahead log';
    const value = (await database.bytes()) / workload.records;
    report.add({ name: 'bytes a record in the database', value, unit: 'B', note });
  } else {
    const perRecord = (bytes: number) => bytes / workload.records;
    const value = perRecord(folderBytes(data));
    report.add({ name: 'bytes a record on disk', value, unit: 'B', goal: 45, peer: '49.5', note: settled });
    report.add({ name: '  right after the last acknowledgement', value: perRecord(bytesAtOnce), unit: 'B' });
  }
  await server.stop();
  if (!database) {
    report.add({ name: '  of the stopped server', value: folderBytes(data) / workload.records, unit: 'B' });
  }
}

/** Starts on the filled folder. */
async function measureStart(data: string, report: Report): Promise<PinnedProcess> {
  report.heading('Start with all records');
  const start = performance.now();
  const server = await startServer(`file:${data}`);
  const dashboard = server.address('dashboard');
  while ((await get(`${dashboard}/readyz`)).status !== 200);
  report.add({
    name: '/readyz answers 200 after',
    value: (performance.now() - start) / 1000,
    unit: 's',
    goal: 0.5,
    peer: '0.1–0.2',
  });
  const idle = server.residentBytes();
  const asked = performance.now();
  await get(`${dashboard}/`);
  report.add({ name: 'the first card page took', value: performance.now() - asked, unit: 'ms' });
  addMemory(report, 'resident memory, idle', idle, 90, '14 MB');
  return server;
}

function addMemory(report: Report, name: string, bytes: number, goal: number, peer?: string): void {
  report.add({ name, value: bytes / MEGABYTE, unit: 'MB', goal, peer });
}
