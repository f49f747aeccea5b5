import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DATA_AUDIT_OPTIONS, MODEL_OPTIONS } from '../../../exporter/src/data/options.ts';
import { findPostgres, postgresDatabase } from '../../helpers/postgres.ts';
import { requireBuiltExporter, startScript } from '../helpers/application.ts';
import { INSTALL_TIMEOUT, type InstalledApplication, installApplication } from '../helpers/installed.ts';
import { codeBlocks, readPage } from '../helpers/pages.ts';
import { startSink } from '../helpers/sink.ts';

const PAGE = 'docs/sending/data-layers.md';
const USED = ['@electric-sql/pglite', 'kysely', 'drizzle-orm', 'typeorm', 'sequelize'];

/** What the example under each heading is seen to send. */
const SENT: Record<string, readonly string[]> = {
  Kysely: ['create product 1 "Tea"', 'update product 1 "Tea"', 'relation_add product 1: tags'],
  Drizzle: ['create product 1 "Tea"', 'update product 1 "Tea"', 'delete product 1 "Tea"'],
  TypeORM: ['create Product 1 "Tea"', 'update Product 1 "Tea"', 'delete Product 1 "Tea"'],
  Sequelize: ['create Product 1 "Tea"', 'update Product 1 "Tea"', 'delete Product 1 "Tea"'],
};

const blocks = codeBlocks(PAGE, 'js').filter(({ heading }) => heading in SENT);
const postgres = await findPostgres();
let application: InstalledApplication;
beforeAll(() => {
  requireBuiltExporter();
  application = installApplication('newer', USED);
}, INSTALL_TIMEOUT);
afterAll(() => application?.[Symbol.dispose]());

test('every example of the SQL layers is there', () => {
  expect(blocks.map(({ heading }) => heading)).toEqual(Object.keys(SENT));
});

describe.each(blocks)('the code under "$heading"', ({ heading, code }) => {
  test.skipIf(code.includes('DATABASE_URL') && postgres === null)('runs and sends what the page says', async () => {
    const database = code.includes('DATABASE_URL') ? await postgresDatabase() : undefined;
    try {
      await using sink = await startSink();
      const environment = { LOGVITALS_URL: sink.url, DATABASE_URL: database?.url ?? '' };
      const script = startScript(application.write(`${heading}.mjs`, code), environment);
      expect(await script.finished).toMatchObject({ code: 0, stderr: '' });
      expect(sink.accepted.map(({ body }) => body)).toEqual(SENT[heading]);
    } finally {
      await database?.drop();
    }
  });
});

test('the page has every option', () => {
  const documented = [...readPage(PAGE).matchAll(/^\| (`\w+`(?:, `\w+`)*) \|/gm)].flatMap(([, names = '']) =>
    [...names.matchAll(/\w+/g)].map(([name]) => name),
  );
  expect(documented).toEqual(expect.arrayContaining([...DATA_AUDIT_OPTIONS, ...MODEL_OPTIONS]));
});
