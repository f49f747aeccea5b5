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
