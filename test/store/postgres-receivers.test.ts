import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { createAlertRunner } from '../../receiver/alerts/runner.ts';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import type { Alert } from '../../receiver/store/alert.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { eventually } from '../helpers/eventually.ts';
import { batch, DAY, errorRecord, HOUR, logRecord, NOON } from '../helpers/records.ts';
import { withClient } from '../helpers/servers/postgres-server.ts';
import { ALERT_SETTINGS, alertingBatch } from './alerting-batch.ts';
import { append, cardsOf, countByLevel, searchAll, searchBodies } from './contract/harness.ts';
import { CRASH_START, crashBatch } from './crash-batches.ts';
import { describeOnPostgres, openPostgres, ownSchema } from './postgres-opened.ts';

await describeOnPostgres('on PostgreSQL', (database) => {
  /** So many receivers' stores in one schema, opened at once. */
  async function openSeveral(count: number, schema = ownSchema()): Promise<LogStore[]> {
    const stores = await Promise.all(Array.from({ length: count }, () => openPostgres(database.url, { schema })));
    onTestFinished(async () => {
      await Promise.all(stores.map((store) => store.close()));
    });
    return stores;
  }

  const asAdministrator = (sql: string) => withClient(database.adminUrl, (client) => client.query(sql));

  async function openAt(schema: string, now: () => bigint): Promise<LogStore> {
    const store = await openPostgres(database.url, { schema, now });
    onTestFinished(() => store.close());
    return store;
  }

  function startChild(schema: string, ...task: readonly string[]): ChildProcess {
    const program = join(import.meta.dirname, 'postgres-receiver-child.ts');
    const child = spawn(process.execPath, [program, database.url, schema, ...task], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      child.kill('SIGKILL');
    });
    return child;
  }

  const exited = (child: ChildProcess) => new Promise((resolve) => child.once('close', resolve));

  test('P41 what any receiver stores all of them read: searches, cards and loggers agree, and no id is given twice', async () => {
    const stores = await openSeveral(3);
    const records = Array.from({ length: 600 }, (_, index) =>
      logRecord({
        timestamp: NOON - BigInt(index) * 2n * HOUR,
        severityNumber: 1 + (index % 24),
        logger: `logger ${index % 5}`,
        resource: { attributes: { pod: `pod ${index % 7}` } },
        body: String(index),
      }),
    );
    const ids = await Promise.all(records.map((record, index) => append(stores[index % stores.length]!, [record])));
    expect(new Set(ids.flat()).size).toBe(records.length);
    const boundaries = [NOON - 400n * DAY, NOON - 20n * DAY, NOON - 5n * DAY + 1n, NOON + 1n];
    const seen = await Promise.all(
      stores.map(async (store) => ({
        bodies: await searchBodies(store),
        cards: await cardsOf(store, { boundaries, recentFrom: NOON - 9n * DAY }),
        loggers: await store.loggers(),
      })),
    );
    expect(seen[0]!.bodies).toEqual(records.map(({ body }) => body));
    for (const { logger, counts } of seen[0]!.cards) {
      expect(counts).toEqual(
        countByLevel(
          records.filter((record) => record.logger === logger),
          boundaries,
        ),
      );
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  test('P9 a request that several receivers get at the same time is stored by one of them', async () => {
    const stores = await openSeveral(4);
    for (let round = 0; round < 10; round++) {
      const request = batch([logRecord({ body: `a ${round}` }), errorRecord({ body: `b ${round}` })], `r ${round}`);
      const appended = (await Promise.all(stores.map((store) => store.append([request])))).flat();
      expect(appended.map(({ stored }) => stored).sort()).toEqual([0, 0, 0, 2]);
    }
    expect(await searchAll(stores[0]!)).toHaveLength(20);
  });

  test('P9 records with a uid that several receivers get in different requests are stored once', async () => {
    const stores = await openSeveral(4);
    const records = Array.from({ length: 30 }, (_, index) =>
      logRecord({ body: String(index), attributes: { 'log.record.uid': `u${index}` } }),
    );
    const orders = [records, records.toReversed(), records.slice(10), records.toSorted(() => Math.random() - 0.5)];
    const appended = await Promise.all(stores.map((store, index) => store.append([batch(orders[index]!)])));
    expect(appended.flat().reduce((sum, { stored }) => sum + stored, 0)).toBe(30);
    expect(await searchAll(stores[0]!)).toHaveLength(30);
    const [card] = await cardsOf(stores[0]!, { boundaries: [1n, 2n ** 62n], recentFrom: 1n });
    expect(card!.counts.reduce((sum, count) => sum + count)).toBe(30);
  });

  test('P37 receivers that count the same loggers in any order never stand in each other’s way for good', async () => {
    const stores = await openSeveral(4);
    const loggers = Array.from({ length: 20 }, (_, index) => `logger ${index}`);
    await Promise.all(
      stores.map(async (store, index) => {
        for (let round = 0; round < 10; round++) {
          const order = index % 2 === 0 ? loggers : loggers.toReversed();
          await append(
            store,
            order.map((logger) => logRecord({ logger })),
          );
        }
      }),
    );
    const cards = await cardsOf(stores[0]!, { boundaries: [NOON - HOUR, NOON + HOUR], recentFrom: NOON });
    expect(cards.map(({ counts }) => counts.reduce((sum, count) => sum + count))).toEqual(loggers.map(() => 40));
  });

  test('P37 a receiver whose loggers stand in a circle of locks with another’s tries again', async () => {
    const schema = ownSchema();
    const role = new URL(database.url).username;
    await asAdministrator(`alter role ${role} set deadlock_timeout = '5s'`);
    onTestFinished(async () => {
      await asAdministrator(`alter role ${role} reset deadlock_timeout`);
    });
    const [first, later] = await Promise.all([0n, DAY].map((ahead) => openAt(schema, () => NOON + ahead)));
    const loggers = ['one', 'another'];
    const records = () => loggers.map((logger) => logRecord({ logger }));
    await append(first!, records());
    await withClient(database.adminUrl, async (other) => {
      // The store is the one whose wait is ended.
      await other.query(`set deadlock_timeout = '10min'; begin`);
      const { rows } = await other.query<{ id: number }>(`select id from ${schema}.logger order by digest desc`);
      const lock = (place: number) =>
        other.query(`select 1 from ${schema}.logger where id = $1 for update`, [rows[place]!.id]);
      await lock(0);
      const appended = append(later!, records());
      await eventually(async () => {
        const waiting = await asAdministrator(
          `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'insert into "${schema}".logger%'`,
        );
        expect(waiting.rows).toHaveLength(1);
      });
      await lock(1);
      await other.query('commit');
      await appended;
    });
    expect(await searchAll(later!)).toHaveLength(4);
  });

  test('P37 a logger whose id was given before others’ but committed later is known all the same', async () => {
    const schema = ownSchema();
    const [store] = await openSeveral(1, schema);
    const nextId = (id: number) =>
      withClient(database.url, (client) => client.query(`select setval('${schema}.logger_id_seq', ${id})`));
    await nextId(50_000);
    await append(store!, [logRecord({ logger: 'newest' })]);
    expect(await searchAll(store!)).toHaveLength(1);
    await nextId(7);
    await append(store!, [logRecord({ logger: 'late' })]);
    expect((await searchAll(store!)).map(({ logger }) => logger).sort()).toEqual(['late', 'newest']);
  });

  test('P26 states of more loggers than a statement takes parameters', async () => {
    const [store] = await openSeveral(1);
    const keys = Array.from({ length: 70_000 }, (_, index) => `key ${index}`);
    await store!.commitAlerts([{ key: keys.at(-1)!, version: 0, state: 'saved', alerts: [] }]);
    const states = await store!.alertStates(keys);
    expect(states).toHaveLength(keys.length);
    expect(states.filter(({ state }) => state === 'saved').map(({ key }) => key)).toEqual([keys.at(-1)]);
  });

  test('P37 receivers get on with each other where transactions are serializable unless they say otherwise', async () => {
    const role = new URL(database.url).username;
    await asAdministrator(`alter role ${role} set default_transaction_isolation = 'serializable'`);
    onTestFinished(async () => {
      await asAdministrator(`alter role ${role} reset default_transaction_isolation`);
    });
    const stores = await openSeveral(3);
    const rounds = Array.from({ length: 20 });
    await Promise.all(
      stores.map((store) =>
        Promise.all(rounds.map(() => append(store, [logRecord(), logRecord({ logger: 'other' })]))),
      ),
    );
    expect(await searchAll(stores[0]!)).toHaveLength(120);
  });

  /** A receiver's evaluation in this process: gives the alerts it fired. */
  async function evaluateHere(store: LogStore): Promise<Alert[]> {
    const heard: Alert[] = [];
    const runner = createAlertRunner({
      store,
      settings: ALERT_SETTINGS,
      now: () => NOON,
      diagnostics: createDiagnostics(() => {}),
    });
    runner.subscribe((alert) => heard.push(alert));
    await runner.evaluate([alertingBatch], await store.append([alertingBatch]));
    return heard;
  }

  test('P26 receivers that get the records at the same time fire one alert between them', async () => {
    const stores = await openSeveral(4);
    const heard = await Promise.all(stores.map(evaluateHere));
    expect(heard.flat()).toHaveLength(1);
    for (const store of stores) expect(await store.alerts({ limit: 10 })).toEqual(heard.flat());
  });

  test.each([
    'before',
    'after',
  ])('P9 P26 a receiver killed right %s it saved the alert: the retry at another brings about the one alert', async (stage) => {
    const schema = ownSchema();
    const [store] = await openSeveral(1, schema);
    await exited(startChild(schema, 'evaluate', stage));
    expect(await searchAll(store!)).toHaveLength(3);
    expect(await store!.alerts({ limit: 10 })).toHaveLength(stage === 'before' ? 0 : 1);
    expect(await evaluateHere(store!)).toHaveLength(stage === 'before' ? 1 : 0);
    expect(await store!.alerts({ limit: 10 })).toHaveLength(1);
  });

  test('P9 P26 a receiver killed while it saves the alert: nothing of it stays, and the retry at another fires', async () => {
    const schema = ownSchema();
    const [store] = await openSeveral(1, schema);
    const blocker = new pg.Client({ connectionString: database.url });
    await blocker.connect();
    onTestFinished(() => blocker.end());
    await blocker.query('begin');
    // The state can be saved, and the alert that belongs to it not yet.
    await blocker.query(`lock table ${schema}.alert in exclusive mode`);
    const child = startChild(schema, 'evaluate', 'during');
    await eventually(async () => {
      const { rows } = await blocker.query(
        `select 1 from pg_locks where not granted and relation = '${schema}.alert'::regclass`,
      );
      expect(rows).toHaveLength(1);
    });
    child.kill('SIGKILL');
    await exited(child);
    await blocker.query('commit');
    const heard = await evaluateHere(store!);
    expect(heard).toHaveLength(1);
    expect(await store!.alerts({ limit: 10 })).toEqual(heard);
  });

  test('P9 a receiver killed with kill -9 in mid-ingest while others go on: what it acknowledged is there, and retries double nothing', async () => {
    const schema = ownSchema();
    const [store] = await openSeveral(1, schema);
    const ROUNDS = 3;
    let next = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const child = startChild(schema, 'append', String(next));
      const acknowledged: number[] = [];
      const lines = createInterface({ input: child.stdout! });
      lines.on('line', (line) => acknowledged.push(Number(line)));
      await new Promise((resolve) => lines.once('line', resolve));
      const gone = exited(child);
      await append(store!, [logRecord({ body: 'from another' })]);
      await delay(Math.random() * 200);
      child.kill('SIGKILL');
      await gone;
      next = Math.max(...acknowledged) + 4;
      for (let number = 0; number < next; number++) {
        const [appended] = await store!.append([crashBatch(number)]);
        if (acknowledged.includes(number)) expect(appended).toMatchObject({ duplicate: true, stored: 0 });
      }
    }
    const expected = Array.from({ length: next }, (_, number) => crashBatch(number).records).flat();
    const bodies = (await searchBodies(store!)).filter((body) => body !== 'from another');
    expect(bodies.sort()).toEqual(expected.map(({ body }) => body).sort());
    const cards = await cardsOf(store!, {
      boundaries: [CRASH_START - 99n * DAY, CRASH_START + 99n * DAY],
      recentFrom: 1n,
    });
    const counted = cards.flatMap(({ counts }) => counts).reduce((sum, count) => sum + count, 0);
    expect(counted).toBe(expected.length + ROUNDS);
  });
});
