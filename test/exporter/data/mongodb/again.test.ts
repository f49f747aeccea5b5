import { MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { auditMongodb } from '../../../../exporter/src/mongodb.ts';
import { findMongodb, mongodbDatabase } from '../../../helpers/mongodb.ts';
import { recordEvents } from '../recorded.ts';

const mongodb = await findMongodb();

describe.skipIf(mongodb === null)('the mongodb driver', () => {
  test('P51 asked again, of the same or of what it holds, each change is recorded once, by the latest options', async () => {
    const database = await mongodbDatabase();
    const client = await MongoClient.connect(database.url);
    try {
      auditMongodb(client, { tool: 'first' });
      auditMongodb(client, { tool: 'second' });
      using recording = recordEvents();
      await client.db().collection('items').insertOne({ name: 'Tea' });
      const db = auditMongodb(client.db(), { tool: 'third' });
      await db.collection('items').insertOne({ name: 'Mug' });
      const items = auditMongodb(db.collection('items'), { tool: 'fourth' });
      await items.updateOne({ name: 'Tea' }, { $set: { name: 'Coffee' } });
      expect(recording.take().map(({ action, tool }) => `${action} ${tool}`)).toEqual([
        'create second',
        'create third',
        'update fourth',
      ]);
    } finally {
      await client.close();
      await database.drop();
    }
  });
});
