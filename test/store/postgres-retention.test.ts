import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import type { LogStore } from '../../receiver/store/store.ts';
import { at, batch, DAY, errorRecord, HOUR, logRecord, MINUTE, NOON } from '../helpers/records.ts';
import { withClient } from '../helpers/servers/postgres-server.ts';
import { append, cardsOf, searchAll, searchBodies } from './contract/harness.ts';
import { describeOnPostgres, openPostgres, ownSchema } from './postgres-opened.ts';

await describeOnPostgres('on PostgreSQL', (database) => {
  /** A store whose clock stands at a time, NOON unless told otherwise. */
  async function open(schema: string, now = NOON): Promise<LogStore> {
    const store = await openPostgres(database.url, { schema, now: () => now });
    onTestFinished(() => store.close());
    return store;
  }

  const ask = <Row extends object>(sql: string) =>
    withClient(database.url, async (client) => (await client.query(sql)).rows as Row[]);

  async function partitions(schema: string): Promise<string[]> {
    const rows = await ask<{ name: string }>(
      `select relname as name from pg_inherits join pg_class on pg_class.oid = inhrelid
       where inhparent = '${schema}.record'::regclass order by 1`,
    );
    return rows.map(({ name }) => name);
  }

  async function rowsIn(table: string): Promise<number> {
    const [row] = await ask<{ count: number }>(`select count(*)::int as count from ${table}`);
    return row!.count;
  }

  const prune = (store: LogStore, olderThan: bigint, dryRun = false) =>
    store.prune({ olderThan, batchSize: 3, dryRun });

  test('P36 tables are made ahead of time, and for days that records come of', async () => {
    const schema = ownSchema();
    const store = await open(schema);
    const ahead = ['record_20261120', 'record_20261121', 'record_20261122'];
    expect(await partitions(schema)).toEqual([...ahead, 'record_default']);
    await append(store, [
      logRecord({ timestamp: NOON - 399n * DAY }),
      logRecord({ timestamp: at('2026-11-18T00:00:00Z') }),
      logRecord({ timestamp: at('2026-11-18T23:59:59.999999999Z') }),
      logRecord({ timestamp: NOON + 7n * DAY }),
    ]);
    expect(await partitions(schema)).toEqual([
      'record_20251017',
      'record_20261118',
      ...ahead,
      'record_20261127',
      'record_default',
    ]);
    expect(await rowsIn(`${schema}.record_20261118`)).toBe(2);
    expect(await rowsIn(`${schema}.record_default`)).toBe(0);
  });

  test('P36 times far from the present make no tables', async () => {
    const schema = ownSchema();
    const store = await open(schema);
    const before = await partitions(schema);
    const far = Array.from({ length: 200 }, (_, index) => logRecord({ timestamp: 1n + BigInt(index) * 500n * HOUR }));
    const future = Array.from({ length: 200 }, (_, index) => logRecord({ timestamp: NOON + BigInt(index + 8) * DAY }));
    await append(store, [...far, ...future]);
    expect(await partitions(schema)).toEqual(before);
    expect(await rowsIn(`${schema}.record_default`)).toBe(400);
    expect(await searchAll(store)).toHaveLength(400);
  });

  test('P36 records that wait in the default table are moved when their day has come', async () => {
    const schema = ownSchema();
    const early = await open(schema);
    await append(early, [
      logRecord({ timestamp: NOON + 20n * DAY, body: 'early' }),
      logRecord({ timestamp: NOON + 90n * DAY, body: 'too early' }),
      logRecord({ timestamp: 5n, body: 'no clock' }),
    ]);
    await early.close();
    const store = await open(schema, NOON + 20n * DAY);
    expect(await partitions(schema)).toContain('record_20261210');
    expect(await rowsIn(`${schema}.record_20261210`)).toBe(1);
    expect(await rowsIn(`${schema}.record_default`)).toBe(2);
    expect(await searchBodies(store, { order: 'oldest' })).toEqual(['no clock', 'early', 'too early']);
  });

  test('P36 P37 whole days go with their tables, the rest in batches, and counts with them', async () => {
    const schema = ownSchema();
    const store = await open(schema);
    const times = [
      ...Array.from({ length: 40 }, (_, index) => NOON - BigInt(index) * 5n * HOUR),
      1n,
      at('1999-12-31T23:59:59Z'),
      NOON + 300n * DAY,
    ];
    await append(
      store,
      times.map((timestamp) => errorRecord({ timestamp })),
    );
    const olderThan = NOON - 3n * DAY - 7n * MINUTE;
    const older = times.filter((timestamp) => timestamp < olderThan).length;
    expect(await prune(store, olderThan, true)).toEqual({ removed: older });
    expect(await prune(store, olderThan)).toEqual({ removed: older });
    expect(await partitions(schema)).toEqual([
      'record_20261117',
      'record_20261118',
      'record_20261119',
      'record_20261120',
      'record_20261121',
      'record_20261122',
      'record_default',
    ]);
    expect(await rowsIn(`${schema}.record_default`)).toBe(1);
    expect(await ask(`select * from ${schema}.hour_count where start < '2026-11-17 00:00Z'`)).toEqual([]);
    const [sums] = await ask<{ hours: number; quarters: number }>(
      `select (select sum(error)::int from ${schema}.hour_count) as hours,
              (select sum(error)::int from ${schema}.quarter_count) as quarters`,
    );
    expect(sums).toEqual({ hours: times.length - older, quarters: times.length - older });
    const [card] = await cardsOf(store, { boundaries: [1n, NOON + 1n], recentFrom: NOON });
    expect(card?.counts.reduce((sum, count) => sum + count)).toBe(times.length - older - 1);
    expect(await prune(store, olderThan, true)).toEqual({ removed: 0 });
  });

  test('P36 a long search holds a table up, never the records that come meanwhile', async () => {
    const schema = ownSchema();
    const store = await open(schema);
    await append(store, [logRecord({ timestamp: NOON - 9n * DAY }), logRecord()]);
    const reader = new pg.Client({ connectionString: database.url });
    await reader.connect();
    onTestFinished(() => reader.end());
    await reader.query('begin');
    await reader.query(`select count(*) from ${schema}.record`);
    let isPruned = false;
    const pruned = prune(store, NOON - DAY).then((result) => {
      isPruned = true;
      return result;
    });
    for (let number = 0; number < 20; number++) {
      await append(store, [logRecord({ timestamp: NOON + BigInt(number) })]);
      await sleep(50);
    }
    expect(isPruned).toBe(false);
    await reader.query('commit');
    expect(await pruned).toEqual({ removed: 1 });
    expect(await searchAll(store)).toHaveLength(21);
  });

  test('P36 tables that cannot be had hold records up once, not for each day', async () => {
    const schema = ownSchema();
    const store = await open(schema);
    const days = Array.from({ length: 100 }, (_, index) => NOON - BigInt(index + 1) * DAY);
    await withClient(database.url, async (backup) => {
      await backup.query(`begin; lock table ${schema}.record, ${schema}.record_default in access share mode`);
      for (const timestamp of days) await append(store, [logRecord({ timestamp })]);
      await append(
        store,
        days.map((timestamp) => logRecord({ timestamp: timestamp + 1n })),
      );
      expect(await rowsIn(`${schema}.record_default`)).toBe(200);
    });
    await store.close();
    await open(schema);
    expect(await rowsIn(`${schema}.record_default`)).toBe(0);
    expect(await partitions(schema)).toHaveLength(104);
  });

  test('P36 a prune that is broken off while it waits for a table gives the reason at once', async () => {
    const schema = ownSchema();
    const store = await open(schema);
    await append(store, [logRecord({ timestamp: NOON - 9n * DAY })]);
    const reader = new pg.Client({ connectionString: database.url });
    await reader.connect();
    onTestFinished(() => reader.end());
    await reader.query('begin');
    await reader.query(`select count(*) from ${schema}.record`);
    const reason = new Error('shutting down');
    const aborter = new AbortController();
    const pruned = store.prune({ olderThan: NOON, batchSize: 1, dryRun: false, signal: aborter.signal });
    setTimeout(() => aborter.abort(reason), 200);
    await expect(pruned).rejects.toBe(reason);
    await reader.query('commit');
    expect(await searchAll(store)).toHaveLength(1);
  });

  test('P37 loggers, resources and scopes that no record refers to are forgotten, and made anew', async () => {
    const schema = ownSchema();
    const old = NOON - 30n * DAY;
    const early = await open(schema, old);
    await append(early, [logRecord({ timestamp: old, logger: 'gone', resource: { attributes: { pod: 'gone' } } })]);
    await early.close();
    const store = await open(schema);
    await append(store, [logRecord()]);
    expect(await prune(store, NOON - DAY)).toEqual({ removed: 1 });
    for (const table of ['logger', 'resource', 'scope']) expect(await rowsIn(`${schema}.${table}`)).toBe(1);
    expect((await store.loggers()).map(({ logger }) => logger)).toEqual(['shop.cart']);
    await append(store, [logRecord({ logger: 'gone', resource: { attributes: { pod: 'gone' } } })]);
    expect((await searchAll(store)).map(({ logger }) => logger).sort()).toEqual(['gone', 'shop.cart']);
  });

  test('P37 rows that are there already cost no ids, whoever asks for them', async () => {
    const schema = ownSchema();
    const records = Array.from({ length: 2500 }, (_, index) => logRecord({ logger: `logger ${index}` }));
    for (let restarts = 0; restarts < 3; restarts++) {
      const store = await open(schema);
      await append(store, records);
      await store.close();
    }
    expect(await ask(`select max(id) as newest, count(*)::int as count from ${schema}.logger`)).toEqual([
      { newest: 2500, count: 2500 },
    ]);
    expect(await ask(`select last_value::int as last from ${schema}.logger_id_seq`)).toEqual([{ last: 2500 }]);
  });

  test('P9 requests are forgotten when no retry comes of them any more', async () => {
    const schema = ownSchema();
    const early = await open(schema);
    await early.append([batch([logRecord()], 'request')]);
    await early.close();
    const later = await open(schema, NOON + 7n * HOUR);
    expect(await later.append([batch([logRecord()], 'request')])).toMatchObject([{ duplicate: false, stored: 1 }]);
    expect(await later.append([batch([logRecord()], 'request')])).toMatchObject([{ duplicate: true, stored: 0 }]);
  });

  test('P36 P37 receivers that prune at once remove everything once between them', async () => {
    const schema = ownSchema();
    const stores = [await open(schema), await open(schema), await open(schema)];
    const times = Array.from({ length: 120 }, (_, index) => NOON - BigInt(index) * HOUR);
    await append(
      stores[0]!,
      [...times, 7n, 8n, 9n].map((timestamp) => logRecord({ timestamp })),
    );
    const results = await Promise.all(stores.map((store) => prune(store, NOON - 50n * HOUR)));
    expect(results.reduce((sum, { removed }) => sum + removed, 0)).toBe(69 + 3);
    expect(await searchAll(stores[1]!)).toHaveLength(51);
    const [sum] = await ask(`select sum(info)::int as info, min(info) as least from ${schema}.quarter_count`);
    expect(sum).toEqual({ info: 51, least: 1 });
  });
});
