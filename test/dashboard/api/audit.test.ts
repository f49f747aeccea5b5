import { afterAll, beforeAll, describe } from 'vitest';
import { findMongodb } from '../../helpers/mongodb.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../../helpers/postgres.ts';
import { embeddedFolder } from '../../store/embedded-folder.ts';
import { createMemoryStore } from '../../store/memory-store.ts';
import { openMongodb } from '../../store/mongodb-database.ts';
import { openInOwnSchema } from '../../store/postgres-opened.ts';
import { describeAuditApi } from '../audit-api.ts';

describeAuditApi('the audit views on the reference store', async () => {
  const store = createMemoryStore();
  return { store, reopen: async () => store, cleanup: () => store.close() };
});

describeAuditApi('the audit views on the embedded store', async () => {
  const folder = await embeddedFolder();
  // Blocks of a few records, so that some are sealed.
  const store = await folder.open({ blockRows: 4, sealAfter: 8 });
  return { store, reopen: async () => store, cleanup: () => folder[Symbol.asyncDispose]() };
});

describe.skipIf((await findPostgres()) === null)('on PostgreSQL', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await postgresDatabase();
  });
  afterAll(() => database.drop());
  describeAuditApi('the audit views on PostgreSQL', () => openInOwnSchema(database.url));
});

describe.skipIf((await findMongodb()) === null)('on MongoDB', () => {
  describeAuditApi('the audit views on MongoDB', openMongodb);
});
