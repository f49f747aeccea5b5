import * as fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileQuery } from '../../receiver/query/evaluate.ts';
import { parseQuery } from '../../receiver/query/parse.ts';
import { and, fieldEquals, MATCH_ALL, type Query } from '../../receiver/query/tree.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { parseId } from '../../receiver/store/common/ids.ts';
import { END_OF_TIME } from '../../receiver/store/common/slots.ts';
import { type Connection, openConnection } from '../../receiver/store/postgres/connection.ts';
import { dayOf } from '../../receiver/store/postgres/day.ts';
import { partitionName } from '../../receiver/store/postgres/partitions.ts';
import { RowCandidates } from '../../receiver/store/postgres/read/candidates.ts';
import { createReader } from '../../receiver/store/postgres/read/reader.ts';
import { runSql } from '../../receiver/store/postgres/read/run-sql.ts';
import { conditionOf } from '../../receiver/store/postgres/read/search.ts';
import { SharedParts } from '../../receiver/store/postgres/read/shared-parts.ts';
import type { TimeRange } from '../../receiver/store/postgres/read/time-range.ts';
import { type Look, TimeWalk } from '../../receiver/store/postgres/read/time-walk.ts';
import { whereClause } from '../../receiver/store/postgres/read/where-clause.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { queryArbitrary, recordArbitrary } from '../helpers/arbitraries.ts';
import { eventually } from '../helpers/eventually.ts';
import { DAY, errorRecord, HOUR, logRecord, MINUTE, NOON } from '../helpers/records.ts';
import { withClient } from '../helpers/servers/postgres-server.ts';
import { append } from './contract/harness.ts';
import { describeOnPostgres, openPostgres, ownSchema } from './postgres-opened.ts';
import { explaining, recordAccess } from './postgres-plans.ts';

/** Days of the records whose plans are looked at. */
const DAYS = 12;
const RARE = 'quartz';
/** Makes tables so large that reading all of one is never the cheapest. */
const FILLER = ' who looks around in the shop'.repeat(20);

await describeOnPostgres('reading PostgreSQL', (database) => {
  async function opened(options: { readonly trigramIndex?: boolean } = {}) {
    const schema = ownSchema();
    const store = await openPostgres(database.url, { schema, now: () => NOON, waitForServer: true, ...options });
    const connection = openConnection({ url: database.url, schema, connections: 2, queryTimeout: 60_000 });
    return {
      store,
      connection,
      async close() {
        await connection.close();
        await store.close();
      },
    };
  }

  test('P31 what SQL lets through is never too little, and what it is certain of never too much', async () => {
    const { store, connection, close } = await opened();
    const records = fc.sample(recordArbitrary, 300);
    const ids = await append(store, records);
    const context = { connection, parts: new SharedParts(connection), budget: 10_000 };
    const bySequence = new Map(records.map((record, place) => [parseId(ids[place]!)!.sequence, record]));
    await fc.assert(
      fc.asyncProperty(queryArbitrary, async (query) => {
        const { may, must, isExact } = await conditionOf(context, query, {});
        const rows = await runSql(
          connection,
          sql<{ sequence: number; may: boolean; must: boolean }>`
            select sequence, (${may}) is true as may, (${must}) is true as must
            from ${sql.raw(connection.schema)}.record`,
          {},
        );
        const matches = compileQuery(query);
        for (const row of rows) {
          const isMatch = matches(bySequence.get(row.sequence)!);
          if (row.must) expect(isMatch).toBe(true);
          if (isMatch) expect(row.may).toBe(true);
          if (isExact) expect(row.may).toBe(row.must);
        }
        expect(rows).toHaveLength(records.length);
      }),
      { numRuns: 300 },
    );
    await close();
  });

  test('P31 what a query looks for is a parameter, never a part of the SQL', async () => {
    const { connection, close } = await opened();
    const hostile = `x' or 1=1; drop table record; -- "$1 \\`;
    const fields: Query[] = ['level', 'service', 'body', 'event', 'group', 'trace', 'actor'].flatMap((name) => [
      fieldEquals(name as 'level', hostile),
      { type: 'field', field: { kind: 'named', name: name as 'level' }, test: { op: 'prefix', value: hostile } },
    ]);
    const keys = (['attribute', 'resource'] as const).flatMap((kind): Query[] => [
      { type: 'field', field: { kind, key: hostile }, test: { op: 'equals', value: hostile } },
      { type: 'field', field: { kind, key: hostile }, test: { op: '>', value: 5 } },
      { type: 'field', field: { kind, key: hostile }, test: { op: 'present' } },
    ]);
    for (const query of [{ type: 'text', text: hostile } as const, ...fields, ...keys]) {
      const { may, must } = whereClause(query, { schema: connection.schema, loggersThat: () => [1, 2] });
      for (const truth of [may, must]) expect(truth.compile(connection.db).sql).not.toMatch(/drop|1=1/);
    }
    await close();
  });

  test.for([
    ['"a.b("', true],
    ['"100% _done"', true],
    ["it's", true],
    ['👩‍👩‍👧', true],
    ['"\u0000"', false],
    ['\ufffd', false],
    ['level:>=warn', true],
    ['service:shop OR -logger:shop.pay', true],
    ['trace:0af7651916cd43dd8448eb211c80319c -event:logvitals.audit', true],
    ['http.route:/pay', false],
    ['group:g-1', false],
    ['resource.host.name:a', false],
  ] as const)('P31 whether SQL decides %s by itself: %s', async ([text, isExact]) => {
    const { connection, close } = await opened();
    const parsed = parseQuery(text);
    if (!parsed.ok) throw new Error(parsed.error.message);
    expect(whereClause(parsed.query, { schema: connection.schema, loggersThat: () => [1] }).isExact).toBe(isExact);
    await close();
  });

  test('a walk along an index takes the tables of a month at a time, for each costs locks', async () => {
    const { store, connection, close } = await opened();
    await append(
      store,
      [0n, 20n, 100n, 390n].map((days) => logRecord({ timestamp: NOON - days * DAY })),
    );
    const walk = new TimeWalk(connection, { from: 0n, to: END_OF_TIME, order: 'newest', isServedByIndex: true });
    const looked: bigint[] = [];
    let reached: bigint | null = null;
    for (;;) {
      const look: Look<null> | null = await walk.look(reached, async () => null);
      if (!look) break;
      const { from, to }: TimeRange = look.stretch;
      expect(to - from).toBeLessThanOrEqual(32n * DAY);
      looked.push(from);
      reached = from;
    }
    expect(looked).toHaveLength(3);
    await close();
  });

  test('P30 a page over the tables of many days is not compiled before it runs', async () => {
    const { connection, close } = await opened();
    expect(await connection.query(`select current_setting('jit') as jit`)).toEqual([{ jit: 'off' }]);
    await close();
  });

  test('P10 P11 cards name the tables of the days that loggers last failed on, and no others', async () => {
    const { store, connection, close } = await opened();
    const failures = Array.from({ length: 70 }, (_, index) =>
      errorRecord({ timestamp: NOON - BigInt(index) * 5n * DAY - MINUTE, logger: `logger.${index % 40}` }),
    );
    // Tables of days between, and of days without an error.
    const others = Array.from({ length: 70 }, (_, index) => logRecord({ timestamp: NOON - BigInt(index) * DAY }));
    await append(store, [...failures, ...others]);
    const { connection: explained, nodes } = explaining(connection);
    const boundaries = [NOON - 360n * DAY, NOON + DAY];
    const cards = await createReader(explained).cards({ boundaries, recentFrom: NOON - HOUR + 1n });
    expect(cards).toHaveLength(41);
    expect(cards.filter(({ newestError }) => newestError !== null)).toHaveLength(40);
    const lastDays = failures.slice(0, 40).map(({ timestamp }) => partitionName(dayOf(timestamp)));
    const tables = new Set(recordAccess(nodes).map(({ table }) => table));
    expect(tables).toEqual(new Set(lastDays));
    await close();
  });

  test('P30 a field of too many values takes nothing away from the others', async () => {
    const { store, close } = await opened();
    const records = Array.from({ length: 16_000 }, (_, index) =>
      logRecord({ severityNumber: index % 2 === 0 ? 9 : 17, attributes: { request: `${index}` } }),
    );
    await append(store, records);
    const [levels, requests] = await store.facets({
      query: MATCH_ALL,
      fields: [
        { kind: 'named', name: 'level' },
        { kind: 'attribute', key: 'request' },
      ],
      limit: 5,
    });
    expect(levels).toEqual({
      values: [
        { value: 'ERROR', count: 8000 },
        { value: 'INFO', count: 8000 },
      ],
      complete: true,
    });
    expect(requests?.complete).toBe(false);
    await close();
  });

  test('P30 attributes that pack well are not all read for one page', async () => {
    const { store, connection, close } = await opened();
    const attributes = { filler: 'a'.repeat(1_000_000) };
    for (let i = 0; i < 10; i++) {
      await append(
        store,
        Array.from({ length: 10 }, () => logRecord({ attributes })),
      );
    }
    const source = new RowCandidates(connection, new SharedParts(connection), {
      truth: sql`true`,
      from: 0n,
      to: END_OF_TIME,
      order: 'newest',
      isExact: true,
      isServedByIndex: true,
    });
    const { records, next } = await source.fetch(null, 1000);
    expect(records.length).toBeGreaterThan(10);
    expect(records.length).toBeLessThan(70);
    expect(next).not.toBeNull();
    await close();
  });

  test('a read whose signal aborts ends on the server, too', async () => {
    const { store, connection, close } = await opened();
    await append(store, [logRecord()]);
    await withClient(database.adminUrl, async (client) => {
      await client.query(`begin; lock table ${connection.schema}.hour_count in access exclusive mode`);
      const controller = new AbortController();
      const reason = new Error('the client is gone');
      const search = store.search({ query: MATCH_ALL, limit: 5, signal: controller.signal });
      const settled = expect(search).rejects.toBe(reason);
      const waiting = async () => {
        const { rows } = await client.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
        );
        return rows.length;
      };
      await eventually(async () => expect(await waiting()).toBe(1));
      controller.abort(reason);
      await settled;
      await eventually(async () => expect(await waiting()).toBe(0));
      await client.query('rollback');
    });
    expect((await store.search({ query: MATCH_ALL, limit: 5 })).records).toHaveLength(1);
    await close();
  });

  test('a stretch that takes too long is given up for a shorter one', async () => {
    const { store, connection, close } = await opened();
    const start = NOON - 3n * DAY;
    await append(
      store,
      [0n, 10n, 20n, 30n].map((hours) => logRecord({ timestamp: start + hours * HOUR, body: `after ${hours} hours` })),
    );
    const widths: bigint[] = [];
    const walk = new TimeWalk(connection, { from: 0n, to: END_OF_TIME, order: 'newest', isServedByIndex: true });
    const look = await walk.look(null, async (stretch, signal) => {
      widths.push(stretch.to - stretch.from);
      if (widths.length === 1)
        await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
      return 'read';
    });
    expect(look).toMatchObject({ result: 'read', stretch: { to: expect.any(BigInt) } });
    expect(widths).toEqual([31n * HOUR, (31n * HOUR) / 16n]);
    await close();
  });

  test('P30 facets of keys that PostgreSQL has no text for are counted all the same', async () => {
    const { store, close } = await opened();
    const attributes = new Map([
      ['a\u0000b', 'x'],
      ['\ud800', 'y'],
    ]);
    await append(store, [logRecord({ attributes }), logRecord()]);
    const fields = ['a\u0000b', '\ud800', '\u0000'].map((key) => ({ kind: 'attribute', key }) as const);
    const counted = (await store.facets({ fields, query: MATCH_ALL, limit: 10 })).map(({ values }) => values);
    expect(counted).toEqual([[{ value: 'x', count: 1 }], [{ value: 'y', count: 1 }], []]);
    await close();
  });

  test('P30 facets count values that are too long to be grouped in SQL, and one that looks like the sign for them', async () => {
    const { store, close } = await opened();
    const long = 'x'.repeat(5000);
    const bodies = [long, long, `${long}y`, '\u0001', 'short', 'short', 'short'];
    await append(
      store,
      bodies.map((body) => logRecord({ body, attributes: { k: body } })),
    );
    const fields = [{ kind: 'named', name: 'body' } as const, { kind: 'attribute', key: 'k' } as const];
    const values = [
      { value: 'short', count: 3 },
      { value: long, count: 2 },
      { value: '\u0001', count: 1 },
      { value: `${long}y`, count: 1 },
    ];
    const facets = await store.facets({ fields, query: MATCH_ALL, limit: 10 });
    expect(facets).toEqual([
      { values, complete: true },
      { values, complete: true },
    ]);
    await close();
  });

  describe('with twelve days of records', () => {
    const start = NOON;
    let store: LogStore;
    let connection: Connection;
    let close: () => Promise<void>;

    beforeAll(async () => {
      ({ store, connection, close } = await opened({ trigramIndex: true }));
      for (let day = 0; day < DAYS; day++) {
        await append(
          store,
          Array.from({ length: 2500 }, (_, index) => recordOfDay(start - BigInt(day) * DAY, index)),
        );
      }
      const { schema } = connection;
      await eventually(async () => {
        const [row] = await connection.query<{ missing: number }>(
          `select count(*) as missing from pg_inherits where inhparent = '${schema}.record'::regclass and not exists (
             select from pg_index where indrelid = inhrelid and pg_get_indexdef(indexrelid) like '%gin_trgm_ops%')`,
        );
        expect(row?.missing).toBe(0);
      }, 60);
      // As autovacuum does it sooner or later: what waits beside a trigram index to be put into it makes using it dear.
      await connection.query(`vacuum analyze ${schema}.record`);
      await connection.query(`analyze ${schema}.hour_count`);
    });
    afterAll(() => close());

    const ofLogger = and(fieldEquals('service', 'shop'), fieldEquals('logger', 'logger.3'));
    const errors: Query = { type: 'level', op: '>=', level: 'ERROR' };

    test.for([
      ['the newest of all', MATCH_ALL],
      ['the newest of a logger', ofLogger],
      ['the newest errors of a logger', and(ofLogger, errors)],
      ['the newest with a common word', { type: 'text', text: 'ITEM' }],
    ] as [string, Query][])('P30 a page of %s reads by indexes, and few days’ tables', async ([, query]) => {
      const { connection: explained, nodes } = explaining(connection);
      const { records } = await createReader(explained).search({ query, limit: 50 });
      expect(records).toHaveLength(50);
      const access = recordAccess(nodes);
      expect(access.length).toBeGreaterThan(0);
      expect(access.filter(({ how }) => how === 'Seq Scan')).toEqual([]);
      expect(new Set(access.map(({ table }) => table)).size).toBeLessThan(DAYS);
    });

    test('P10 P11 cards read counts, and of the records by indexes the days at the edges', async () => {
      const { connection: explained, nodes } = explaining(connection);
      const boundaries = Array.from({ length: 25 }, (_, hour) => start - BigInt(24 - hour) * HOUR + 7n * MINUTE);
      const cards = await createReader(explained).cards({ boundaries, recentFrom: start - HOUR + 1n });
      expect(cards).toHaveLength(10);
      expect(cards.every(({ newestError }) => newestError !== null)).toBe(true);
      const access = recordAccess(nodes);
      expect(access.filter(({ how }) => how === 'Seq Scan')).toEqual([]);
      expect(new Set(access.map(({ table }) => table)).size).toBeLessThan(6);
    });

    test('P31 the trigram index leads to a rare text, in any case', async () => {
      const { connection: explained, nodes } = explaining(connection);
      const page = await createReader(explained).search({
        query: { type: 'text', text: RARE.toUpperCase().slice(1, 6) },
        limit: 50,
      });
      expect(page.records).toHaveLength(DAYS);
      expect(new Set(recordAccess(nodes).map(({ how }) => how))).toEqual(new Set(['Bitmap Heap Scan']));
      // PostgreSQL names the indexes itself that a new day's table takes over.
      const indexes = nodes.flatMap(({ 'Index Name': index }) => (index?.startsWith('record_') ? [index] : []));
      expect(indexes.filter((index) => !/_(text|coalesce_idx)$/.test(index))).toEqual([]);
    });

    test('a trace is found by its index, wherever it is', async () => {
      const { connection: explained, nodes } = explaining(connection);
      expect(await createReader(explained).trace('0af7651916cd43dd8448eb211c80319c', 100)).toHaveLength(DAYS);
      expect(recordAccess(nodes).filter(({ how }) => how === 'Seq Scan')).toEqual([]);
    });

    test('P30 pages, offsets and summaries agree over the stretches that time is cut into', async () => {
      const reader = createReader(connection);
      const query: Query = { type: 'text', text: 'number 7 ' };
      const all = await reader.search({ query, limit: 1000 });
      expect(all).toMatchObject({ next: null, complete: true });
      expect(all.records).toHaveLength(DAYS);
      const { records } = await reader.search({ query, limit: 5, offset: 4 });
      expect(records).toEqual(all.records.slice(4, 9));
      const far = await reader.search({ query: MATCH_ALL, limit: 3, offset: 2500 * DAYS - 2 });
      expect(far.records).toHaveLength(2);
      const boundaries = [start - 20n * DAY, start + DAY];
      const { counts, complete } = await reader.histogram({ query, boundaries });
      expect([counts.reduce((sum, count) => sum + count, 0), complete]).toEqual([DAYS, true]);
    });
  });
});

/** Records all over the day until an hour, of ten loggers; some errors, one with a rare text, one in a trace. */
function recordOfDay(end: bigint, index: number): LogRecord {
  return logRecord({
    timestamp: end - (BigInt(index) * DAY) / 2600n - 1n,
    severityNumber: index % 40 < 10 ? 17 : 9,
    logger: `logger.${index % 10}`,
    body: index === 1234 ? `a ${RARE} in the hall` : `item number ${index} added to the cart of somebody${FILLER}`,
    traceId: index === 777 ? '0af7651916cd43dd8448eb211c80319c' : '',
    attributes: { 'http.route': `/items/${index % 50}`, 'user.id': `u-${index % 300}` },
  });
}
