/**
 * `node test/bench/mongodb-ingest.ts`: how fast the MongoDB store keeps records, beside bare `insertMany`s of the same
 * documents into a collection with the same indexes, in turn, in the same run; then how many documents each
 * page of the dashboard reads. On `MONGODB_URL`, else on a stand-in of its own, whose speed says nothing of MongoDB's.
 *
 *   node test/bench/mongodb-ingest.ts [--records 100000] [--days 1] [--records-per-request 512] [--requests-per-append 8]
 */
import { parseArgs } from 'node:util';
import { type Collection, type Document, MongoClient } from 'mongodb';
import { generateTraffic } from '../../receiver/demo/generator.ts';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { and, fieldEquals, MATCH_ALL, type NamedField, type Query } from '../../receiver/query/tree.ts';
import type { AnyValue } from '../../receiver/record/any-value.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { formatId } from '../../receiver/store/common/ids.ts';
import { Database } from '../../receiver/store/mongodb/database.ts';
import { setUpIndexes } from '../../receiver/store/mongodb/index-set-up.ts';
import { DocumentWriter } from '../../receiver/store/mongodb/log-document.ts';
import { openMongodbStore } from '../../receiver/store/mongodb/mongodb-store.ts';
import { DEFAULTS } from '../../receiver/store/mongodb/options.ts';
import type { Batch, LogStore } from '../../receiver/store/store.ts';
import { mongodbDatabase } from '../helpers/mongodb.ts';
import { startMongodbServer } from '../helpers/servers/mongodb-server.ts';
import { watchCommands } from '../store/mongodb-commands.ts';

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '100000' },
    days: { type: 'string', default: '1' },
    'records-per-request': { type: 'string', default: '512' },
    'requests-per-append': { type: 'string', default: '8' },
  },
});
const records = Number(values.records);

const DAY = 86_400_000_000_000n;
const HOUR = DAY / 24n;
const days = Number(values.days);

/** Three of a hundred records say who did what to which object. */
const AUDITED_EVERY = 33;
const OBJECTS = 100;
const OBJECT_ID = 'order-7';

/** What reads issued, how many documents they were given, and where the server had to look at documents for that. */
const reads = { commands: 0, documents: 0, lookups: [] as Lookup[] };
using _watching = watchCommands({
  onStarted({ commandName, command }) {
    if (commandName === 'find' && command.find === 'logs') reads.lookups.push(command as Lookup);
  },
  onSucceeded({ commandName, reply }) {
    const { cursor } = reply as { cursor?: { firstBatch?: unknown[]; nextBatch?: unknown[] } };
    if (commandName !== 'find' && commandName !== 'getMore' && commandName !== 'aggregate') return;
    reads.commands++;
    reads.documents += (cursor?.firstBatch ?? cursor?.nextBatch ?? []).length;
  },
});

/** A find in `logs`. */
interface Lookup {
  readonly filter: Document;
  readonly skip?: number;
}

const { MONGODB_URL } = process.env;
const server = MONGODB_URL ? null : await startMongodbServer();
const serverUrl = MONGODB_URL ?? server?.url;
if (!serverUrl) throw new Error('There is no MongoDB: set MONGODB_URL');
try {
  const appends = makeAppends();
  console.log(`${records.toLocaleString('en')} records of ${days} days, ${values['records-per-request']} a request`);
  const { bare, stored, store, databaseUrl, close } = await timeBoth(serverUrl, appends);
  const perSecond = (seconds: number) => Math.round(records / seconds).toLocaleString('en');
  console.log(`bare insertMany: ${perSecond(bare)} records/s`);
  console.log(`append: ${perSecond(stored)} records/s`);
  console.log(`append / insertMany: ${((100 * bare) / stored).toFixed(0)} % (goal ≥ 80 %)`);
  await readPages(store, databaseUrl);
  await close();
} finally {
  await server?.dispose();
}

function audited(record: LogRecord, place: number): LogRecord {
  const attributes: [string, AnyValue][] = [
    ...record.attributes,
    ['logvitals.audit.action', ['create', 'update', 'delete'][Math.floor(place / AUDITED_EVERY) % 3]!],
    ['logvitals.object.type', 'order'],
    ['logvitals.object.id', `order-${place % OBJECTS}`],
    ['logvitals.group.id', `group-${place % (10 * OBJECTS)}`],
    ['user.id', `user-${place % 40}`],
  ];
  return { ...record, eventName: 'logvitals.audit', attributes: new Map(attributes) };
}

function makeAppends(): Batch[][] {
  const to = systemClock();
  const perRequest = Number(values['records-per-request']);
  const perAppend = Number(values['requests-per-append']);
  const all = generateTraffic({ seed: 7, from: to - BigInt(days) * DAY, to, recordsPerDay: records / days });
  const batches: Batch[] = [];
  let batch: LogRecord[] = [];
  const flush = () => {
    if (batch.length > 0) batches.push({ key: `request-${batches.length}`, records: batch });
    batch = [];
  };
  let place = 0;
  for (const record of all) {
    batch.push(place++ % AUDITED_EVERY === 0 ? audited(record, place) : record);
    if (batch.length === perRequest) flush();
  }
  flush();
  return Array.from({ length: Math.ceil(batches.length / perAppend) }, (_, index) =>
    batches.slice(index * perAppend, (index + 1) * perAppend),
  );
}

/** Seconds of all appends and of bare inserts, taken in turn so that whatever else the machine does hits both alike. */
async function timeBoth(url: string, appends: readonly Batch[][]) {
  const bareTest = await mongodbDatabase(url);
  const database = new Database({ ...DEFAULTS, url: bareTest.url });
  await setUpIndexes(database, undefined);
  const test = await mongodbDatabase(url);
  const store = await openMongodbStore({ url: test.url, now: systemClock, diagnostics: createDiagnostics() });
  let sequence = 0;
  let bare = 0;
  let stored = 0;
  for (const batches of appends) {
    const writer = new DocumentWriter('000000000000.1');
    const documents = batches.flatMap((batch) =>
      batch.records.map((record) => writer.write(record, formatId(record.timestamp, ++sequence))),
    );
    bare += await secondsOf(() => database.logs.insertMany(documents, { ordered: false }));
    stored += await secondsOf(() => store.append(batches));
  }
  const close = async () => {
    await Promise.all([database.close(), store.close()]);
    await Promise.all([bareTest.drop(), test.drop()]);
  };
  return { bare, stored, store, databaseUrl: test.url, close };
}

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function readPages(store: LogStore, databaseUrl: string): Promise<void> {
  const now = systemClock();
  const slots = (days: number, count: number) =>
    Array.from(
      { length: count + 1 },
      (_, index) =>
        ((now - BigInt(days) * DAY) / HOUR + 1n) * HOUR + (BigInt(index) * BigInt(days) * DAY) / BigInt(count),
    );
  const [first] = await store.loggers();
  const ofLogger = and(fieldEquals('service', first!.service), fieldEquals('logger', first!.logger));
  const text: Query = { type: 'text', text: 'payment' };
  const found = await store.search({ query: fieldEquals('level', 'error'), limit: 1 });
  const { traceId = '' } = found.records[0] ?? {};
  const pages: Record<string, () => Promise<unknown>> = {
    'cards, 24 h in hours': () => store.cards({ boundaries: slots(1, 24), recentFrom: now - HOUR }),
    'cards, 30 days': () => store.cards({ boundaries: slots(30, 30), recentFrom: now - HOUR }),
    'newest 50': () => store.search({ query: MATCH_ALL, limit: 50 }),
    'newest 50 of a logger': () => store.search({ query: ofLogger, limit: 50 }),
    'newest 50 errors of a logger': () =>
      store.search({ query: and(ofLogger, fieldEquals('level', 'error')), limit: 50 }),
    'newest 50 of warning and worse': () =>
      store.search({ query: { type: 'level', op: '>=', level: 'WARN' }, limit: 50 }),
    'newest 50 with a word': () => store.search({ query: text, limit: 50 }),
    "an object's history": () =>
      store.search({ query: and(fieldEquals('object.type', 'order'), fieldEquals('object.id', OBJECT_ID)), limit: 50 }),
    'newest 50 actions': () => store.search({ query: present('action'), limit: 50 }),
    'newest 50 updates by a user': () =>
      store.search({ query: and(fieldEquals('action', 'update'), fieldEquals('actor', 'user-8')), limit: 50 }),
    'histogram of actions, 30 days': () => store.histogram({ query: present('action'), boundaries: slots(30, 60) }),
    'actions, users and tools, 7 days': () =>
      store.facets({
        query: present('action'),
        fields: (['action', 'actor', 'tool'] as const).map((name) => ({ kind: 'named', name })),
        from: now - 7n * DAY,
        limit: 10_000,
      }),
    'newest 50 of an event name': () => store.search({ query: fieldEquals('event', 'logvitals.audit'), limit: 50 }),
    'a group': () => store.group('group-7', 1000),
    'a trace': () => store.trace(traceId, 1000),
    'histogram of all, 30 days': () => store.histogram({ query: MATCH_ALL, boundaries: slots(30, 60) }),
    'histogram of a word, 30 days': () => store.histogram({ query: text, boundaries: slots(30, 60) }),
    loggers: () => store.loggers(),
    alerts: () => store.alerts({ limit: 50 }),
  };
  await using client = await MongoClient.connect(databaseUrl);
  const logs = client.db().collection('logs');
  console.log(
    `documents: ${await logs.countDocuments()} records, ${await client.db().collection('counts').countDocuments()} counts`,
  );
  for (const [name, read] of Object.entries(pages)) {
    Object.assign(reads, { commands: 0, documents: 0, lookups: [] });
    const start = performance.now();
    await read();
    const milliseconds = performance.now() - start;
    console.log(
      `  ${name.padEnd(34)} ${String(reads.documents).padStart(7)} documents in ${reads.commands} answers, at most ${await passedOver(logs, reads.lookups)} others looked at, ${milliseconds.toFixed(0)} ms`,
    );
  }
}

function present(name: NamedField): Query {
  return { type: 'field', field: { kind: 'named', name }, test: { op: 'present' } };
}

/**
 * Documents that the server looked at and did not give: a find that asks for more than its index says (in `$and`) looks
 * at a stretch, until it has found enough.
 */
async function passedOver(logs: Collection, lookups: readonly Lookup[]): Promise<number> {
  let sum = 0;
  for (const { filter, skip } of [...lookups]) {
    const { $and, ...ofIndex } = filter;
    if ($and && !skip) sum += (await logs.countDocuments(ofIndex)) - (await logs.countDocuments(filter));
  }
  return sum;
}
