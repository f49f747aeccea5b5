import { afterAll, describe } from 'vitest';
import { findPostgres, postgresDatabase } from '../helpers/postgres.ts';
import { describeStore } from './contract.ts';
import { HOOK_TIMEOUT, openInOwnSchema } from './postgres-opened.ts';
import { describeQueryAgreement } from './query-agreement.ts';

const isThere = (await findPostgres()) !== null;

describe.skipIf(!isThere)(isThere ? 'on PostgreSQL' : 'on PostgreSQL (there is none)', async () => {
  if (!isThere) return;
  const database = await postgresDatabase();
  afterAll(() => database.drop(), HOOK_TIMEOUT);
  describeStore('P41 PostgreSQL store', () => openInOwnSchema(database.url));
  describeQueryAgreement('P31 P41 PostgreSQL store', () => openInOwnSchema(database.url));
});
