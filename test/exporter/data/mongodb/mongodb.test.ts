import { type ClientSession, type Db, MongoClient, ObjectId } from 'mongodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../../exporter/src/context.ts';
import { SessionTransactions } from '../../../../exporter/src/data/mongodb/sessions.ts';
import { createAuditTrail } from '../../../../exporter/src/data/trail.ts';
import { auditMongodb, type MongodbAuditOptions } from '../../../../exporter/src/mongodb.ts';
import { findMongodb, mongodbDatabase, NEEDS_REAL_MONGODB, type TestMongodb } from '../../../helpers/mongodb.ts';
import { type Recording, recordEvents } from '../recorded.ts';

interface User {
  _id: number;
  name: string;
  email?: string | null;
  password?: string;
  logins?: number;
  address?: { city?: string; zip?: string };
  tags?: unknown[];
}

const mongodb = await findMongodb();

describe.skipIf(mongodb === null)('the mongodb driver', () => {
  let database: TestMongodb;
  let plain: MongoClient;
  let client: MongoClient;
  let recording: Recording;

  const audited = (options: MongodbAuditOptions = {}): Db => auditMongodb(plain.db(database.name), options);
  const users = (db: Db = client.db(database.name)) => db.collection<User>('users');

  beforeAll(async () => {
    database = await mongodbDatabase();
    plain = await MongoClient.connect(database.url);
    client = auditMongodb(await MongoClient.connect(database.url));
  });
  afterAll(async () => {
    await client?.close();
    await plain?.close();
    await database?.drop();
  });
  beforeEach(async () => {
    const all = plain.db(database.name).collection<User>('users');
    await all.deleteMany({});
    await all.insertMany([
      { _id: 1, name: 'Ana', logins: 0 },
      { _id: 2, name: 'Bo', logins: 5 },
      { _id: 3, name: 'Cy', logins: 5 },
    ]);
    recording = recordEvents();
    return () => recording[Symbol.dispose]();
  });

  describe('one document', () => {
    test('P51 insertOne: the fields, who, and no secrets', async () => {
      const inserted = await runAs({ id: 7 }, () => users().insertOne({ _id: 4, name: 'Di', password: 'sesame' }));
      expect(inserted).toEqual({ acknowledged: true, insertedId: 4 });
      expect(recording.take()).toEqual([
        {
          action: 'create',
          type: 'users',
          id: '4',
          name: 'Di',
          old: { name: null, password: null },
          new: { name: 'Di', password: '[REDACTED]' },
          tool: 'mongodb',
          user: '7',
          count: undefined,
          body: 'create users 4 "Di"',
        },
      ]);
    });

    test('P51 updateOne: only what changed, also within documents; nothing when nothing changed', async () => {
      const result = await users().updateOne(
        { name: 'Ana' },
        { $set: { 'address.city': 'Graz' }, $inc: { logins: 2 } },
      );
      expect(result).toMatchObject({ matchedCount: 1, modifiedCount: 1 });
      await users().updateOne({ _id: 1 }, { $set: { name: 'Ana' } });
      await users().updateOne({ _id: 99 }, { $set: { name: 'Nobody' } });
      expect(recording.take()).toMatchObject([
        { action: 'update', id: '1', name: 'Ana', old: { logins: 0 }, new: { address: { city: 'Graz' }, logins: 2 } },
      ]);
    });

    test('P51 replaceOne and deleteOne', async () => {
      await users().replaceOne({ _id: 2 }, { name: 'Bob' });
      await users().deleteOne({ name: 'Bob' });
      await users().deleteOne({ name: 'Bob' });
      expect(recording.take()).toMatchObject([
        { action: 'update', id: '2', name: 'Bob', old: { name: 'Bo', logins: 5 }, new: { name: 'Bob' } },
        { action: 'delete', id: '2', name: 'Bob', old: { name: 'Bob' }, new: { name: null } },
      ]);
    });

    test('P51 an upsert creates or updates', async () => {
      for (const name of ['Eve', 'Eva']) await users().updateOne({ _id: 9 }, { $set: { name } }, { upsert: true });
      expect(recording.take()).toMatchObject([
        { action: 'create', id: '9', new: { name: 'Eve' } },
        { action: 'update', id: '9', old: { name: 'Eve' }, new: { name: 'Eva' } },
      ]);
    });

    test.skipIf(!mongodb?.isReal)(`P51 ${NEEDS_REAL_MONGODB} findOneAndUpdate that upserts`, async () => {
      expect(await users().findOneAndUpdate({ _id: 9 }, { $set: { name: 'Flo' } }, { upsert: true })).toBeNull();
      expect(recording.take()).toMatchObject([{ action: 'create', id: '9', new: { name: 'Flo' } }]);
    });

    test('P51 findOneAnd… is recorded and answers as ever', async () => {
      const bo = { _id: 2, name: 'Bo', logins: 5 };
      expect(await users().findOneAndUpdate({ _id: 2 }, { $inc: { logins: 1 } })).toEqual(bo);
      const after = { returnDocument: 'after', projection: { _id: 0, name: 1 } } as const;
      expect(await users().findOneAndReplace({ _id: 2 }, { name: 'Bob' }, after)).toEqual({ name: 'Bob' });
      expect(await users().findOneAndDelete({ _id: 2 }, { includeResultMetadata: true })).toMatchObject({
        value: { _id: 2, name: 'Bob' },
      });
      expect(await users().findOneAndDelete({ _id: 2 })).toBeNull();
      expect(recording.take()).toMatchObject([
        { action: 'update', id: '2', old: { logins: 5 }, new: { logins: 6 } },
        { action: 'update', id: '2', old: { name: 'Bo', logins: 6 }, new: { name: 'Bob' } },
        { action: 'delete', id: '2', old: { name: 'Bob' } },
      ]);
    });

    test('P51 ids and other values of MongoDB show as text', async () => {
      const things = client.db(database.name).collection('things');
      const id = new ObjectId();
      await things.insertOne({ _id: id, owner: new ObjectId('65a000000000000000000001'), raw: Buffer.from('secret') });
      expect(recording.take()).toMatchObject([
        {
          type: 'things',
          id: id.toHexString(),
          new: { owner: '65a000000000000000000001', raw: expect.stringMatching(/^\[binary, 6 bytes, [0-9a-f]{8}\]$/) },
        },
      ]);
    });

    test('P51 other bytes of the same size are a change, the same ones none', async () => {
      const things = client.db(database.name).collection<{ _id: number; raw: Buffer }>('things');
      await things.insertOne({ _id: 1, raw: Buffer.from('first') });
      recording.take();
      for (const raw of ['other', 'other']) await things.replaceOne({ _id: 1 }, { raw: Buffer.from(raw) });
      const raw = expect.stringMatching(/^\[binary, 5 bytes, [0-9a-f]{8}\]$/);
      expect(recording.take()).toMatchObject([{ action: 'update', id: '1', old: { raw }, new: { raw } }]);
    });
  });

  describe('many documents', () => {
    test('P51 insertMany, updateMany and deleteMany: one entry each', async () => {
      await users().insertMany([
        { _id: 4, name: 'Di' },
        { _id: 5, name: 'Ed' },
      ]);
      await users().updateMany({ logins: 5 }, { $inc: { logins: 1 } });
      await users().deleteMany({ _id: { $in: [4, 5] } });
      expect(recording.takeShort().sort()).toEqual([
        'bulk_create users 4',
        'bulk_create users 5',
        'bulk_delete users 4',
        'bulk_delete users 5',
        'bulk_update users 2',
        'bulk_update users 3',
      ]);
    });

    test('P51 beyond maxRows, one entry with the number and what was set', async () => {
      const few = users(audited({ maxRows: 2 }));
      await few.updateMany({}, { $set: { email: 'x@example.org' } });
      await few.deleteMany({});
      await few.insertMany([4, 5, 6].map((_id) => ({ _id, name: `user ${_id}` })));
      const [one, other] = [expect.any(String), expect.any(String)];
      expect(recording.take()).toMatchObject([
        { action: 'bulk_update', id: one, new: { email: 'x@example.org' } },
        { action: 'bulk_update', id: other },
        { action: 'bulk_update', id: undefined, count: 1, new: { email: 'x@example.org' } },
        { action: 'bulk_delete', id: one },
        { action: 'bulk_delete', id: other },
        { action: 'bulk_delete', id: undefined, count: 1 },
        { action: 'bulk_create', id: '4' },
        { action: 'bulk_create', id: '5' },
        { action: 'bulk_create', id: undefined, count: 1 },
      ]);
    });

    test('P51 where another document than the one found was changed, the entry names none', async () => {
      const some = users(audited());
      const found = await plain.db(database.name).collection<User>('users').findOne({ logins: 5 });
      const other = found?._id === 2 ? 3 : 2;
      // Between the read and the write somebody else is faster.
      const cursor = some.find.bind(some);
      some.find = ((filter: object, options: object) => {
        const result = cursor(filter, options);
        const toArray = result.toArray.bind(result);
        result.toArray = async () => {
          const documents = await toArray();
          if ('logins' in filter)
            await plain
              .db(database.name)
              .collection<User>('users')
              .updateOne({ _id: found!._id }, { $set: { logins: 7 } });
          return documents;
        };
        return result;
      }) as typeof some.find;
      await some.deleteOne({ logins: 5 });
      expect(await users().countDocuments({ _id: other })).toBe(0);
      expect(recording.take()).toMatchObject([{ action: 'delete', id: undefined, old: { logins: 5 } }]);
    });

    test('P51 bulkWrite of every kind', async () => {
      const result = await users().bulkWrite([
        { insertOne: { document: { _id: 4, name: 'Di' } } },
        { updateOne: { filter: { _id: 1 }, update: { $set: { name: 'Anna' } } } },
        { replaceOne: { filter: { _id: 8 }, replacement: { name: 'Hal' }, upsert: true } },
        { deleteMany: { filter: { logins: 5 } } },
      ]);
      expect(result).toMatchObject({ insertedCount: 1, modifiedCount: 1, deletedCount: 2, upsertedCount: 1 });
      expect(recording.takeShort().sort()).toEqual([
        'bulk_create users 4',
        'bulk_create users 8',
        'bulk_delete users 2',
        'bulk_delete users 3',
        'update users 1',
      ]);
    });

    test('P51 a bulk write that fails in the middle: what was written before, or around it', async () => {
      const documents = [
        { _id: 4, name: 'Di' },
        { _id: 1, name: 'double' },
        { _id: 5, name: 'Ed' },
      ];
      await expect(users().insertMany(documents)).rejects.toThrow('E11000');
      expect(recording.takeShort()).toEqual(['create users 4']);
      await users().deleteOne({ _id: 4 });
      recording.take();
      await expect(users().insertMany(documents, { ordered: false })).rejects.toThrow('E11000');
      expect(recording.takeShort()).toEqual(['bulk_create users 4', 'bulk_create users 5']);
    });
  });

  describe('settings', () => {
    test('P51 P56 models, fields and names as the options say', async () => {
      const db = audited({
        exclude: ['sessions'],
        redact: ['email'],
        models: { users: { type: 'user', name: 'email', exclude: ['address'], actions: ['create'] } },
      });
      await users(db).insertOne({ _id: 4, name: 'Di', email: 'd@example.org', address: { zip: '8010' } });
      await users(db).updateOne({ _id: 4 }, { $set: { name: 'Dia' } });
      await db.collection('sessions').insertOne({ a: 1 });
      expect(recording.take()).toMatchObject([
        { type: 'user', id: '4', name: undefined, new: { name: 'Di', email: '[REDACTED]' } },
      ]);
    });

    test('P51 arrays of ids are relations where the options say so', async () => {
      const some = users(audited({ relations: { users: ['tags'] } }));
      await some.insertOne({ _id: 4, name: 'Di', tags: [1, 2] });
      await some.updateOne({ _id: 4 }, { $set: { tags: [2, 3] } });
      await some.updateOne({ _id: 4 }, { $pull: { tags: { $in: [2, 3] } } as never });
      const events = recording.take();
      expect(events).toMatchObject([
        { action: 'create', id: '4' },
        { action: 'relation_add', id: '4', new: { tags: ['1', '2'] } },
        { action: 'relation_remove', id: '4', old: { tags: ['1'] } },
        { action: 'relation_add', id: '4', new: { tags: ['3'] } },
        { action: 'relation_remove', id: '4', old: { tags: ['2', '3'] } },
      ]);
      expect(events[0]?.new).not.toHaveProperty('tags');
    });

    test('P51 without reading before: what the call itself tells, at no query more', async () => {
      const commands: string[] = [];
      const watched = await MongoClient.connect(database.url, { monitorCommands: true });
      watched.on('commandStarted', ({ commandName }) => commands.push(commandName));
      const some = users(auditMongodb(watched, { before: 'none' }).db(database.name));
      await some.updateOne({ _id: 1 }, { $set: { 'address.city': 'Graz' } });
      await some.updateMany({}, { $set: { logins: 1 } });
      await some.deleteOne({ _id: { $eq: 1 } });
      await some.deleteMany({});
      await watched.close();
      expect(commands.filter((name) => name !== 'endSessions')).toEqual(['update', 'update', 'delete', 'delete']);
      expect(recording.take()).toMatchObject([
        { action: 'update', id: '1', old: {}, new: { address: { city: 'Graz' } } },
        { action: 'bulk_update', count: 3, new: { logins: 1 } },
        { action: 'delete', id: '1' },
        { action: 'bulk_delete', count: 2 },
      ]);
    });

    test('P51 what makes no sense is refused at set-up', () => {
      expect(() => audited({ before: 'sometimes' as never })).toThrow("'fetch' or 'none'");
      expect(() => audited({ relations: { users: 'tags' as never } })).toThrow('relations.users');
      expect(() => auditMongodb({} as never)).toThrow('takes a MongoClient, a Db or a Collection');
    });

    test("P51 the plug-in's own failures are not the application's", async () => {
      const fails = () => {
        throw new Error('no name');
      };
      const some = users(audited({ models: { users: { name: fails } } }));
      expect(await some.insertOne({ _id: 4, name: 'Di' })).toMatchObject({ insertedId: 4 });
      await expect(some.insertOne({ _id: 4, name: 'Di' })).rejects.toThrow('E11000');
      await expect(some.updateOne({ $nonsense: 1 } as never, { $set: { name: 'x' } })).rejects.toThrow();
      expect(recording.take()).toEqual([]);
    });

    test('P51 a single collection can be watched', async () => {
      const some = auditMongodb(plain.db(database.name).collection<User>('users'));
      await some.insertOne({ _id: 4, name: 'Di' });
      await users(plain.db(database.name)).insertOne({ _id: 5, name: 'Ed' });
      expect(recording.takeShort()).toEqual(['create users 4']);
    });
  });

  describe('transactions', () => {
    const insert = async (session: ClientSession) => {
      await users().insertOne({ _id: 4, name: 'Di' }, { session });
      await users().updateOne({ _id: 4 }, { $set: { name: 'Dia' } }, { session });
    };

    test("P51 a session's end decides: commit, abort, an end without either, another start", async () => {
      const trail = createAuditTrail('mongodb');
      const sessions = new SessionTransactions(trail);
      const record = (session: ClientSession, name: string) =>
        trail.record(
          { kind: 'create', model: 'users', rows: [{ before: null, after: { _id: name } }] },
          sessions.eventsOf(session),
        );
      const session = plain.startSession();
      record(session, 'outside');
      expect(recording.takeShort()).toEqual(['create users outside']);
      await session.withTransaction(async () => {
        record(session, 'committed');
        record(session, 'too');
        expect(recording.take()).toEqual([]);
      });
      expect(recording.takeShort()).toEqual(['create users committed', 'create users too']);
      const undone = session.withTransaction(async () => {
        record(session, 'undone');
        throw new Error('changed my mind');
      });
      await expect(undone).rejects.toThrow('changed my mind');
      session.startTransaction();
      record(session, 'left open');
      await session.endSession();
      expect(recording.take()).toEqual([]);
    });

    test('P51 nothing is recorded of a write that the server refuses in a transaction', async () => {
      await using session = client.startSession();
      session.startTransaction();
      await users()
        .insertOne({ _id: 1, name: 'double' }, { session })
        .catch(() => {});
      await session.commitTransaction().catch(() => {});
      expect(recording.take()).toEqual([]);
    });

    test.skipIf(!mongodb?.isReal)(
      `P51 ${NEEDS_REAL_MONGODB} recorded after the commit, never after a rollback`,
      async () => {
        await using session = client.startSession();
        await session.withTransaction(async () => {
          await insert(session);
          expect(recording.take()).toEqual([]);
        });
        expect(recording.takeShort()).toEqual(['create users 4', 'update users 4']);
        await expect(
          session.withTransaction(async () => {
            await users().deleteMany({}, { session });
            throw new Error('changed my mind');
          }),
        ).rejects.toThrow('changed my mind');
        session.startTransaction();
        await users().deleteOne({ _id: 4 }, { session });
        await session.abortTransaction();
        expect(recording.take()).toEqual([]);
        await users().deleteOne({ _id: 4 }, { session });
        expect(recording.takeShort()).toEqual(['delete users 4']);
      },
    );
  });
});
