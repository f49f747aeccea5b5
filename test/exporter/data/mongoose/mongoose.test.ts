import { type Connection, createConnection, Schema, Types } from 'mongoose';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../../exporter/src/context.ts';
import { auditMongoose, type DataAuditOptions } from '../../../../exporter/src/mongoose.ts';
import { findMongodb, mongodbDatabase, NEEDS_REAL_MONGODB, type TestMongodb } from '../../../helpers/mongodb.ts';
import { type Recording, recordEvents } from '../recorded.ts';

const mongodb = await findMongodb();

function userSchema(options: DataAuditOptions = {}) {
  const schema = new Schema(
    {
      name: { type: String, required: true, unique: true },
      email: String,
      password: String,
      pinCode: { type: String, select: false },
      logins: { type: Number, default: 0 },
      address: { city: String, zip: String },
      manager: { type: Schema.Types.ObjectId, ref: 'User' },
      tags: [{ type: Schema.Types.ObjectId, ref: 'Tag' }],
      notes: [String],
    },
    { timestamps: true },
  );
  schema.plugin(auditMongoose, options);
  return schema;
}

describe.skipIf(mongodb === null)('Mongoose', () => {
  let database: TestMongodb;
  let recording: Recording;
  let User: ReturnType<typeof model>;
  const opened: Connection[] = [];

  const connect = () => {
    const connection = createConnection(database.url, { autoIndex: false });
    opened.push(connection);
    return connection;
  };
  const model = (options: DataAuditOptions = {}) => connect().model('User', userSchema(options));

  beforeAll(async () => {
    database = await mongodbDatabase();
    User = model();
  });
  afterAll(async () => {
    await Promise.all(opened.map((connection) => connection.close()));
    await database?.drop();
  });
  beforeEach(async () => {
    await User.deleteMany({});
    recording = recordEvents();
    return () => recording[Symbol.dispose]();
  });

  describe('documents', () => {
    test('P51 create: the fields, who, and no secrets', async () => {
      const di = await runAs({ id: 7 }, () => User.create({ name: 'Di', password: 'sesame', pinCode: '1234' }));
      expect(recording.take()).toMatchObject([
        {
          action: 'create',
          type: 'User',
          id: di.id,
          name: 'Di',
          new: { name: 'Di', password: '[REDACTED]', logins: 0 },
          tool: 'mongoose',
          user: '7',
          body: `create User ${di.id} "Di"`,
        },
      ]);
    });

    test('P51 save tells what changed, also within documents and arrays; deleteOne keeps the object', async () => {
      const di = await User.create({ name: 'Di', notes: ['a'], address: { zip: '8010' } });
      recording.take();
      di.name = 'Dia';
      di.set('address.city', 'Graz');
      di.notes.push('b');
      di.pinCode = '1234';
      await di.save();
      await di.save();
      await di.updateOne({ $inc: { logins: 1 } });
      await di.deleteOne();
      const events = recording.take();
      expect(events).toMatchObject([
        { action: 'update', id: di.id, old: { name: 'Di' }, new: { name: 'Dia', address: { city: 'Graz' } } },
        { action: 'update', id: di.id, old: { logins: 0 }, new: { logins: 1 } },
        { action: 'delete', id: di.id, name: 'Dia', old: { name: 'Dia', address: { city: 'Graz', zip: '8010' } } },
      ]);
      expect(JSON.stringify(events)).not.toMatch(/pinCode|__v|updatedAt/);
    });

    test('P51 arrays of references are relations, a single one is a field', async () => {
      const [red, blue, boss] = [new Types.ObjectId(), new Types.ObjectId(), new Types.ObjectId()];
      const di = await User.create({ name: 'Di', tags: [red], manager: boss });
      di.tags = [blue];
      await di.save();
      expect(recording.take()).toMatchObject([
        { action: 'create', id: di.id, new: { manager: String(boss) } },
        { action: 'relation_add', id: di.id, old: { tags: null }, new: { tags: [String(red)] } },
        { action: 'relation_remove', id: di.id, old: { tags: [String(red)] } },
        { action: 'relation_add', id: di.id, new: { tags: [String(blue)] } },
      ]);
    });

    test('P51 a save that fails records nothing', async () => {
      await expect(User.create({ email: 'no name' })).rejects.toThrow('`name` is required');
      const di = await User.create({ name: 'Di' });
      recording.take();
      await expect(User.create({ _id: di._id, name: 'double' })).rejects.toThrow('E11000');
      expect(recording.take()).toEqual([]);
    });
  });

  describe('queries', () => {
    test('P51 updateOne, replaceOne, findOneAnd…, findByIdAnd… and their answers', async () => {
      const di = await User.create({ name: 'Di' });
      recording.take();
      expect(await User.updateOne({ name: 'Di' }, { email: 'd@example.org' })).toMatchObject({ modifiedCount: 1 });
      expect(await User.findByIdAndUpdate(di.id, { name: 'Dia' }, { returnDocument: 'after' })).toMatchObject({
        name: 'Dia',
      });
      expect(await User.findOneAndReplace({ name: 'Dia' }, { name: 'Dea' })).toMatchObject({ name: 'Dia' });
      await User.replaceOne({ name: 'Dea' }, { name: 'Dee' });
      expect(await User.findOneAndDelete({ name: 'Dee' })).toMatchObject({ id: di.id });
      expect(await User.findByIdAndDelete(di.id)).toBeNull();
      expect(recording.take()).toMatchObject([
        { action: 'update', id: di.id, new: { email: 'd@example.org' } },
        { action: 'update', id: di.id, old: { name: 'Di' }, new: { name: 'Dia' } },
        {
          action: 'update',
          id: di.id,
          old: { name: 'Dia', email: 'd@example.org' },
          new: { name: 'Dea', email: null },
        },
        { action: 'update', id: di.id, old: { name: 'Dea' }, new: { name: 'Dee' } },
        { action: 'delete', id: di.id, name: 'Dee' },
      ]);
    });

    test('P51 insertMany, bulkSave, bulkWrite, updateMany and deleteMany', async () => {
      const [di, ed] = await User.insertMany([{ name: 'Di' }, { name: 'Ed' }]);
      await User.updateMany({}, { $inc: { logins: 1 } });
      expect(recording.takeShort()).toEqual(
        expect.arrayContaining([`bulk_create User ${di?.id}`, `bulk_update User ${ed?.id}`]),
      );
      const all = await User.find().sort({ name: 1 });
      for (const user of all) user.email = `${user.name}@example.org`;
      await User.bulkSave(all);
      expect(recording.take()).toMatchObject([{ action: 'bulk_update' }, { action: 'bulk_update' }]);
      await User.bulkWrite([
        { insertOne: { document: { name: 'Flo' } } },
        { updateOne: { filter: { name: 'Di' }, update: { name: 'Dia' } } },
        { deleteOne: { filter: { name: 'Ed' } } },
      ]);
      await User.deleteMany({});
      expect(
        recording
          .take()
          .map(({ action, name }) => `${action} ${name}`)
          .sort(),
      ).toEqual(['bulk_delete Dia', 'bulk_delete Flo', 'create Flo', 'delete Ed', 'update Dia']);
    });
  });

  describe('settings', () => {
    test('P51 P56 type, fields and name as the options say, and what is wrong is refused', async () => {
      const Some = model({
        redact: ['email'],
        models: { User: { type: 'user', name: 'email', exclude: ['logins'], actions: ['create'] } },
      });
      await Some.create({ name: 'Di', email: 'd@example.org' });
      await Some.deleteMany({});
      expect(recording.take()).toMatchObject([
        { action: 'create', type: 'user', name: undefined, new: { name: 'Di', email: '[REDACTED]' } },
      ]);
      expect(() => userSchema({ maxEvents: -1 })).toThrow('maxEvents');
    });

    test('P51 a write that waits for the connection is recorded once', async () => {
      const Some = model();
      await Some.create({ name: 'Di' });
      await Some.deleteOne({ name: 'Di' });
      expect(recording.take().map(({ action }) => action)).toEqual(['create', 'delete']);
    });

    test('P51 discriminators are recorded as their base model', async () => {
      const Base = model();
      const Admin = Base.discriminator('Admin', new Schema({ realm: String }));
      await Admin.create({ name: 'Root', realm: 'all' });
      expect(recording.take()).toMatchObject([{ action: 'create', type: 'User', new: { name: 'Root', realm: 'all' } }]);
    });
  });

  test.skipIf(!mongodb?.isReal)(
    `P51 ${NEEDS_REAL_MONGODB} recorded after the commit, never after a rollback`,
    async () => {
      const connection = User.db;
      await User.createCollection();
      await connection.transaction(async (session) => {
        await User.create([{ name: 'Di' }], { session });
        expect(recording.take()).toEqual([]);
      });
      expect(recording.take()).toMatchObject([{ action: 'create', name: 'Di' }]);
      const undone = connection.transaction(async (session) => {
        await User.deleteMany({}, { session });
        throw new Error('changed my mind');
      });
      await expect(undone).rejects.toThrow('changed my mind');
      expect(recording.take()).toEqual([]);
    },
  );
});
