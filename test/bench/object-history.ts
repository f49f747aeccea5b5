/**
 * `node test/bench/object-history.ts`: how fast one object's history comes over the API, and the views of audit events,
 * requests and groups, among two million generated records of thirty days. One record in a hundred is an audit event, of
 * one of as many objects as give each about twenty; five in a hundred are HTTP requests, one in two hundred belongs to a
 * group.
 *
 *   node test/bench/object-history.ts [--records 2000000] [--folder FOLDER | --storage postgres|URL]
 *
 * A FOLDER of the embedded store and the database of a URL are kept, and read again by the next run if they hold records.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import { Random } from '../../receiver/demo/random.ts';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { openStore } from '../../receiver/store/open.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { startApi } from '../dashboard/api/api-server.ts';
import { auditRecord, groupRecord, requestRecord } from '../helpers/audit.ts';
import { DAY } from '../helpers/records.ts';
import { openDatabase } from './database.ts';
import { get, getJson } from './get.ts';
import { Report } from './report.ts';

const DAYS = 30n;
const EVENTS_PER_OBJECT = 20;
const AUDIT_EVERY = 100;
const REQUEST_EVERY = 20;
const GROUPED_EVERY = 200;
const EVENTS_PER_GROUP = 8;
const BATCH = 512;
const OBJECTS_ASKED = 60;
const RUNS = 5;

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '2000000' },
    folder: { type: 'string' },
    storage: { type: 'string' },
  },
});
const records = Number(values.records);
const objects = Math.max(1, Math.round(records / AUDIT_EVERY / EVENTS_PER_OBJECT));
const database = await openDatabase(values.storage);
const temporary = mkdtempSync(join(tmpdir(), 'logvitals-bench-objects-'));
const storage = database?.url ?? `file:${values.folder ?? temporary}`;
const store = await openStore(storage, { now: systemClock, diagnostics: createDiagnostics() });
try {
  if ((await store.loggers()).length === 0) await fill(store);
  await measure(store);
} finally {
  await store.close();
  await database?.close();
  rmSync(temporary, { recursive: true, force: true });
}

async function fill(store: LogStore): Promise<void> {
  const to = systemClock();
  const random = new Random(11);
  let batch: LogRecord[] = [];
  const traffic = generateTraffic({ seed: 7, from: to - DAYS * DAY, to, recordsPerDay: records / Number(DAYS) });
  for (const record of traffic.map((generated, index) => standIn(index, generated, random))) {
    batch.push(record);
    if (batch.length < BATCH) continue;
    await store.append([{ key: null, records: batch }]);
    batch = [];
  }
  await store.append([{ key: null, records: batch }]);
}

/** A generated record, or in its place one about an object, a request or a step of a group. */
function standIn(index: number, record: LogRecord, random: Random): LogRecord {
  const { timestamp } = record;
  if (index % AUDIT_EVERY === 0) {
    const id = String(random.between(1, objects));
    const user = `user${random.between(1, 300)}`;
    return auditRecord({ timestamp, user, object: { type: 'order', id }, action: random.pick(['create', 'update']) });
  }
  if (index % REQUEST_EVERY === 1) {
    return requestRecord({ timestamp, status: random.chance(0.02) ? 502 : 200, duration: random.next() });
  }
  if (index % GROUPED_EVERY === 2) {
    const group = Math.floor(index / GROUPED_EVERY / EVENTS_PER_GROUP);
    return groupRecord(`group-${group}`, { timestamp });
  }
  return record;
}

async function measure(store: LogStore): Promise<void> {
  await using api = await startApi({ store, now: systemClock });
  const base = `${api.url}/api/v1`;
  const report = new Report({ records });
  report.heading('Over HTTP, warm (median)');
  const ids = Array.from({ length: OBJECTS_ASKED }, (_, index) => 1 + Math.floor((index * objects) / OBJECTS_ASKED));
  const histories = ids.map((id) => `objects/order/${id}/log`);
  const counts = await Promise.all(
    histories.map(async (path) => (await getJson<{ count: number }>(`${base}/${path}`)).count),
  );
  const note = `${(counts.reduce((sum, count) => sum + count, 0) / counts.length).toFixed(1)} records each`;
  const again: number[] = [];
  const inTurn: number[] = [];
  for (const path of histories) {
    // The first reads blocks that other objects' histories have pushed out of the cache.
    inTurn.push(await timed(`${base}/${path}`));
    again.push(await timed(`${base}/${path}`));
  }
  report.add({ name: "an object's history, asked again", value: median(again), unit: 'ms', goal: 20, note });
  report.add({ name: 'histories of many objects in turn', value: median(inTurn), unit: 'ms', note });
  const [traced] = (await getJson<{ results: { traceId: string }[] }>(`${base}/logs?q=trace:*&to=now-10d&limit=1`))
    .results;
  for (const [name, path] of Object.entries({
    'a group': 'groups/group-500',
    'a trace': `traces/${traced?.traceId}`,
    'newest 50 events, counted': 'events',
    'page 20 of them': 'events?page=20',
    'events of a user, counted': 'events?actor=user7',
    'events and groups of a user, counted': 'events?kind=any&actor=user7',
    'requests that failed': 'logs?q=event:logvitals.http%20http.response.status_code:%3E=500',
    'stats of 7 and 30 days': 'stats',
    'newest 50 requests': 'logs?q=event:logvitals.http',
    'requests by hour, 24 h': 'histogram?q=event:logvitals.http&buckets=24',
    'requests by day, 30 d': 'histogram?q=event:logvitals.http&from=now-30d&buckets=30',
  })) {
    const url = `${base}/${path}`;
    await timed(url);
    const runs: number[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await timed(url));
    report.add({ name, value: median(runs), unit: 'ms' });
  }
  report.finish({});
}

async function timed(url: string): Promise<number> {
  const start = performance.now();
  const { status, body } = await get(url);
  if (status !== 200) throw new Error(`${url} answered ${status}: ${body}`);
  return performance.now() - start;
}

function median(times: readonly number[]): number {
  return times.toSorted((one, other) => one - other)[times.length >> 1]!;
}
