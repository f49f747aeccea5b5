import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { createServer, type LogvitalsServer } from '../../receiver/index.ts';
import { MATCH_ALL, type Query } from '../../receiver/query/tree.ts';
import { StoreError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import { openConnection } from '../../receiver/store/postgres/connection.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { searchAll as searchOverHttp } from '../helpers/api-client.ts';
import { eventually } from '../helpers/eventually.ts';
import { batch, logRecord } from '../helpers/records.ts';
import { type PostgresServer, startPostgresServer, withClient } from '../helpers/servers/postgres-server.ts';
import { startTcpProxy, type TcpProxy } from '../helpers/tcp-proxy.ts';
import { append, searchAll, searchBodies } from './contract/harness.ts';
import { describeOnPostgres, HOOK_TIMEOUT, openPostgres, ownSchema } from './postgres-opened.ts';

/** Looks into the table of resources. */
const RESOURCE_QUERY: Query = { type: 'field', field: { kind: 'resource', key: 'a' }, test: { op: 'present' } };

await describeOnPostgres('on PostgreSQL', (database) => {
  let proxy: TcpProxy;
  beforeAll(async () => {
    proxy = await startTcpProxy(new URL(database.url));
  }, HOOK_TIMEOUT);
  afterAll(() => proxy.close(), HOOK_TIMEOUT);

  const asAdministrator = (sql: string) => withClient(database.adminUrl, (client) => client.query(sql));

  interface Said {
    readonly lines: string[];
    readonly store: LogStore;
  }

  /** A store behind the proxy, and what it says in the log. */
  async function openBehindProxy(options: { waitForServer?: boolean; schema?: string } = {}): Promise<Said> {
    const lines: string[] = [];
    const store = await openPostgres(proxy.through(database.url), {
      schema: ownSchema(),
      diagnostics: createDiagnostics((line) => lines.push(line)),
      ...options,
    });
    onTestFinished(() => {
      proxy.restore();
      proxy.resume();
      return store.close();
    });
    return { store, lines };
  }

  async function refusal(url: string): Promise<StoreError> {
    const error = await openPostgres(url, { schema: ownSchema(), waitForServer: true }).catch((reason) => reason);
    expect(error).toBeInstanceOf(StoreError);
    expect(error).not.toBeInstanceOf(StoreUnavailableError);
    return error as StoreError;
  }

  function changed(change: (url: URL) => void): string {
    const url = new URL(database.url);
    change(url);
    return url.href;
  }

  test('P34 what is wrong with a storage URL is said at once, without its secrets', async () => {
    const wrongPassword = await refusal(changed((url) => (url.password = 'hunter2')));
    expect(wrongPassword.message).toMatch(/PostgreSQL at 127\.0\.0\.1:\d+.*user name or the password .* is wrong/);
    const noPassword = await refusal(changed((url) => (url.password = '')));
    expect(noPassword.message).toContain('asks for a password');
    const noDatabase = await refusal(changed((url) => (url.pathname = '/nowhere')));
    expect(noDatabase.message).toContain('database nowhere');
    expect(noDatabase.message).toContain('does not exist');
    const noTls = await refusal(`${database.url}?sslmode=require`);
    expect(noTls.message).toContain('does not speak TLS');
    const noFile = await refusal(`${database.url}?sslmode=verify-ca&sslrootcert=/nowhere/ca.pem`);
    expect(noFile.message).toContain('a file of certificates that the storage URL names cannot be read (ENOENT)');
    const noUrl = await refusal('postgres://user:hunter2@[oops/db');
    expect(noUrl.message).toContain('postgres://USER:PASSWORD@HOST:5432/DATABASE');
    for (const { message } of [wrongPassword, noPassword, noDatabase, noTls, noFile, noUrl]) {
      expect(message).not.toContain('hunter2');
      expect(message).not.toContain(`:${new URL(database.url).password}@`);
    }
  });

  test('P34 a database whose encoding cannot hold every text is refused, with what to do', async () => {
    const latin = `${new URL(database.url).username}_latin1`;
    await asAdministrator(
      `create database ${latin} encoding 'LATIN1' locale 'C' template template0 owner ${new URL(database.url).username}`,
    );
    onTestFinished(async () => {
      await asAdministrator(`drop database ${latin} with (force)`);
    });
    const { message } = await refusal(changed((url) => (url.pathname = `/${latin}`)));
    expect(message).toContain(
      "encoding is LATIN1, and logvitals needs UTF8; make one by \"create database … encoding 'UTF8'",
    );
  });

  test('P34 a receiver whose user may not store records ends at its start; others read', async () => {
    const schema = ownSchema();
    const owner = await openPostgres(database.url, { schema });
    await append(owner, [logRecord({ body: 'seen' })]);
    await owner.close();
    const reader = `${new URL(database.url).username}_reader`;
    await asAdministrator(
      `create role ${reader} login password '${reader}'; grant usage on schema ${schema} to ${reader}; grant select on all tables in schema ${schema} to ${reader}`,
    );
    onTestFinished(async () => {
      await asAdministrator(`drop owned by ${reader}; drop role ${reader}`);
    });
    const url = changed((each) => {
      each.username = reader;
      each.password = reader;
    });
    const refused = await openPostgres(url, { schema, waitForServer: true }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreError);
    expect((refused as StoreError).message).toContain("the storage URL's user lacks a right (insert into ");

    const lines: string[] = [];
    const store = await openPostgres(url, { schema, diagnostics: createDiagnostics((line) => lines.push(line)) });
    expect(await searchBodies(store)).toEqual(['seen']);
    await store.close();
    expect(lines).toEqual([]);
  });

  test('P3 P34 a password that is changed meanwhile loses nothing: clients try again until it is right', async () => {
    const { username, password } = new URL(database.url);
    const schema = ownSchema();
    const store = await openPostgres(database.url, { schema, waitForServer: true });
    onTestFinished(async () => {
      await asAdministrator(`alter role ${username} password '${password}'`);
      await store.close();
    });
    await asAdministrator(`alter role ${username} password 'another'`);
    await asAdministrator(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${username}'`);
    await eventually(async () => {
      const error = await store.append([batch([logRecord({ body: 'kept' })])]).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect((error as Error).message).toContain('user name or the password of the storage URL is wrong');
    });
    await asAdministrator(`alter role ${username} password '${password}'`);
    await eventually(() => append(store, [logRecord({ body: 'kept' })]), 30);
    expect(await searchBodies(store)).toEqual(['kept']);
  });

  test('P34 a socket is named as libpq does, without a host', async () => {
    const error = await openPostgres('postgres://ana:hunter2@/logs?host=/nowhere').catch((reason) => reason);
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error.message).toBe('PostgreSQL at /nowhere:5432, database logs is away: its socket is not there');
  });

  test('P3 P34 a server that is away at the start: an error, or waited for; said once, and once that it is there', async () => {
    proxy.cut();
    const url = proxy.through(database.url);
    await expect(openPostgres(url, { schema: ownSchema() })).rejects.toBeInstanceOf(StoreUnavailableError);
    const { store, lines } = await openBehindProxy({ waitForServer: true });
    for (let tries = 0; tries < 3; tries++) {
      await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError);
      await expect(store.append([batch([logRecord()])])).rejects.toBeInstanceOf(StoreUnavailableError);
    }
    proxy.restore();
    await eventually(() => store.ping());
    await append(store, [logRecord()]);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/warn PostgreSQL at 127\.0\.0\.1:\d+, database \w+ is away: .*; waiting for it$/);
    expect(lines[1]).toMatch(/info PostgreSQL at .* is there$/);
  });

  test('P34 a server that comes with a trouble for good: every call says which, until it is mended', async () => {
    const schema = ownSchema();
    await (await openPostgres(database.url, { schema })).close();
    const setLast = (number: number) =>
      asAdministrator(`insert into ${schema}.migration (number, name) values (${number}, 'of the future')`);
    await setLast(1000);
    proxy.cut();
    const { store, lines } = await openBehindProxy({ waitForServer: true, schema });
    proxy.restore();
    await eventually(async () => {
      const error = (await store.ping().catch((reason: unknown) => reason)) as Error;
      expect(error).not.toBeInstanceOf(StoreUnavailableError);
      expect(error.message).toContain('a newer version of logvitals');
    });
    await asAdministrator(`delete from ${schema}.migration where number = 1000`);
    await eventually(() => store.ping());
    expect(lines.filter((line) => line.includes('newer version'))).toHaveLength(1);
  });

  test('P3 P9 connections cut in mid-ingest: what was acknowledged is there, and what was sent again is there once', async () => {
    const { store, lines } = await openBehindProxy();
    let isOver = false;
    let refused = 0;
    const acknowledged: string[] = [];
    const send = async (sender: number) => {
      for (let number = 0; !isOver; number++) {
        const name = `${sender}:${number}`;
        const request = batch([logRecord({ body: name }), logRecord({ body: `${name}'` })], name);
        for (;;) {
          try {
            await store.append([request]);
            acknowledged.push(name, `${name}'`);
            break;
          } catch (error) {
            expect(error).toBeInstanceOf(StoreUnavailableError);
            refused += 1;
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      }
    };
    const senders = Promise.all([0, 1, 2, 3].map(send));
    for (let outage = 0; outage < 5; outage++) {
      const before = acknowledged.length;
      await eventually(async () => expect(acknowledged.length).toBeGreaterThan(before + 20));
      proxy.cut();
      const refusedBefore = refused;
      await eventually(async () => expect(refused).toBeGreaterThan(refusedBefore));
      proxy.restore();
    }
    isOver = true;
    await senders;
    expect((await searchBodies(store)).sort()).toEqual(acknowledged.sort());
    const [card] = await store.cards({ boundaries: [1n, 2n ** 63n - 1n], recentFrom: 1n });
    expect(Array.from(card!.counts).reduce((sum, count) => sum + count)).toBe(acknowledged.length);
    expect(lines.filter((line) => line.includes('is away')).length).toBeLessThanOrEqual(5);
  });

  test('P9 a commit whose answer is lost: unavailable, and the retry finds it done', async () => {
    const schema = ownSchema();
    const { store } = await openBehindProxy({ schema });
    await asAdministrator(`
      create function ${schema}.be_slow() returns trigger language plpgsql as
        $$ begin perform pg_sleep(0.5); return null; end $$;
      create constraint trigger be_slow after insert on ${schema}.request deferrable initially deferred
        for each row execute function ${schema}.be_slow()`);
    const request = batch([logRecord()], 'request');
    const appended = store.append([request]).catch((reason: unknown) => reason);
    await withClient(database.adminUrl, (client) =>
      eventually(async () => {
        const { rows } = await client.query(
          `select 1 from pg_stat_activity where query = 'commit' and state = 'active' and datname = current_database()`,
        );
        expect(rows).toHaveLength(1);
      }),
    );
    proxy.cut();
    expect(await appended).toBeInstanceOf(StoreUnavailableError);
    proxy.restore();
    await asAdministrator(`drop trigger be_slow on ${schema}.request`);
    await eventually(() => store.ping());
    expect(await store.append([request])).toMatchObject([{ duplicate: true, stored: 0 }]);
    expect(await searchAll(store)).toHaveLength(1);
  });

  test('P3 connections that an administrator ends harm nobody: the next call has another', async () => {
    const { store } = await openBehindProxy();
    for (let round = 0; round < 5; round++) {
      await eventually(() => store.append([batch([logRecord()], `round ${round}`)]));
      await asAdministrator(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'logvitals' and datname = current_database()`,
      );
    }
    await eventually(() => store.ping());
    expect(await searchAll(store)).toHaveLength(5);
  });

  test('P3 P9 a full disk: refused as unavailable, nothing of it stored, and a retry stores it once', async () => {
    const schema = ownSchema();
    const { store } = await openBehindProxy({ schema });
    await append(store, [logRecord({ body: 'before' })]);
    await asAdministrator(`
      create function ${schema}.be_full() returns trigger language plpgsql as
        $$ begin raise 'could not extend file: No space left on device' using errcode = '53100'; end $$;
      create trigger be_full before insert on ${schema}.hour_count execute function ${schema}.be_full()`);
    const request = batch([logRecord({ body: 'after' })], 'request');
    const error = (await store.append([request]).catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error.message).toMatch(/its disk is full$/);
    expect(await searchBodies(store)).toEqual(['before']);
    await asAdministrator(`drop trigger be_full on ${schema}.hour_count`);
    expect(await store.append([request])).toMatchObject([{ duplicate: false, stored: 1 }]);
    expect(await store.append([request])).toMatchObject([{ duplicate: true, stored: 0 }]);
    expect(await searchBodies(store)).toEqual(['after', 'before']);
  });

  test('P3 a server without a connection to spare is unavailable, and not away for good', async () => {
    const { store } = await openBehindProxy();
    const role = new URL(database.url).username;
    await asAdministrator(`alter role ${role} connection limit 0`);
    await asAdministrator(`select pg_terminate_backend(pid) from pg_stat_activity where usename = '${role}'`);
    await eventually(async () => {
      const error = (await store.ping().catch((reason: unknown) => reason)) as Error;
      expect(error).toBeInstanceOf(StoreUnavailableError);
      expect(error.message).toContain('no connection to spare');
    });
    await asAdministrator(`alter role ${role} connection limit -1`);
    await eventually(() => store.ping());
  });

  test('P3 searches that wait for ever leave connections for what comes, and do not look like a server that is away', async () => {
    const schema = ownSchema();
    const lines: string[] = [];
    const store = await openPostgres(database.url, {
      schema,
      diagnostics: createDiagnostics((line) => lines.push(line)),
    });
    onTestFinished(() => store.close());
    await append(store, [logRecord()]);
    const leaving = new AbortController();
    await withClient(database.adminUrl, async (administrator) => {
      await administrator.query(`begin; lock table ${schema}.resource in access exclusive mode`);
      const searches = Array.from({ length: 8 }, () =>
        store.search({ query: RESOURCE_QUERY, limit: 10, signal: leaving.signal }).catch((error: unknown) => error),
      );
      await eventually(async () => {
        const { rows } = await administrator.query(
          `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
        );
        expect(rows.length).toBeGreaterThan(0);
      });
      await store.ping();
      await append(store, [logRecord({ body: 'meanwhile' })]);
      const reason = new Error('the client is gone');
      leaving.abort(reason);
      expect(await Promise.all(searches)).toEqual(searches.map(() => reason));
      await administrator.query('rollback');
    });
    expect(await searchAll(store)).toHaveLength(2);
    expect(lines).toEqual([]);
  });

  test.for([
    '53000',
    '57P05',
    '58000',
  ])('P3 what passes by itself is unavailable, not refused for good: error %s', async (code) => {
    const connection = openConnection({ url: database.url, schema: ownSchema(), connections: 1, queryTimeout: 60_000 });
    onTestFinished(() => connection.close());
    const sql = `do $$ begin raise exception using errcode = '${code}'; end $$`;
    const error = (await connection.query(sql).catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error.message).toContain(code);
  });

  test('P3 a server that hangs is unavailable to whoever connects apart from the pool', async () => {
    const url = proxy.through(database.url);
    const connection = openConnection({ url, schema: ownSchema(), connections: 1, queryTimeout: 60_000 });
    onTestFinished(() => {
      proxy.resume();
      return connection.close();
    });
    proxy.stall();
    await expect(connection.apart(({ query }) => query('select 1'))).rejects.toBeInstanceOf(StoreUnavailableError);
  });

  test('P3 a pool whose connections are all in use is busy, which is said', async () => {
    const connection = openConnection({ url: database.url, schema: ownSchema(), connections: 1, queryTimeout: 60_000 });
    onTestFinished(() => connection.close());
    const leaving = new AbortController();
    const slept = connection.query('select pg_sleep(55)', [], { signal: leaving.signal }).catch(() => {});
    const error = (await connection.query('select 1').catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error.message).toContain('all connections of this receiver are in use (postgres.connections)');
    expect(await connection.apart(({ query }) => query('select 1 as one'))).toEqual([{ one: 1 }]);
    leaving.abort();
    await slept;
  });

  test('P34 a right that was taken away is named, and the store goes on when it is given back', async () => {
    const schema = ownSchema();
    const { store } = await openBehindProxy({ schema });
    await append(store, [logRecord()]);
    const role = new URL(database.url).username;
    await asAdministrator(`alter table ${schema}.record owner to current_user`);
    const error = (await store.append([batch([logRecord()])]).catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(StoreError);
    expect(error.message).toContain('lacks a right (permission denied for table record)');
    await asAdministrator(`alter table ${schema}.record owner to ${role}`);
    await append(store, [logRecord()]);
  });

  test('P3 a server that answers nothing takes no more than the network holds: memory stays flat', async () => {
    const connection = openConnection({
      url: proxy.through(database.url),
      schema: ownSchema(),
      connections: 1,
      queryTimeout: 60_000,
    });
    onTestFinished(() => {
      proxy.resume();
      return connection.close();
    });
    const CHUNK = Buffer.from(`${'x'.repeat(1023)}\n`.repeat(64));
    let asked = 0;
    function* chunks() {
      for (; asked < 3000; asked++) yield CHUNK;
    }
    const copied = connection.transaction(async (transaction) => {
      await transaction.query('create temporary table taken (line text) on commit drop');
      proxy.stall();
      await transaction.copy('copy taken from stdin', chunks());
      return transaction.query<{ count: number }>('select count(*)::int as count from taken');
    });
    let before = -1;
    await eventually(async () => {
      const still = asked === before;
      before = asked;
      if (!still) await new Promise((resolve) => setTimeout(resolve, 200));
      expect(still).toBe(true);
    });
    // Three times as much was offered.
    expect(asked * CHUNK.length).toBeLessThan(64 * 1024 * 1024);
    proxy.resume();
    expect(await copied).toEqual([{ count: 3000 * 64 }]);
  });

  test('P3 a query whose caller left ends on the server, too', async () => {
    const connection = openConnection({
      url: database.url,
      schema: ownSchema(),
      connections: 1,
      queryTimeout: 60_000,
    });
    onTestFinished(() => connection.close());
    const aborter = new AbortController();
    const reason = new Error('the client is gone');
    const slept = connection.query('select pg_sleep(50)', [], { signal: aborter.signal });
    const running = () =>
      withClient(database.adminUrl, async (client) => {
        const { rows } = await client.query(`select 1 from pg_stat_activity where query = 'select pg_sleep(50)'`);
        return rows.length;
      });
    await eventually(async () => expect(await running()).toBe(1));
    aborter.abort(reason);
    await expect(slept).rejects.toBe(reason);
    await eventually(async () => expect(await running()).toBe(0));
    expect(await connection.query('select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('P3 a query that takes longer than it may is ended, and said to be unavailable', async () => {
    const connection = openConnection({ url: database.url, schema: ownSchema(), connections: 1, queryTimeout: 50 });
    onTestFinished(() => connection.close());
    const error = (await connection.query('select pg_sleep(50)').catch((reason: unknown) => reason)) as Error;
    expect(error).toBeInstanceOf(StoreUnavailableError);
    expect(error.message).toContain('longer than it may');
  });
});

describe('a server of our own', () => {
  let own: PostgresServer | null;
  beforeAll(async () => {
    own = await startPostgresServer(['synchronous_commit=on']);
  }, HOOK_TIMEOUT);
  afterAll(() => own?.dispose(), HOOK_TIMEOUT);

  async function start(storage: string): Promise<LogvitalsServer> {
    const said = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    onTestFinished(() => said.mockRestore());
    const server = await createServer({ storage, grpcPort: 0, httpPort: 0, dashboardPort: 0 });
    onTestFinished(() => server.close());
    return server;
  }

  function post(server: LogvitalsServer, body: string): Promise<Response> {
    const timeUnixNano = `${Date.now() - 60_000}000000`;
    const logRecords = [{ timeUnixNano, severityNumber: 9, body: { stringValue: body } }];
    return fetch(`${server.addresses.http}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }),
    });
  }

  const readiness = async (server: LogvitalsServer) => (await fetch(`${server.addresses.dashboard}/readyz`)).status;

  test('P3 P34 a receiver starts before its server, outlives it, and says all the while whether it is ready', async ({
    skip,
  }) => {
    if (own === null) skip('there are no programs of PostgreSQL');
    await own!.stop();
    const server = await start(own!.adminUrl);
    expect(await readiness(server)).toBe(503);
    expect((await post(server, 'too early')).status).toBe(503);
    const page = await (await fetch(server.addresses.dashboard)).text();
    expect(page).not.toContain(new URL(own!.adminUrl).password);

    for (const body of ['first', 'second']) {
      await own!.start();
      await eventually(async () => expect(await readiness(server)).toBe(200));
      expect((await post(server, body)).status).toBe(200);
      await own!.stop();
      await eventually(async () => expect(await readiness(server)).toBe(503));
      expect((await post(server, 'too late')).status).toBe(503);
    }
    await own!.start();
    await eventually(async () => expect(await readiness(server)).toBe(200));
    const found = await searchOverHttp(server.addresses.dashboard, '');
    expect(found.map(({ body }) => body)).toEqual(['second', 'first']);
  });

  test('P3 a server that is killed, with all its processes, comes back with what was acknowledged', async ({
    skip,
  }) => {
    if (own === null) skip('there are no programs of PostgreSQL');
    const store = await openPostgres(own!.adminUrl, { schema: ownSchema() });
    onTestFinished(() => store.close());
    await append(store, [logRecord()]);
    own!.process().kill('SIGQUIT');
    await eventually(async () => {
      await expect(store.ping()).rejects.toBeInstanceOf(StoreUnavailableError);
    });
    await own!.stop();
    await own!.start();
    await eventually(() => store.ping());
    const page = await store.search({ query: MATCH_ALL, limit: 10 });
    expect(page.records).toHaveLength(1);
  });
});
