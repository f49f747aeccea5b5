import { describeStore } from './contract.ts';
import { describeOnPostgres, openInOwnSchema } from './postgres-opened.ts';
import { describeQueryAgreement } from './query-agreement.ts';

await describeOnPostgres('on PostgreSQL', (database) => {
  describeStore('P41 PostgreSQL store', () => openInOwnSchema(database.url));
  describeQueryAgreement('P31 P41 PostgreSQL store', () => openInOwnSchema(database.url));
});
