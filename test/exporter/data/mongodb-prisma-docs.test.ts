import { afterAll, beforeAll, expect, test } from 'vitest';
import { findMongodb, mongodbDatabase } from '../../helpers/mongodb.ts';
import { findPostgres, postgresDatabase } from '../../helpers/postgres.ts';
import { withClient } from '../../helpers/servers/postgres-server.ts';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { INSTALL_TIMEOUT, type InstalledApplication, installApplication } from '../helpers/installed.ts';
import { codeBlocks } from '../helpers/pages.ts';
import { startSink } from '../helpers/sink.ts';
import { generatePrisma } from './prisma/client.ts';

const PAGE = 'docs/sending/data-layers.md';
const USED = ['@prisma', 'mongodb', 'mongoose'];

const postgres = await findPostgres();
const mongodb = await findMongodb();
let application: InstalledApplication;
beforeAll(() => {
  requireBuiltExporter();
  application = installApplication('newer', USED);
}, INSTALL_TIMEOUT);
afterAll(() => application?.[Symbol.dispose]());

/** The bodies of what the example under a heading sends. */
async function sentBy(heading: string, environment: Record<string, string>): Promise<unknown[]> {
  const [block, another] = codeBlocks(PAGE, 'js').filter((one) => one.heading === heading);
  if (block === undefined || another !== undefined) throw new Error(`There is not one example under ${heading}`);
  await using sink = await startSink();
  const script = startScript(application.write(`${heading}.mjs`, block.code), {
    LOGVITALS_URL: sink.url,
    ...environment,
  });
  expect(await script.finished).toMatchObject({ code: 0, stderr: '' });
  return sink.accepted.map(({ body }) => body);
}

test.skipIf(postgres === null)('the example of Prisma runs and sends what the page says', async () => {
  const schema = codeBlocks(PAGE, 'prisma')[0]?.code;
  application.write('schema.prisma', String(schema));
  generatePrisma(application.directory);
  const database = await postgresDatabase();
  try {
    await withClient(database.url, (client) =>
      client.query('create table "Product" (id serial primary key, name text not null, price decimal not null)'),
    );
    const sent = await sentBy('Prisma', { DATABASE_URL: database.url });
    expect(sent).toEqual(['create Product 1 "Tea"', 'update Product 1 "Tea"', 'delete Product 1 "Tea"']);
  } finally {
    await database.drop();
  }
});

test.skipIf(mongodb === null).each([
  {
    heading: 'MongoDB',
    bodies: [
      'create products 1 "Tea"',
      'update products 1 "Tea"',
      'relation_add products 1 "Tea": tags',
      'delete products 1 "Tea"',
    ],
  },
  {
    heading: 'Mongoose',
    bodies: ['create', 'update', 'delete'].map((action) =>
      expect.stringMatching(`^${action} Product [0-9a-f]{24} "Tea"$`),
    ),
  },
])('the example of $heading runs and sends what the page says', async ({ heading, bodies }) => {
  const database = await mongodbDatabase();
  try {
    expect(await sentBy(heading, { MONGODB_URL: database.url })).toEqual(bodies);
  } finally {
    await database.drop();
  }
});
