import { expect, onTestFinished, test } from 'vitest';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import type { LogStore } from '../../receiver/store/store.ts';
import { eventually } from '../helpers/eventually.ts';
import { DAY, errorRecord, logRecord, NOON } from '../helpers/records.ts';
import { withClient } from '../helpers/servers/postgres-server.ts';
import { append, searchBodies } from './contract/harness.ts';
import { describeOnPostgres, openPostgres, ownSchema } from './postgres-opened.ts';

await describeOnPostgres('on PostgreSQL', (database) => {
  async function open(schema: string, trigramIndex: boolean): Promise<{ store: LogStore; lines: string[] }> {
    const lines: string[] = [];
    const diagnostics = createDiagnostics((line) => lines.push(line));
    const store = await openPostgres(database.url, {
      schema,
      trigramIndex,
      diagnostics,
      now: () => NOON,
      waitForServer: true,
    });
    onTestFinished(() => store.close());
    return { store, lines };
  }

  /** Tables that have a valid index, the one above them included. */
  async function indexed(schema: string): Promise<string[]> {
    const { rows } = await withClient(database.url, (client) =>
      client.query(
        `select tablename as name from pg_indexes join pg_index on indexrelid = format('%I.%I', schemaname, indexname)::regclass
         where schemaname = $1 and indexdef like '%gin_trgm_ops%' and indisvalid order by 1`,
        [schema],
      ),
    );
    return rows.map(({ name }) => name);
  }

  const ahead = ['record_20261120', 'record_20261121', 'record_20261122'];

  test('a command that looks without the setting leaves the index where it is', async () => {
    const schema = ownSchema();
    const receiver = await open(schema, true);
    await eventually(async () => expect(await indexed(schema)).toEqual(expect.arrayContaining(ahead)), 60);
    await receiver.store.close();
    const command = await openPostgres(database.url, { schema, now: () => NOON });
    await searchBodies(command);
    await command.close();
    expect(await indexed(schema)).toEqual(expect.arrayContaining(ahead));
  });

  test('P31 the trigram index comes with its setting, for old tables and new ones, and goes with it', async () => {
    const schema = ownSchema();
    const without = await open(schema, false);
    await append(without.store, [logRecord({ body: 'a needle in it', timestamp: NOON - 3n * DAY })]);
    await without.store.close();
    expect(await indexed(schema)).toEqual([]);

    const first = await open(schema, true);
    const second = await open(schema, true);
    const tables = ['record', 'record_20261117', ...ahead, 'record_default'];
    await eventually(async () => expect(await indexed(schema)).toEqual(tables));
    await append(second.store, [
      errorRecord({ body: 'new', attributes: { 'exception.stacktrace': 'NEEDLE Σς' }, timestamp: NOON - 9n * DAY }),
    ]);
    expect(await indexed(schema)).toEqual(['record', 'record_20261111', 'record_20261117', ...ahead, 'record_default']);
    const found = await searchBodies(first.store, { query: { type: 'text', text: 'needle' } });
    expect(found).toEqual(['a needle in it', 'new']);
    const greek = await searchBodies(first.store, { query: { type: 'text', text: 'ΣΣ' } });
    expect(greek).toEqual(['new']);
    expect([...first.lines, ...second.lines].filter((line) => line.includes('index is made'))).toHaveLength(1);
    await first.store.close();
    await second.store.close();

    const again = await open(schema, false);
    await eventually(async () => expect(await indexed(schema)).toEqual([]));
    expect(await searchBodies(again.store, { query: { type: 'text', text: 'needle' } })).toHaveLength(2);
  });

  test('P31 the trigram index is made though a step of it stood in a circle of locks', async () => {
    const schema = ownSchema();
    await (await open(schema, false)).store.close();
    const asAdministrator = (sql: string) => withClient(database.adminUrl, (client) => client.query(sql));
    const role = new URL(database.url).username;
    await asAdministrator(`alter role ${role} set deadlock_timeout = '5s'`);
    onTestFinished(async () => {
      await asAdministrator(`alter role ${role} reset deadlock_timeout`);
    });
    await withClient(database.adminUrl, async (other) => {
      // The store is the one whose wait is ended.
      await other.query(`set deadlock_timeout = '10min'; begin isolation level repeatable read; select 1`);
      const { lines } = await open(schema, true);
      await eventually(async () => {
        const waiting = await asAdministrator(
          `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like 'create index concurrently%'`,
        );
        expect(waiting.rows).toHaveLength(1);
      });
      await other.query(`lock table "${schema}".record_default in access exclusive mode; commit`);
      await eventually(async () => expect(await indexed(schema)).toEqual(['record', ...ahead, 'record_default']));
      expect(lines).toHaveLength(1);
    });
  });

  test('P34 a missing right to make the extension is said with the way out, and the store works without the index', async () => {
    await withClient(database.adminUrl, async (client) => {
      await client.query('drop extension if exists pg_trgm cascade');
      const role = new URL(database.url).username;
      await client.query(`alter database ${role} owner to current_user`);
      await client.query(`grant create on database ${role} to ${role}`);
    });
    const schema = ownSchema();
    await (await open(schema, false)).store.close();
    await withClient(database.adminUrl, async (client) => {
      const role = new URL(database.url).username;
      await client.query(`revoke create on database ${role} from ${role}`);
    });
    const { store, lines } = await open(schema, true);
    await eventually(async () => expect(lines.join('\n')).toContain('run "create extension pg_trgm"'));
    await append(store, [logRecord({ body: 'needle' })]);
    expect(await searchBodies(store, { query: { type: 'text', text: 'needle' } })).toEqual(['needle']);
  });
});
