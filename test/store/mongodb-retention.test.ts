import { type Document, MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { MATCH_ALL, type Query } from '../../receiver/query/tree.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { openMongodbMigrations } from '../../receiver/store/mongodb/migrations.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { eventually } from '../helpers/eventually.ts';
import { findMongodb, NEEDS_REAL_MONGODB } from '../helpers/mongodb.ts';
import { DAY, errorRecord, HOUR, MINUTE } from '../helpers/records.ts';
import { append, cardsOf, countByLevel, countRecent, searchAll } from './contract/harness.ts';
import { mongodbStores, type TestMongodbStores } from './mongodb-database.ts';

const server = await findMongodb();
const NOW = systemClock();
const SECONDS_PER_DAY = 86_400;

describe.skipIf(server === null)('MongoDB retention', () => {
  const receiver = (retentionDays: number) => ({ retentionDays, waitForServer: true, now: () => NOW });

  /** At which age documents of these collections expire, in days. */
  async function expiries({ database }: TestMongodbStores): Promise<Record<string, number>> {
    await using client = await MongoClient.connect(database.url);
    const found: Record<string, number> = {};
    for (const collection of ['logs', 'counts', 'uids', 'loggers', 'requests']) {
      for (const { expireAfterSeconds } of await client.db().collection(collection).indexes()) {
        if (expireAfterSeconds !== undefined) found[collection] = expireAfterSeconds / SECONDS_PER_DAY;
      }
    }
    return found;
  }

  test('P36 records, counts and uids expire at the retention of the receiver that started last', async () => {
    await using stores = await mongodbStores();
    await stores.open(receiver(30));
    expect(await expiries(stores)).toEqual({ logs: 30, counts: 31, uids: 30, loggers: 30, requests: 0.25 });
    await stores.open(receiver(90));
    expect(await expiries(stores)).toEqual({ logs: 90, counts: 91, uids: 90, loggers: 90, requests: 0.25 });
    await stores.open(receiver(7));
    expect(await expiries(stores)).toEqual({ logs: 7, counts: 8, uids: 7, loggers: 7, requests: 0.25 });
  });

  test('P36 a command that only looks into the database changes no retention', async () => {
    await using stores = await mongodbStores();
    await stores.open({ retentionDays: 90 });
    expect(await expiries(stores)).toEqual({ requests: 0.25 });
    await stores.open(receiver(365));
    await stores.open({ retentionDays: 90 });
    expect((await expiries(stores)).logs).toBe(365);
  });

  test('P37 cards agree with the rows before, while and after the TTL monitor removes records', async () => {
    await using stores = await mongodbStores();
    const store = await stores.open(receiver(3));
    const records = await fill(store);
    const kept = records.filter(({ timestamp }) => timestamp >= NOW - 3n * DAY);
    const removed = records.length - kept.length;
    for (const share of [0, 0.5, 1]) {
      await removeAsMonitorDoes(stores, NOW - 3n * DAY, Math.floor(removed * share));
      await expectOnly(store, kept);
      const looking = await stores.open({ now: () => NOW });
      await expectOnly(looking, kept);
    }
  });

  test('P37 cards agree with the rows when records are kept for longer than before', async () => {
    await using stores = await mongodbStores();
    const store = await stores.open(receiver(3));
    const records = await fill(store);
    const kept = records.filter(({ timestamp }) => timestamp >= NOW - 3n * DAY);
    await removeAsMonitorDoes(stores, NOW - 3n * DAY, records.length);
    await store.close();
    await expectOnly(await stores.open(receiver(90)), kept);
  });

  test('migrating an empty database makes its collections and indexes, and then there is nothing to do', async () => {
    await using stores = await mongodbStores();
    const options = { url: stores.database.url, now: systemClock, diagnostics: createDiagnostics(() => {}) };
    const migrations = await openMongodbMigrations(options);
    try {
      const steps = [
        { number: 1, name: 'collections and their indexes' },
        { number: 2, name: 'records with actions and groups are found by that' },
      ];
      expect(await migrations.pending()).toEqual(steps);
      expect(await migrations.migrate()).toEqual(steps);
      expect(await migrations.pending()).toEqual([]);
      expect(await migrations.migrate()).toEqual([]);
    } finally {
      await migrations.close();
    }
    await append(await stores.open(), [errorRecord()]);
  });

  test('P73 P61 actions and groups of records that an earlier version stored are found after migrating', async () => {
    await using stores = await mongodbStores();
    const store = await stores.open();
    const attributes: Record<string, string | string[]>[] = [
      { 'logvitals.audit.action': 'login' },
      { 'logvitals.group.id': 'import-7' },
      { 'logvitals.audit.action': ['odd', 'one'] },
      { 'user.id': 'ada' },
    ];
    await append(
      store,
      attributes.map((some) => errorRecord({ attributes: some })),
    );
    await store.close();
    await using client = await MongoClient.connect(stores.database.url);
    const stored = await client.db().collection('logs').find().toArray();
    await client
      .db()
      .collection<{ terms: string[] }>('logs')
      .updateMany({}, { $pullAll: { terms: ['action*', 'group*'] } });
    await client
      .db()
      .collection<{ _id: string }>('meta')
      .updateOne({ _id: 'format' }, { $set: { version: 1 } });
    const migrated = await stores.open();
    const present = (name: 'action' | 'group') =>
      ({ type: 'field', field: { kind: 'named', name }, test: { op: 'present' } }) as const;
    const found = async (query: Query) => (await migrated.search({ query, limit: 10 })).records.length;
    expect(await found(present('action'))).toBe(2);
    expect(await found(present('group'))).toBe(1);
    expect(await found({ type: 'or', terms: [present('action'), present('group')] })).toBe(3);
    const byId = (documents: readonly Document[]) =>
      documents.map(({ _id, terms }) => [_id, (terms as string[]).toSorted()]).toSorted();
    expect(byId(await client.db().collection('logs').find().toArray())).toEqual(byId(stored));
  });

  test('an index that somebody dropped is there again after the next start', async () => {
    await using stores = await mongodbStores();
    const store = await stores.open(receiver(3));
    await using client = await MongoClient.connect(stores.database.url);
    await client.db().collection('logs').dropIndex('service_logger_id');
    await store.close();
    await stores.open(receiver(3));
    const names = (await client.db().collection('logs').indexes()).map(({ name }) => name);
    expect(names).toContain('service_logger_id');
  });

  test.skipIf(!server?.isReal)(
    `P36 MongoDB removes what has expired ${NEEDS_REAL_MONGODB}`,
    async () => {
      await using stores = await mongodbStores();
      const store = await stores.open(receiver(3));
      const records = await fill(store);
      const kept = records.filter(({ timestamp }) => timestamp >= NOW - 3n * DAY);
      await using client = await MongoClient.connect(stores.database.url);
      // The monitor comes by once a minute.
      await eventually(
        async () => expect(await client.db().collection('logs').countDocuments()).toBe(kept.length),
        150,
      );
      await expectOnly(store, kept);
    },
    180_000,
  );
});

/** Errors of two loggers over six days, one of them long silent. */
async function fill(store: LogStore): Promise<LogRecord[]> {
  const records = Array.from({ length: 200 }, (_, index) =>
    errorRecord({
      timestamp: NOW - BigInt(index) * (43n * MINUTE + 1n),
      severityNumber: 9 + (index % 16),
      logger: index < 140 ? 'shop.cart' : 'shop.silent',
    }),
  );
  await append(store, records);
  return records;
}

/** Removes the oldest records that have expired, as MongoDB would by and by. */
async function removeAsMonitorDoes({ database }: TestMongodbStores, horizon: bigint, most: number): Promise<void> {
  await using client = await MongoClient.connect(database.url);
  const logs = client.db().collection('logs');
  const expired = { timestamp: { $lt: new Date(Number(horizon / 1_000_000n)) } };
  const ids = await logs.find(expired, { sort: { timestamp: 1 }, limit: most || 1, projection: { _id: 1 } }).toArray();
  if (most > 0) await logs.deleteMany({ _id: { $in: ids.map(({ _id }) => _id) } });
}

/** Whatever is asked, the answer is that of these records. */
async function expectOnly(store: LogStore, records: readonly LogRecord[]): Promise<void> {
  expect(await searchAll(store)).toHaveLength(records.length);
  const loggers = [...new Set(records.map(({ logger }) => logger))].sort();
  expect((await store.loggers()).map(({ logger }) => logger).sort()).toEqual(loggers);
  const boundaries = Array.from({ length: 11 }, (_, day) => NOW - BigInt(9 - day) * DAY - 7n * MINUTE);
  const recentFrom = NOW - 20n * DAY;
  const cards = await cardsOf(store, { boundaries, recentFrom });
  expect(cards.map(({ logger }) => logger).sort()).toEqual(loggers);
  for (const { logger, counts, recent } of cards) {
    const members = records.filter((record) => record.logger === logger);
    expect(counts).toEqual(countByLevel(members, boundaries));
    expect(recent).toEqual(countRecent(members, recentFrom));
  }
  const histogram = await store.histogram({ query: MATCH_ALL, boundaries });
  expect(histogram.counts).toEqual(countByLevel(records, boundaries));
  const [facet] = await store.facets({ query: MATCH_ALL, fields: [{ kind: 'named', name: 'service' }], limit: 1 });
  expect(facet?.values[0]?.count).toBe(records.length);
  expect((await store.prune({ olderThan: NOW - 10n * HOUR * 24n, batchSize: 10, dryRun: true })).removed).toBe(0);
}
