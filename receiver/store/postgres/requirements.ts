import { StoreError } from '../errors.ts';
import type { Connection } from './connection.ts';

/** As PostgreSQL counts: version 14. */
const OLDEST_VERSION = 140_000;

/** Rejects with a StoreError when the server is too old, or the database of an encoding that cannot hold every text. */
export async function checkRequirements(connection: Connection): Promise<void> {
  const [row] = await connection.query<{ version: number; encoding: string }>(
    `select current_setting('server_version_num')::integer as version, current_setting('server_encoding') as encoding`,
  );
  const { version, encoding } = row!;
  if (version < OLDEST_VERSION) {
    throw new StoreError(
      `${connection.server}: logvitals needs PostgreSQL 14 or newer, and this is ${Math.floor(version / 10_000)}`,
    );
  }
  if (encoding !== 'UTF8') {
    throw new StoreError(
      `${connection.server}: the database's encoding is ${encoding}, and logvitals needs UTF8; make one by "create database … encoding 'UTF8' template template0"`,
    );
  }
}

/** Rejects with a StoreError when the user may not store records: receivers need to, and would find out too late. */
export async function checkRights(connection: Connection): Promise<void> {
  const [refused] = await connection.query<{ name: string }>(
    `select relname as name from pg_class join pg_namespace on pg_namespace.oid = relnamespace
     where nspname = $1 and relkind in ('r', 'p') and not relispartition and not has_table_privilege(pg_class.oid, 'insert')
     order by 1 limit 1`,
    [connection.schemaName],
  );
  if (refused) {
    throw new StoreError(
      `${connection.server}: the storage URL's user lacks a right (insert into ${connection.schemaName}.${refused.name})`,
    );
  }
}
