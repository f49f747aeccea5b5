import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KIND_QUERIES } from '../../dashboard/events/event-filter.ts';
import { parseQuery } from '../../receiver/query/parse.ts';
import type { Query } from '../../receiver/query/tree.ts';
import type { LogRecord } from '../../receiver/record/log-record.ts';
import { type Connection, openConnection } from '../../receiver/store/postgres/connection.ts';
import { createReader } from '../../receiver/store/postgres/read/reader.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { auditRecord, groupRecord, requestRecord } from '../helpers/audit.ts';
import { eventually } from '../helpers/eventually.ts';
import { DAY, logRecord, NOON } from '../helpers/records.ts';
import { append } from './contract/harness.ts';
import { describeOnPostgres, HOOK_TIMEOUT, openPostgres, ownSchema } from './postgres-opened.ts';
import { explaining, indexNames, recordAccess } from './postgres-plans.ts';

const DAYS = 12;
const RECORDS_A_DAY = 2500;
/** Of each day: audit events in turn of ten objects, requests, and steps of a group of the day. */
const EVENTS = 50;
const REQUESTS = 100;
const STEPS = 10;
const USERS = 300;
/** What is left of them where events stand. */
const LINES_OF_A_USER = 9;
/** Makes tables so large that reading all of one is never the cheapest. */
const FILLER = 'somebody looks around in the shop '.repeat(20);

await describeOnPostgres('events on PostgreSQL', (database) => {
  let store: LogStore;
  let connection: Connection;

  beforeAll(async () => {
    const schema = ownSchema();
    store = await openPostgres(database.url, { schema, now: () => NOON });
    connection = openConnection({ url: database.url, schema, connections: 2, queryTimeout: 60_000 });
    for (let day = 0; day < DAYS; day++) {
      await append(
        store,
        Array.from({ length: RECORDS_A_DAY }, (_, index) => recordOf(day, index)),
      );
    }
  }, HOOK_TIMEOUT);
  afterAll(async () => {
    await connection.close();
    await store.close();
  }, HOOK_TIMEOUT);

  // Autovacuum does it sooner or later; nobody may have to wait for it.
  describe.for([
    ['as they were stored', false],
    ['once they were analyzed', true],
  ] as const)('%s', ([, isAnalyzed]) => {
    beforeAll(async () => {
      if (isAnalyzed) await connection.query(`vacuum analyze ${connection.schema}.record`);
    }, HOOK_TIMEOUT);

    test.for([
      ["an object's history", queryOf('object.type:order object.id:7'), ['record_object'], (DAYS * EVENTS) / 10],
      ['what names an action', KIND_QUERIES.action, ['record_acted'], DAYS * EVENTS],
      ['the events of groups', KIND_QUERIES.group, ['record_grouped'], DAYS * STEPS],
      ['both', KIND_QUERIES.any, ['record_acted', 'record_grouped'], DAYS * (EVENTS + STEPS)],
      ['a group', queryOf('group:group-5'), ['record_group'], STEPS],
      ["an attribute's value that has a column", queryOf('user.id:u-7'), ['record_actor'], DAYS * LINES_OF_A_USER],
      ['requests', queryOf('event:logvitals.http'), ['record_event'], DAYS * REQUESTS],
    ] as const)('P62 P73 P74 P75 %s: listed and counted by its index alone', async ([, query, indexes, count]) => {
      const { connection: explained, nodes } = explaining(connection);
      const reader = createReader(explained);
      const { records } = await reader.search({ query, limit: 50 });
      expect(records).toHaveLength(Math.min(count, 50));
      const boundaries = [NOON - 2n * BigInt(DAYS) * DAY, NOON + DAY];
      const { counts, complete } = await reader.histogram({ query, boundaries });
      expect([counts.reduce((sum, each) => sum + each, 0), complete]).toEqual([count, true]);
      expect(recordAccess(nodes).filter(({ how }) => how === 'Seq Scan')).toEqual([]);
      expect(await indexNames(connection, nodes)).toEqual(new Set(indexes));
    });

    test('P78 what was done, and by whom, is counted from the events alone', async () => {
      const { connection: explained, nodes } = explaining(connection);
      const [actions] = await createReader(explained).facets({
        query: KIND_QUERIES.action,
        fields: [{ kind: 'named', name: 'action' }],
        limit: 10,
      });
      expect(actions).toEqual({ values: [{ value: 'update', count: DAYS * EVENTS }], complete: true });
      expect(await indexNames(connection, nodes)).toEqual(new Set(['record_acted']));
    });
  });

  test('P73 counting reads no rows, but for those that nobody has vacuumed', async () => {
    // Again while another transaction, such as the server's own analyze, is older than some of the rows.
    await eventually(async () => {
      await connection.query(`vacuum ${connection.schema}.record`);
      for (const query of [KIND_QUERIES.action, KIND_QUERIES.group, queryOf('event:logvitals.http')]) {
        const { connection: explained, nodes } = explaining(connection);
        await createReader(explained).histogram({ query, boundaries: [NOON - 5n * DAY, NOON - DAY] });
        expect(new Set(recordAccess(nodes).map(({ how }) => how))).toEqual(new Set(['Index Only Scan']));
      }
    });
  });
});

function queryOf(text: string): Query {
  const parsed = parseQuery(text);
  if (!parsed.ok) throw new Error(parsed.error.message);
  return parsed.query;
}

/** Records all over a day; among many lines of no interest, events, requests and steps of a group. */
function recordOf(day: number, index: number): LogRecord {
  const timestamp = NOON - BigInt(day) * DAY - (BigInt(index) * DAY) / BigInt(RECORDS_A_DAY) - 1n;
  const isEvery = (count: number, place: number) => index % (RECORDS_A_DAY / count) === place;
  if (isEvery(EVENTS, 0)) {
    const id = String(((index * EVENTS) / RECORDS_A_DAY) % 10);
    return auditRecord({ timestamp, object: { type: 'order', id } });
  }
  if (isEvery(REQUESTS, 1)) return requestRecord({ timestamp });
  if (isEvery(STEPS, 2)) return groupRecord(`group-${day}`, { timestamp });
  return logRecord({ timestamp, body: FILLER, attributes: { 'user.id': `u-${index % USERS}` } });
}
