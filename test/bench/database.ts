import { startPostgresServer, withClient } from '../helpers/servers/postgres-server.ts';

export type DatabaseKind = 'postgres' | 'mongodb';

/** A database server under measurement. */
export interface BenchDatabase {
  readonly kind: DatabaseKind;
  /** What `--storage` is given. */
  readonly url: string;
  /** What the database takes on disk. */
  bytes(): Promise<number>;
  close(): Promise<void>;
}

/** Unlike in tests, disks are waited for: that is a part of what is measured. */
const DURABLE = [
  'fsync=on',
  'synchronous_commit=on',
  'full_page_writes=on',
  'shared_buffers=256MB',
  'max_wal_size=4GB',
];

/** The database of a storage URL, or a PostgreSQL server of one's own for `postgres`; null for no URL. */
export async function openDatabase(storage: string | undefined): Promise<BenchDatabase | null> {
  if (storage === undefined) return null;
  if (storage !== 'postgres') return databaseOf(storage, async () => {});
  const server = await startPostgresServer(DURABLE);
  if (!server) throw new Error('There is no PostgreSQL on this machine; give --storage postgres://…');
  return databaseOf(server.adminUrl, () => server.dispose());
}

function databaseOf(url: string, close: () => Promise<void>): BenchDatabase {
  if (url.startsWith('mongodb')) return { kind: 'mongodb', url, bytes: async () => Number.NaN, close };
  const query = 'select pg_database_size(current_database())::float8 as bytes';
  const bytes = () => withClient(url, async (client) => (await client.query(query)).rows[0].bytes as number);
  return { kind: 'postgres', url, bytes, close };
}
