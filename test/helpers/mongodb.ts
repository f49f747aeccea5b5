import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import { sharedServer } from './servers/ask.ts';

/** An empty database for one test. */
export interface TestMongodb {
  /** With the database in it. */
  readonly url: string;
  readonly name: string;
  drop(): Promise<void>;
}

/** Says so in a test's name that the stand-in for MongoDB cannot run; `.ci/summary.mjs` knows the words. */
export const NEEDS_REAL_MONGODB = '(needs MongoDB itself: MONGODB_URL)';

/** A server: `MONGODB_URL`, which is taken to be MongoDB itself, else one that this run starts; null where none can be had. */
export async function findMongodb(): Promise<{ readonly url: string; readonly isReal: boolean } | null> {
  const { MONGODB_URL } = process.env;
  return MONGODB_URL ? { url: MONGODB_URL, isReal: true } : sharedServer('mongodb');
}

/** Makes a database's URL on a server, the shared one unless told otherwise; the first write makes the database. */
export async function mongodbDatabase(serverUrl?: string): Promise<TestMongodb> {
  const server = serverUrl ?? (await findMongodb())?.url;
  if (!server) throw new Error('There is no MongoDB: skip such tests by name where findMongodb() gives null');
  const name = `logvitals_test_${randomBytes(6).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  // Whoever signs in does so where the administrator is known.
  if (url.username && !url.searchParams.has('authSource')) url.searchParams.set('authSource', 'admin');
  return {
    url: url.href,
    name,
    async drop() {
      const client = await MongoClient.connect(server);
      try {
        await client.db(name).dropDatabase();
      } finally {
        await client.close();
      }
    },
  };
}
