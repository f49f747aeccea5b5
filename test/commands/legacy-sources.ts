/** Sources of other packages' records, filled with what the packages themselves wrote (test/fixtures/django). */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { BSON, MongoClient } from 'mongodb';
import { mongodbDatabase } from '../helpers/mongodb.ts';
import { postgresDatabase } from '../helpers/postgres.ts';
import { withClient } from '../helpers/servers/postgres-server.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/django');

export interface FilledSource {
  /** As it stands behind `import --from PACKAGE`. */
  readonly source: string;
  remove(): Promise<void>;
}

/** A SQLite file in a folder that the caller removes. */
export function sqliteSource(name: string, folder: string): FilledSource {
  const file = join(folder, `${name}-${randomUUID()}.sqlite`);
  // Rows stand in the dump by their tables, not in the order of their references.
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
  database.exec(readFileSync(join(FIXTURES, `${name}.sqlite.sql`), 'utf8'));
  database.close();
  return { source: `sqlite:${file}`, async remove() {} };
}

export async function postgresSource(name: string): Promise<FilledSource> {
  const database = await postgresDatabase();
  const dump = readFileSync(join(FIXTURES, `${name}.postgres.sql`), 'utf8').replace(/^CREATE SCHEMA public;$/m, '');
  // The dump names the schema; `public` belongs to the database's owner's administrator.
  await withClient(database.adminUrl, async (client) => {
    await client.query(dump);
    const role = new URL(database.url).username;
    await client.query(
      `grant usage on schema public to ${role}; grant select on all tables in schema public to ${role}`,
    );
  });
  return { source: database.url, remove: () => database.drop() };
}

export async function mongodbSource(name: string): Promise<FilledSource> {
  const database = await mongodbDatabase();
  const lines = readFileSync(join(FIXTURES, `${name}.mongodb.jsonl`), 'utf8')
    .trimEnd()
    .split('\n');
  const client = await MongoClient.connect(database.url);
  await client
    .db()
    .collection('logs')
    .insertMany(lines.map((line) => BSON.EJSON.parse(line, { relaxed: false })));
  await client.close();
  return { source: database.url, remove: () => database.drop() };
}

/** A file of django-activity-audit: `audit`, `api` or `login`. */
export const auditFile = (part: string): string => join(FIXTURES, `django-activity-audit.${part}.jsonl`);
