/** Every SQL example of docs/postgresql.md is run as it stands there, but for the names of roles and databases. */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findPostgres } from '../helpers/postgres.ts';
import { errorRecord, logRecord, SECOND, warningRecord } from '../helpers/records.ts';
import { withClient } from '../helpers/servers/postgres-server.ts';
import { append } from './contract/harness.ts';
import { HOOK_TIMEOUT, openPostgres } from './postgres-opened.ts';

const PAGE = readFileSync(new URL('../../docs/postgresql.md', import.meta.url), 'utf8');
const STATEMENTS = [...PAGE.matchAll(/^```sql\n(.*?)^```$/gms)].flatMap(([, block]) =>
  block!
    .split(';')
    .map((statement) => statement.trim())
    .filter((statement) => statement !== ''),
);
const QUERIES = STATEMENTS.filter((statement) => statement.startsWith('select'));
const SET_UP = STATEMENTS.slice(0, 2);
const READER = STATEMENTS.filter((statement) => statement.includes('analyst'));

const isThere = (await findPostgres()) !== null;

describe.skipIf(!isThere)(isThere ? 'on PostgreSQL' : 'on PostgreSQL (there is none)', () => {
  const tag = randomBytes(4).toString('hex');
  const named = (statement: string) =>
    statement
      .replace(/role (logvitals|analyst)/, `role $1_${tag}`)
      .replace(/to analyst/, `to analyst_${tag}`)
      .replace('database logs owner logvitals', `database logs_${tag} owner logvitals_${tag}`);
  let server: string;
  let url: URL;

  beforeAll(async () => {
    server = (await findPostgres())!;
    await withClient(server, async (client) => {
      for (const statement of SET_UP) await client.query(named(statement));
    });
    url = new URL(server);
    url.pathname = `/logs_${tag}`;
    url.username = `logvitals_${tag}`;
    url.password = 'choose-a-better-one';
    const store = await openPostgres(url.href);
    const timestamp = BigInt(Date.now()) * 1_000_000n - SECOND;
    await append(store, [
      errorRecord({ timestamp, traceId: '0af7651916cd43dd8448eb211c80319c' }),
      warningRecord({ timestamp }),
      logRecord({ timestamp, attributes: { 'http.route': '/pay', 'logvitals.duration': 0.25 } }),
      logRecord({
        timestamp: timestamp - 3n * 86_400n * SECOND,
        attributes: { 'logvitals.object.type': 'invoice', 'logvitals.object.id': '42', 'user.id': 'ann' },
      }),
    ]);
    await store.close();
  }, HOOK_TIMEOUT);

  afterAll(
    () =>
      withClient(server, async (client) => {
        await client.query(`drop database logs_${tag} with (force)`);
        await client.query(`drop role logvitals_${tag}`);
        await client.query(`drop role if exists analyst_${tag}`);
      }),
    HOOK_TIMEOUT,
  );

  test('the page has the examples that these tests are about', () => {
    expect([SET_UP.length, QUERIES.length, READER.length]).toEqual([2, 6, 3]);
  });

  test.each(QUERIES)('P41 finds something: %s', async (query) => {
    const { rows } = await withClient(url.href, (client) => client.query(query));
    expect(rows.length).toBeGreaterThan(0);
  });

  test('P41 the reader of the page reads the views, and nothing else', async () => {
    await withClient(server, (client) => client.query(named(READER[0]!)));
    await withClient(url.href, async (client) => {
      for (const statement of READER.slice(1)) await client.query(named(statement));
    });
    const reader = new URL(url);
    reader.username = `analyst_${tag}`;
    reader.password = 'another-one';
    await withClient(reader.href, async (client) => {
      for (const query of QUERIES.slice(0, 5)) await client.query(query);
      await expect(client.query('select * from logvitals.record')).rejects.toThrow('permission denied');
      await expect(client.query('delete from logvitals.request')).rejects.toThrow('permission denied');
    });
  });

  test('P41 a condition on the time lets other days alone, through the view too', async () => {
    const { rows } = await withClient(url.href, (client) => client.query(`explain ${QUERIES[0]}`));
    const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', '');
    expect(plan).toContain(`record_${today}`);
    const earlier = new Date(Date.now() - 3 * 86_400_000).toISOString().slice(0, 10).replaceAll('-', '');
    expect(plan).not.toContain(`record_${earlier}`);
  });

  test('P41 the extension of the trigram index can be made by the owner of the database', async () => {
    await withClient(url.href, (client) => client.query(STATEMENTS.at(-1)!));
  });
});
