import { expect, test } from 'vitest';
import { createDiagnostics } from '../../receiver/diagnostics.ts';
import { systemClock } from '../../receiver/record/clock.ts';
import { StoreError, StoreUnavailableError } from '../../receiver/store/errors.ts';
import { tables } from '../../receiver/store/postgres/migrations/001-tables.ts';
import { openPostgresMigrations } from '../../receiver/store/postgres/migrations.ts';
import type { Schema } from '../../receiver/store/postgres/schema.ts';
import { logRecord, NOON } from '../helpers/records.ts';
import { withClient } from '../helpers/servers/postgres-server.ts';
import { append, searchAll } from './contract/harness.ts';
import { describeOnPostgres, openPostgres, ownSchema } from './postgres-opened.ts';

/** Every column that the types of queries know, with PostgreSQL's name of its type. */
const COLUMNS: { readonly [Table in keyof Schema]: Readonly<Record<keyof Schema[Table], string>> } = {
  migration: { number: 'int4', name: 'text', at: 'timestamptz' },
  logger: {
    id: 'int4',
    digest: 'bytea',
    used_until: 'date',
    last_seen: 'timestamptz?',
    last_seen_ns: 'int2?',
    service: 'text',
    logger: 'text',
    exact: 'text?',
  },
  resource: {
    id: 'int4',
    digest: 'bytea',
    used_until: 'date',
    dropped: 'int8',
    attributes: 'jsonb',
    schema_url: 'text',
    exact: 'text?',
  },
  scope: {
    id: 'int4',
    digest: 'bytea',
    used_until: 'date',
    dropped: 'int8',
    name: 'text',
    version: 'text',
    attributes: 'jsonb',
    schema_url: 'text',
    exact: 'text?',
  },
  record: {
    time: 'timestamptz',
    sequence: 'int8',
    observed_time: 'timestamptz?',
    dropped: 'int8?',
    logger_id: 'int4',
    resource_id: 'int4',
    scope_id: 'int4',
    severity_number: 'int4',
    ns: 'int2',
    observed_ns: 'int2?',
    flags: 'int2?',
    severity_text: 'text?',
    body: 'text?',
    folded: 'text?',
    attributes: 'jsonb',
    trace_id: 'text?',
    span_id: 'text?',
    event_name: 'text?',
    group_id: 'text?',
    actor: 'text?',
    action: 'text?',
    tool: 'text?',
    object_type: 'text?',
    object_id: 'text?',
    uid_digest: 'bytea?',
    exact: 'text?',
  },
  hour_count: counts(),
  quarter_count: counts(),
  request: { key: 'text', at: 'timestamptz' },
  alert_state: { digest: 'bytea', saved_at: 'timestamptz', version: 'int4', key: 'text', state: 'text' },
  alert: {
    id: 'text',
    fired_at: 'timestamptz',
    threshold: 'int4',
    count: 'int4',
    service: 'text',
    logger: 'text',
    level: 'text',
    message: 'text',
    exact: 'text',
  },
};

function counts() {
  const levels = { trace: 'int4', debug: 'int4', info: 'int4', warn: 'int4', error: 'int4', fatal: 'int4' };
  return { start: 'timestamptz', logger_id: 'int4', ...levels, unspecified: 'int4' };
}

await describeOnPostgres('on PostgreSQL', (database) => {
  const open = (schema: string, url = database.url) =>
    openPostgresMigrations({ url, schema, now: systemClock, diagnostics: createDiagnostics(() => {}) });

  const ask = <Row extends object>(sql: string, parameters: readonly unknown[] = []) =>
    withClient(database.url, async (client) => (await client.query(sql, [...parameters])).rows as Row[]);

  test('P41 an empty database: what is pending is said, taken once, and kept track of', async () => {
    const schema = ownSchema();
    const migrations = await open(schema);
    try {
      const pending = await migrations.pending();
      expect(pending.map(({ number }) => number)).toEqual(pending.map((_, index) => index + 1));
      expect(pending[0]).toEqual({ number: 1, name: 'tables, indexes and views' });
      expect(await ask('select 1 from pg_namespace where nspname = $1', [schema])).toEqual([]);
      expect(await migrations.migrate()).toEqual(pending);
      expect(await migrations.pending()).toEqual([]);
      expect(await migrations.migrate()).toEqual([]);
      expect(await ask(`select number, name from ${schema}.migration order by number`)).toEqual(pending);
    } finally {
      await migrations.close();
    }
  });

  test('P41 the types of queries are those of the tables', async () => {
    const schema = ownSchema();
    const store = await openPostgres(database.url, { schema });
    await store.close();
    const rows = await ask<{ table: string; column: string; type: string }>(
      `select table_name as table, column_name as column, udt_name || case is_nullable when 'YES' then '?' else '' end as type
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
       where table_schema = $1 and table_type = 'BASE TABLE' and table_name !~ '^record_'`,
      [schema],
    );
    const found: Record<string, Record<string, string>> = {};
    for (const { table, column, type } of rows) found[table] = { ...found[table], [column]: type };
    expect(found).toEqual(COLUMNS);
  });

  test('P41 a database of the first version comes to the same indexes as a new one, its tables of days too', async () => {
    const [older, newer] = [ownSchema(), ownSchema()];
    await withClient(database.url, async (client) => {
      await client.query(`create schema ${older}; set search_path to ${older}`);
      await client.query('create table migration (number integer primary key, name text, at timestamptz)');
      await client.query(`insert into migration values (1, 'tables, indexes and views', now())`);
      await client.query(tables);
      await client.query(
        `create table record_20261120 partition of record
         for values from ('2026-11-20 00:00:00Z') to ('2026-11-21 00:00:00Z')`,
      );
    });
    for (const schema of [older, newer]) {
      const store = await openPostgres(database.url, { schema, now: () => NOON });
      await append(store, [logRecord({ timestamp: NOON })]);
      expect(await searchAll(store)).toHaveLength(1);
      await store.close();
    }
    const indexes = (schema: string) =>
      ask<{ definition: string }>(
        `select substring(indexdef from ' USING .*') as definition from pg_indexes
         where schemaname = $1 and tablename = 'record_20261120' order by 1`,
        [schema],
      );
    const migrated = await indexes(older);
    expect(migrated.length).toBeGreaterThan(10);
    expect(migrated).toEqual(await indexes(newer));
  });

  test('P41 of several processes that come at once, one takes each step', async () => {
    const schema = ownSchema();
    const several = await Promise.all(Array.from({ length: 4 }, () => open(schema)));
    try {
      const [pending] = await Promise.all(several.map((migrations) => migrations.pending()));
      const taken = await Promise.all(several.map((migrations) => migrations.migrate()));
      // Each step is taken by whichever comes first.
      expect(taken.flat().toSorted((one, other) => one.number - other.number)).toEqual(pending);
    } finally {
      await Promise.all(several.map((migrations) => migrations.close()));
    }
  });

  test('P41 a store brings an empty database to its shape, also when several start at once', async () => {
    const schema = ownSchema();
    const stores = await Promise.all(Array.from({ length: 3 }, () => openPostgres(database.url, { schema })));
    try {
      await Promise.all(stores.map((store) => append(store, [logRecord()])));
      for (const store of stores) expect(await searchAll(store)).toHaveLength(3);
    } finally {
      await Promise.all(stores.map((store) => store.close()));
    }
  });

  test('P41 a schema that a newer version made is refused, by stores and by migrations, and stays as it is', async () => {
    const schema = ownSchema();
    await (await openPostgres(database.url, { schema })).close();
    await ask(`insert into ${schema}.migration (number, name) values (1000, 'of the future')`);
    const refused = await openPostgres(database.url, { schema, waitForServer: true }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreError);
    expect((refused as Error).message).toMatch(/a newer version of logvitals made the schema test_\d+ \(step 1000, /);
    const migrations = await open(schema);
    try {
      await expect(migrations.pending()).rejects.toThrow('a newer version');
      await expect(migrations.migrate()).rejects.toThrow('a newer version');
    } finally {
      await migrations.close();
    }
    expect(await ask(`select max(number) as last from ${schema}.migration`)).toEqual([{ last: 1000 }]);
  });

  test('P34 P41 a step that fails leaves nothing behind: rights that are missing are named', async () => {
    const schema = ownSchema();
    const role = new URL(database.url).username;
    await withClient(database.adminUrl, async (client) => {
      await client.query(`create schema ${schema}`);
      await client.query(`grant usage on schema ${schema} to ${role}`);
    });
    const refused = await openPostgres(database.url, { schema }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreError);
    expect((refused as Error).message).toContain(`lacks a right (permission denied for schema ${schema})`);
    expect((refused as Error).message).not.toContain(`:${new URL(database.url).password}`);
    expect(await ask('select 1 from information_schema.tables where table_schema = $1', [schema])).toEqual([]);
    await withClient(database.adminUrl, (client) => client.query(`grant create on schema ${schema} to ${role}`));
    await (await openPostgres(database.url, { schema })).close();
  });

  test.for([
    ['create table SCHEMA.record (a integer)', 'relation "record" already exists'],
    ['create view SCHEMA.logs as select 1 as a', 'relation "logs" already exists'],
    ['create table SCHEMA.migration (version text)', 'the table migration of the schema'],
    ['create table SCHEMA.migration (number text, name text)', 'the table migration of the schema'],
  ])('P34 P41 a schema in which somebody has %s is left alone, with what to do', async ([sql, said]) => {
    const schema = ownSchema();
    const sqlHere = sql!.replace('SCHEMA', schema);
    await withClient(database.url, (client) => client.query(`create schema ${schema}; ${sqlHere}`));
    const refused = await openPostgres(database.url, { schema }).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(StoreError);
    expect(refused).not.toBeInstanceOf(StoreUnavailableError);
    expect((refused as Error).message).toContain(said);
    expect((refused as Error).message).toContain('choose another schema (postgres.schema)');
    expect(await ask('select 1 from information_schema.tables where table_schema = $1', [schema])).toHaveLength(1);
  });

  test('P41 names of schemas are quoted, whatever is in them', async () => {
    const schema = 'Sélect "x"; drop';
    const store = await openPostgres(database.url, { schema });
    try {
      await append(store, [logRecord()]);
      expect(await searchAll(store)).toHaveLength(1);
    } finally {
      await store.close();
    }
  });
});
