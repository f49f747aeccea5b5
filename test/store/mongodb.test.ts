import { describe } from 'vitest';
import { findMongodb } from '../helpers/mongodb.ts';
import { describeStore } from './contract.ts';
import { openMongodb } from './mongodb-database.ts';
import { describeQueryAgreement } from './query-agreement.ts';

describe.skipIf((await findMongodb()) === null)('MongoDB', () => {
  describeStore('P41 MongoDB store', openMongodb);
  describeQueryAgreement('MongoDB store and queries', openMongodb);
});
