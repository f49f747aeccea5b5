import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { sharedServer } from './servers/ask.ts';
import { withClient } from './servers/postgres-server.ts';

/** An empty database for one test, owned by a plain role of its own. */
export interface TestDatabase {
  /** As the plain role, which is no superuser and can neither make databases nor roles. */
  readonly url: string;
  /** As the server's administrator, to the same database. */
  readonly adminUrl: string;
  /** Removes database and role; fails when somebody is still connected, for that is a leak. */
  drop(): Promise<void>;
}

/** The administrator's URL: `POSTGRES_URL`, else a server that this run starts; null where none can be had. */
export async function findPostgres(): Promise<string | null> {
  return process.env.POSTGRES_URL ?? (await sharedServer('postgres'))?.url ?? null;
}

/** Makes a database on a server, the shared one unless told otherwise. */
export async function postgresDatabase(serverUrl?: string): Promise<TestDatabase> {
  const server = serverUrl ?? (await findPostgres());
  if (server === null)
    throw new Error('There is no PostgreSQL: skip such tests by name where findPostgres() gives null');
  const name = `logvitals_test_${randomBytes(6).toString('hex')}`;
  await withClient(server, async (client) => {
    await client.query(`create role ${name} login password '${name}'`);
    await client.query(`create database ${name} owner ${name}`);
  });
  const adminUrl = new URL(server);
  adminUrl.pathname = `/${name}`;
  const url = new URL(adminUrl);
  url.username = name;
  url.password = name;
  return {
    url: url.href,
    adminUrl: adminUrl.href,
    async drop() {
      const leaked = await eventually(async () => {
        const count = await connections(server, name);
        if (count > 0) throw new Error(`${count} connections are still open`);
        return count;
      }, 30).catch(() => connections(server, name));
      await withClient(server, async (client) => {
        await client.query(`drop database ${name} with (force)`);
        await client.query(`drop role ${name}`);
      });
      expect(leaked, 'connections left open').toBe(0);
    },
  };
}

function connections(server: string, database: string): Promise<number> {
  const query = 'select count(*)::int as count from pg_stat_activity where datname = $1';
  return withClient(server, async (client) => (await client.query(query, [database])).rows[0].count as number);
}
