import { setTimeout as sleep } from 'node:timers/promises';
import type { Diagnostics } from '../../diagnostics.ts';
import { StoreError } from '../errors.ts';
import type { Connection, Queries } from './connection.ts';
import { retryConflicts, SQLSTATE, sqlStateOf } from './errors.ts';

/** The index of the text that searches look at (`RecordTable.folded`). */
const INDEX = 'record_text';
const SEARCHED = `(coalesce(folded, lower(body collate "C")))`;
/** Advisory locks of ours are told from others' by this number, and from each other's by the schema. */
const TRIGRAM_LOCK = 7_148_402;
/** Milliseconds that ingest may be kept waiting. */
const LOCK_TIMEOUT = 1000;
const LOCK_TRIES = 60;

/**
 * Makes or removes the trigram index, as the setting says; ingest goes on meanwhile. When several receivers come at
 * once, one does it. Rejects with a StoreError when the right to make the extension is missing.
 */
export async function followTrigramSetting(
  connection: Connection,
  isWanted: boolean,
  diagnostics: Diagnostics,
  signal: AbortSignal,
): Promise<void> {
  if (!isWanted && !(await exists(connection, connection.schema))) return;
  await connection.alone(
    async (queries) => {
      const lock = [TRIGRAM_LOCK, connection.schemaName];
      const [row] = await queries.query<{ mine: boolean }>(
        'select pg_try_advisory_lock($1, hashtext($2)) as mine',
        lock,
      );
      if (!row?.mine) return;
      try {
        if (isWanted) await makeIndex(queries, connection, diagnostics);
        else await dropIndex(queries, connection, diagnostics);
      } finally {
        await queries.query('select pg_advisory_unlock($1, hashtext($2))', lock);
      }
    },
    { signal },
  );
}

async function makeIndex(queries: Queries, { schema, server }: Connection, diagnostics: Diagnostics): Promise<void> {
  const operators = await operatorsOf(queries, server);
  if (!(await exists(queries, schema))) {
    // Of the table above alone, which holds no records: the tables of days follow one by one, without a lock.
    const sql = `create index ${INDEX} on only ${schema}.record using gin (${SEARCHED} ${operators})`;
    await briefly(queries, sql);
  }
  const missing = await queries.query<{ name: string }>(
    `select relname as name from pg_inherits join pg_class as partition on partition.oid = inhrelid
     where inhparent = '${schema}.record'::regclass and not exists (
       select from pg_index join pg_inherits as attached on attached.inhrelid = indexrelid
       where indrelid = partition.oid and attached.inhparent = '${schema}.${INDEX}'::regclass
     ) order by relname desc`,
  );
  // Again when it stood in a circle with a receiver that attaches a table: making an index waits for whatever began before.
  for (const { name } of missing) await retryConflicts(() => indexPartition(queries, schema, name, operators));
  if (missing.length > 0) diagnostics.info(`${server}: the trigram index is made`);
}

async function indexPartition({ query }: Queries, schema: string, partition: string, operators: string): Promise<void> {
  const index = `${partition}_text`;
  // What an earlier start left half done.
  await query(`drop index concurrently if exists ${schema}.${index}`);
  await query(`create index concurrently ${index} on ${schema}.${partition} using gin (${SEARCHED} ${operators})`);
  await query(`alter index ${schema}.${INDEX} attach partition ${schema}.${index}`);
}

async function dropIndex(queries: Queries, { schema, server }: Connection, diagnostics: Diagnostics): Promise<void> {
  if (!(await exists(queries, schema))) return;
  await briefly(queries, `drop index ${schema}.${INDEX}`);
  diagnostics.info(`${server}: the trigram index is removed`);
}

async function exists(queries: Pick<Queries, 'query'>, schema: string): Promise<boolean> {
  const [row] = await queries.query<{ found: boolean }>('select to_regclass($1) is not null as found', [
    `${schema}.${INDEX}`,
  ]);
  return row?.found ?? false;
}

/** The operator class of trigrams, in whatever schema it was put; the extension is made when it is missing. */
async function operatorsOf({ query }: Queries, server: string): Promise<string> {
  const find = () =>
    query<{ schema: string }>(
      `select quote_ident(nspname) as schema from pg_extension join pg_namespace on pg_namespace.oid = extnamespace
       where extname = 'pg_trgm'`,
    );
  let [found] = await find();
  if (!found) {
    try {
      await query('create extension if not exists pg_trgm');
    } catch (cause) {
      throw new StoreError(
        `${server}: the trigram index needs the extension pg_trgm, which this user may not make; have an administrator run "create extension pg_trgm" in the database`,
        { cause },
      );
    }
    [found] = await find();
  }
  return `${found!.schema}.gin_trgm_ops`;
}

/** Runs a statement that locks the table for a moment, once it can have it soon: whoever waits for a lock holds up all others. */
async function briefly({ query }: Queries, sql: string): Promise<void> {
  await query(`set lock_timeout = ${LOCK_TIMEOUT}`);
  try {
    for (let tries = 1; ; tries++) {
      try {
        await query(sql);
        return;
      } catch (error) {
        if (sqlStateOf(error) !== SQLSTATE.lockNotAvailable || tries === LOCK_TRIES) throw error;
        await sleep(LOCK_TIMEOUT);
      }
    }
  } finally {
    await query('set lock_timeout = 0');
  }
}
