/**
 * How fast the PostgreSQL store keeps records, counts and all, beside bare COPY of the same rows into one table without
 * an index, committed as often, in the same run. What counts is the time of the core that client and server share, so
 * that other programs make no difference: `taskset -c 0 node test/bench/postgres-ingest.ts`
 *
 *   node test/bench/postgres-ingest.ts [--records 200000] [--requests-per-append 16] [--fsync]
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { runAtOnce } from '../../receiver/otlp/decode/drive.ts';
import { readRequest } from '../../receiver/otlp/read-request.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { openConnection } from '../../receiver/store/postgres/connection.ts';
import { copyRows, copySql, type RecordRow } from '../../receiver/store/postgres/copy-rows.ts';
import { openPostgresStore } from '../../receiver/store/postgres/postgres-store.ts';
import type { Batch } from '../../receiver/store/store.ts';
import { startPostgresServer } from '../helpers/servers/postgres-server.ts';
import { openWorkload } from './workload.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '200000' },
    'requests-per-append': { type: 'string', default: '16' },
    fsync: { type: 'boolean', default: false },
  },
});
const LIMITS = { valueBytes: 1 << 20, recordWeight: 4 << 20, requestWeight: 512 << 20 };
/** Records of the thirty days that the requests are the beginning of. */
const MONTH = 2_000_000;
/** As Linux counts the time of processes. */
const TICKS_PER_SECOND = 100;

const durable = ['fsync=on', 'synchronous_commit=on', 'full_page_writes=on'];
const server = await startPostgresServer(values.fsync ? durable : []);
if (server === null) throw new Error('There is no PostgreSQL here');
try {
  const appends = await makeAppends();
  const records = appends.flat().reduce((sum, batch) => sum + batch.records.length, 0);
  console.log(`${records.toLocaleString('en')} records in ${appends.length} appends`);
  const row = (...cells: string[]) => console.log(cells.map((cell) => cell.padStart(22)).join(''));
  row('', 'records/s of one core', 'records/s', 'µs client', 'µs server');
  const measurements = { 'bare COPY': await measureBare(appends), 'PostgreSQL store': await measureStore(appends) };
  for (const [name, { seconds, client, server: of }] of Object.entries(measurements)) {
    const perSecond = (time: number) => Math.round(records / time).toLocaleString('en');
    const each = (time: number) => ((time / records) * 1e6).toFixed(2);
    row(name, perSecond(client + of), perSecond(seconds), each(client), each(of));
  }
} finally {
  await server.dispose();
}

interface Measured {
  readonly seconds: number;
  /** Seconds of processor time. */
  readonly client: number;
  readonly server: number;
}

/** The first requests of the month that `npm run bench` sends, as the receiver decodes them, as many together as it commits. */
async function makeAppends(): Promise<Batch[][]> {
  const workload = await openWorkload(MONTH);
  const batches: Batch[] = [];
  for (let index = 0, wanted = Number(values.records); wanted > 0 && index < workload.requests; index++) {
    const { key, records } = runAtOnce(readRequest(workload.request(index), 'protobuf', LIMITS, 1n));
    batches.push({ key, records });
    wanted -= records.length;
  }
  workload.close();
  const size = Number(values['requests-per-append']);
  return Array.from({ length: Math.ceil(batches.length / size) }, (_, index) =>
    batches.slice(index * size, (index + 1) * size),
  );
}

async function measureStore(appends: readonly (readonly Batch[])[]): Promise<Measured> {
  const store = await openPostgresStore({
    url: server!.adminUrl,
    now: systemClock,
    diagnostics: createDiagnostics(),
  });
  const measured = await measure(async () => {
    for (const batches of appends) await store.append(batches);
  });
  await store.close();
  return measured;
}

/** The same rows, encoded beforehand. */
async function measureBare(appends: readonly (readonly Batch[])[]): Promise<Measured> {
  const encoded = appends.map((batches) => [...copyRows(batches.flatMap(({ records }) => records.map(rowOf)))]);
  const connection = openConnection({
    url: server!.adminUrl,
    schema: 'bare',
    connections: 1,
    queryTimeout: 60_000,
  });
  await connection.query(`create schema bare`);
  await connection.query(`create table bare.record (
    time timestamptz, sequence bigint, observed_time timestamptz, dropped bigint, logger_id integer, resource_id integer,
    scope_id integer, severity_number integer, ns smallint, observed_ns smallint, flags smallint, severity_text text,
    body text, folded text, attributes jsonb, trace_id text, span_id text, event_name text, group_id text, actor text,
    action text, tool text, object_type text, object_id text, uid_digest bytea, exact text)`);
  const measured = await measure(async () => {
    for (const chunks of encoded) {
      await connection.transaction((transaction) => transaction.copy(copySql('bare.record'), chunks));
    }
  });
  await connection.query('drop schema bare cascade');
  await connection.close();
  return measured;
}

function rowOf(record: RecordRow['record'], place: number): RecordRow {
  return { record, sequence: place, loggerId: place % 40, resourceId: 1, scopeId: 1, uidDigest: null };
}

async function measure(work: () => Promise<void>): Promise<Measured> {
  const start = performance.now();
  const ownBefore = process.cpuUsage();
  const serverBefore = serverSeconds();
  await work();
  const { user, system } = process.cpuUsage(ownBefore);
  return {
    seconds: (performance.now() - start) / 1000,
    client: (user + system) / 1e6,
    server: serverSeconds() - serverBefore,
  };
}

/** Of the server and all its processes, those that have ended included. */
function serverSeconds(): number {
  const { pid } = server!.process();
  let ticks = 0;
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const fields = statOf(name);
    const isServer = Number(name) === pid;
    if (!isServer && Number(fields[1]) !== pid) continue;
    // utime and stime; of the server itself also those of its children that have ended.
    const [utime, stime, ended, endedSystem] = fields.slice(11, 15).map(Number);
    ticks += utime! + stime! + (isServer ? ended! + endedSystem! : 0);
  }
  return ticks / TICKS_PER_SECOND;
}

/** The fields of /proc/PID/stat from the state on; none when the process has ended. */
function statOf(pid: string): string[] {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
  } catch {
    return [];
  }
}
