import { StoreError } from '../errors.ts';
import type { MigratableStorage, Migration } from '../migration.ts';
import { type Connection, openConnection, type Queries } from './connection.ts';
import { retryConflicts } from './errors.ts';
import { tables } from './migrations/001-tables.ts';
import { eventIndexes } from './migrations/002-event-indexes.ts';
import { type PostgresStoreOptions, withDefaults } from './options.ts';
import { checkRequirements } from './requirements.ts';

/** A step in SQL, run with the schema as search path. A step that was published is never changed: add another. */
interface SqlMigration extends Migration {
  readonly sql: string;
}

const MIGRATIONS: readonly SqlMigration[] = [
  { number: 1, name: 'tables, indexes and views', sql: tables },
  { number: 2, name: 'indexes of audit events, groups and requests', sql: eventIndexes },
];

/** Advisory locks of ours are told from others' by this number, and from each other's by the schema. */
const MIGRATION_LOCK = 7_148_401;
/** Of the table that keeps track of the steps, in alphabetical order. */
const MIGRATION_COLUMNS = 'at,name,number';
/** A step may rebuild a large table. */
const STEP_TIMEOUT = 24 * 60 * 60 * 1000;

/** See `openMigratable`. */
export async function openPostgresMigrations(options: PostgresStoreOptions): Promise<MigratableStorage> {
  const connection = openConnection({ ...withDefaults(options), connections: 1 });
  return {
    pending: async () => (await pendingSteps(connection)).map(published),
    migrate: () => migrate(connection),
    close: () => connection.close(),
  };
}

/**
 * Takes the steps that are pending, each in a transaction of its own; gives those it took. When several receivers come
 * at once, one of them takes a step and the others wait. A StoreError when a newer version was there before.
 */
export async function migrate(connection: Connection): Promise<readonly Migration[]> {
  const taken: Migration[] = [];
  for (;;) {
    const [next] = await pendingSteps(connection);
    if (!next) return taken;
    // Again when it stood in a circle with a receiver that attaches a table.
    if (await retryConflicts(() => takeStep(connection, next))) taken.push(published(next));
  }
}

async function pendingSteps(connection: Connection): Promise<readonly SqlMigration[]> {
  await checkRequirements(connection);
  const last = await lastStep(connection, connection);
  const newest = MIGRATIONS.at(-1)!.number;
  if (last > newest) {
    throw new StoreError(
      `${connection.server}: a newer version of logvitals made the schema ${connection.schemaName} (step ${last}, and this version knows ${newest}); start that version`,
    );
  }
  return MIGRATIONS.filter(({ number }) => number > last);
}

async function lastStep(queries: Pick<Queries, 'query'>, { schema, schemaName, server }: Connection): Promise<number> {
  // Not `to_regclass`, which may remember that there was no table before we waited for another receiver to make it.
  const columns = await queries.query<{ name: string }>(
    `select attname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     join pg_attribute on attrelid = pg_class.oid and attnum > 0
     where nspname = $1 and relname = 'migration' order by 1`,
    [schemaName],
  );
  if (columns.length === 0) return 0;
  if (columns.map(({ name }) => name).join() !== MIGRATION_COLUMNS) {
    throw new StoreError(
      `${server}: the table migration of the schema ${schemaName} is somebody else's; choose another schema (postgres.schema)`,
    );
  }
  const [row] = await queries.query<{ last: number | null }>(`select max(number) as last from ${schema}.migration`);
  return row?.last ?? 0;
}

/** False when somebody else took it meanwhile. */
function takeStep(connection: Connection, { number, name, sql }: SqlMigration): Promise<boolean> {
  const { schema, schemaName } = connection;
  return connection.transaction(
    async (transaction) => {
      const { query } = transaction;
      await query('select pg_advisory_xact_lock($1, hashtext($2))', [MIGRATION_LOCK, schemaName]);
      if ((await lastStep(transaction, connection)) >= number) return false;
      const [found] = await query('select 1 from pg_namespace where nspname = $1', [schemaName]);
      if (!found) await query(`create schema ${schema}`);
      await query(`set local search_path to ${schema}`);
      if (number === 1) {
        await query(
          'create table migration (number integer primary key, name text not null, at timestamptz not null default now())',
        );
      }
      await query(sql);
      await query('insert into migration (number, name) values ($1, $2)', [number, name]);
      return true;
    },
    { timeout: STEP_TIMEOUT },
  );
}

function published({ number, name }: Migration): Migration {
  return { number, name };
}
