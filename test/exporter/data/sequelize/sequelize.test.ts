import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { DataTypes, literal, type Model, type ModelStatic, Op, Sequelize } from 'sequelize';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../../exporter/src/context.ts';
import { auditSequelize, type DataAuditOptions } from '../../../../exporter/src/sequelize.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../../../helpers/postgres.ts';
import { type Recording, recordEvents } from '../recorded.ts';

/** A model as tests use it: any attribute, and what associations add. */
type AnyModel = Model &
  Record<string, never> & { addTags(tags: Model[], options?: object): Promise<unknown> } & {
    setTags(tags: Model[]): Promise<unknown>;
    removeTag(tag: Model): Promise<unknown>;
  };

interface Models {
  readonly sequelize: Sequelize;
  readonly User: ModelStatic<AnyModel>;
  readonly Order: ModelStatic<AnyModel>;
  readonly Tag: ModelStatic<AnyModel>;
}

const postgres = await findPostgres();

describe.skipIf(postgres === null)('Sequelize', () => {
  let database: TestDatabase;
  let plain: Models;
  let db: Models;
  let recording: Recording;
  const opened: Sequelize[] = [];

  function open(): Models {
    const sequelize = new Sequelize(database.url, {
      dialect: 'postgres',
      dialectModule: pg,
      logging: false,
      pool: { max: 3 },
    });
    opened.push(sequelize);
    const User = sequelize.define<AnyModel>(
      'User',
      {
        name: { type: DataTypes.STRING, unique: true, allowNull: false },
        email: DataTypes.STRING,
        password: DataTypes.STRING,
        repeated: DataTypes.VIRTUAL,
        loginCount: { type: DataTypes.INTEGER, field: 'logins', defaultValue: 0 },
      },
      { tableName: 'users' },
    );
    const Order = sequelize.define<AnyModel>(
      'Order',
      { total: DataTypes.DECIMAL(10, 2) },
      { tableName: 'orders', paranoid: true },
    );
    const Tag = sequelize.define<AnyModel>('Tag', { name: DataTypes.STRING }, { tableName: 'tags', timestamps: false });
    Order.belongsTo(User, { as: 'customer' });
    Order.belongsToMany(Tag, { through: 'order_tags', as: 'tags' });
    Tag.belongsToMany(Order, { through: 'order_tags', as: 'orders' });
    return { sequelize, User, Order, Tag };
  }
  function audited(options: DataAuditOptions = {}): Models {
    const models = open();
    auditSequelize(models.sequelize, options);
    return models;
  }

  beforeAll(async () => {
    database = await postgresDatabase();
    plain = open();
    await plain.sequelize.sync();
    await plain.sequelize.query(`
      create function explode(int) returns boolean language plpgsql as $$
      begin if current_query() like 'SELECT%' then raise exception 'not readable'; end if; return true; end $$`);
    db = audited();
  });
  afterAll(async () => {
    for (const sequelize of opened) await sequelize.close();
    await database?.drop();
  });

  beforeEach(async () => {
    await fill();
    recording = recordEvents();
    return () => recording[Symbol.dispose]();
  });

  async function fill(): Promise<void> {
    await plain.sequelize.query('truncate users, orders, tags, order_tags restart identity cascade');
    await plain.User.bulkCreate([{ name: 'Ana' }, { name: 'Bo' }, { name: 'Cy' }]);
    await plain.Tag.bulkCreate([{ name: 'red' }, { name: 'blue' }]);
  }

  describe('instances', () => {
    test('P51 P54 P72 create, update and destroy, with the changed attributes and by whom', async () => {
      const di = await runAs({ id: 7 }, () => db.User.create({ name: 'Di', email: null, repeated: 'sesame' }));
      await di.update({ email: 'd@example.org', password: 'sesame' });
      await di.increment('loginCount', { by: 2 });
      await di.destroy();
      const [created, ...rest] = recording.take();
      expect(created).toEqual({
        action: 'create',
        type: 'User',
        id: '4',
        name: 'Di',
        old: { name: null, loginCount: null },
        new: { name: 'Di', loginCount: 0 },
        tool: 'sequelize',
        user: '7',
        count: undefined,
        body: 'create User 4 "Di"',
      });
      expect(rest).toMatchObject([
        {
          action: 'update',
          id: '4',
          name: 'Di',
          old: { email: null, password: null },
          new: { email: 'd@example.org', password: '[REDACTED]' },
        },
        { action: 'update', id: '4', old: { loginCount: 0 }, new: { loginCount: 2 } },
        { action: 'delete', id: '4', name: 'Di', old: { name: 'Di', email: 'd@example.org' }, new: { name: null } },
      ]);
    });

    test("P51 a paranoid model's destroy is a delete, and restore an update", async () => {
      const order = await db.Order.create({ total: '5.00' });
      await order.destroy();
      await order.restore();
      await db.Order.destroy({ where: { id: 1 } });
      await db.Order.restore({ where: { id: 1 } });
      await order.destroy({ force: true });
      expect(recording.take()).toMatchObject([
        { action: 'create', type: 'Order', id: '1' },
        { action: 'delete', id: '1' },
        { action: 'update', id: '1', old: { deletedAt: expect.any(String) }, new: { deletedAt: null } },
        { action: 'delete', id: '1' },
        { action: 'update', id: '1', old: { deletedAt: expect.any(String) }, new: { deletedAt: null } },
        { action: 'delete', id: '1' },
      ]);
    });

    test('P51 belongs-to is an attribute, many-to-many ends are relation_add and relation_remove', async () => {
      const order = await db.Order.create({ total: '5.00', customerId: 1 });
      const [red, blue] = (await db.Tag.findAll({ order: ['id'] })) as [AnyModel, AnyModel];
      await order.addTags([red, blue]);
      await order.removeTag(red);
      await order.setTags([red]);
      const events = recording.take();
      // Sequelize sends the two statements of setTags side by side.
      const inOrder = [
        ...events.slice(0, 3),
        ...events.slice(3).toSorted((one, other) => String(other.action).localeCompare(String(one.action))),
      ];
      expect(inOrder).toMatchObject([
        { action: 'create', type: 'Order', id: '1', new: { total: '5.00', customerId: 1 } },
        { action: 'relation_add', type: 'Order', id: '1', old: { tags: null }, new: { tags: ['1', '2'] } },
        { action: 'relation_remove', type: 'Order', id: '1', old: { tags: ['1'] }, new: { tags: null } },
        { action: 'relation_remove', type: 'Order', id: '1', old: { tags: ['2'] } },
        { action: 'relation_add', type: 'Order', id: '1', new: { tags: ['1'] } },
      ]);
    });

    test('P51 an expression shows as the value that it gave; nothing changed is no event', async () => {
      const ana = (await db.User.findByPk(1)) as AnyModel;
      await ana.update({ loginCount: literal('logins + 3') });
      await ana.reload();
      await ana.save();
      await ana.update({ name: 'Ana' });
      expect(recording.take()).toMatchObject([
        { action: 'update', id: '1', old: { loginCount: 0 }, new: { loginCount: 3 } },
      ]);
    });
  });

  describe('models', () => {
    test('P51 bulkCreate, update, increment and destroy of many rows; beyond maxRows one event with their number', async () => {
      const few = audited({ maxRows: 2 });
      await few.User.bulkCreate([{ name: 'Di' }, { name: 'Ed' }]);
      await few.User.update({ loginCount: 1 }, { where: {} });
      await few.User.increment('loginCount', { where: { id: [1, 2] } });
      await few.User.destroy({ where: { id: { [Op.in]: [1, 2] } } });
      expect(recording.take()).toMatchObject([
        { action: 'bulk_create', id: '4', name: 'Di' },
        { action: 'bulk_create', id: '5', name: 'Ed' },
        { action: 'bulk_update', id: '1', old: { loginCount: 0 }, new: { loginCount: 1 } },
        { action: 'bulk_update', id: '2' },
        { action: 'bulk_update', count: 3, new: { loginCount: 1 }, body: 'bulk_update User: 3 more' },
        { action: 'bulk_update', id: '1', old: { loginCount: 1 }, new: { loginCount: 2 } },
        { action: 'bulk_update', id: '2' },
        { action: 'bulk_delete', id: '1', name: 'Ana' },
        { action: 'bulk_delete', id: '2', name: 'Bo' },
      ]);
    });

    test('P51 upserts are creates or updates, row by row; hooks: false hides nothing', async () => {
      await db.User.upsert({ name: 'Ana', email: 'ana@example.org' });
      await db.User.upsert({ name: 'Di' });
      await db.User.bulkCreate([{ name: 'Bo', email: 'bo@example.org' }, { name: 'Ed' }], {
        updateOnDuplicate: ['email'],
        conflictAttributes: ['name'],
        hooks: false,
      });
      await db.User.bulkCreate([{ name: 'Bo' }, { name: 'Fi' }], { ignoreDuplicates: true });
      await db.User.bulkCreate([{ name: 'Bo' }, { name: 'Fi' }], { ignoreDuplicates: true });
      expect(recording.take()).toMatchObject([
        { action: 'update', id: '1', old: { email: null }, new: { email: 'ana@example.org' } },
        { action: 'create', name: 'Di' },
        { action: 'create', name: 'Ed' },
        { action: 'update', id: '2', old: { email: null }, new: { email: 'bo@example.org' } },
        { action: 'create', name: 'Fi' },
      ]);
    });
  });

  describe('transactions', () => {
    test('P51 events leave after the commit, in order; a rollback records nothing', async () => {
      const failing = db.sequelize.transaction(async (transaction) => {
        await db.User.destroy({ where: { id: 1 }, transaction });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      const transaction = await db.sequelize.transaction();
      await db.User.update({ loginCount: 1 }, { where: { id: 1 }, transaction });
      await db.User.destroy({ where: { id: 2 }, transaction });
      expect(recording.take()).toEqual([]);
      await transaction.commit();
      expect(recording.takeShort()).toEqual(['update User 1', 'delete User 2']);
    });

    test('P51 a transaction whose failure the application swallowed is rolled back by PostgreSQL, and records nothing', async () => {
      await db.sequelize
        .transaction(async (transaction) => {
          await db.User.destroy({ where: { id: 1 }, transaction });
          await db.sequelize.query('select 1 / 0', { transaction }).catch(() => {});
        })
        .catch(() => {});
      expect(recording.take()).toEqual([]);
      expect(await plain.User.count()).toBe(3);
    });

    test('P51 a nested transaction that is rolled back takes only its own events with it', async () => {
      await db.sequelize.transaction(async (transaction) => {
        await db.User.destroy({ where: { id: 1 }, transaction });
        await db.sequelize
          .transaction({ transaction }, async (inner) => {
            await db.User.destroy({ where: { id: 2 }, transaction: inner });
            await db.sequelize.query('select 1 / 0', { transaction: inner });
          })
          .catch(() => {});
        await db.sequelize.transaction({ transaction }, (inner) =>
          db.User.destroy({ where: { id: 3 }, transaction: inner }),
        );
      });
      expect(recording.takeShort()).toEqual(['delete User 1', 'delete User 3']);
    });

    test('P51 a transaction that Sequelize finds in a CLS namespace is one too', async () => {
      const storage = new AsyncLocalStorage<Map<string, unknown>>();
      Sequelize.useCLS({
        get: (name: string) => storage.getStore()?.get(name),
        set: (name: string, value: unknown) => storage.getStore()?.set(name, value),
        bind: (work: unknown) => work,
        run: (work: () => unknown) => storage.run(new Map(), work),
      });
      try {
        const failing = db.sequelize.transaction(async () => {
          await db.User.create({ name: 'Di' });
          await db.User.increment('loginCount', { where: { name: 'Di' } });
          await db.User.destroy({ where: { id: 1 } });
          expect(await db.User.count()).toBe(3);
          throw new Error('no');
        });
        await expect(failing).rejects.toThrow('no');
      } finally {
        Object.assign(Sequelize, { _cls: undefined });
      }
      expect(await plain.User.count()).toBe(3);
      expect(recording.take()).toEqual([]);
    });

    test('P51 a before-image that cannot be read leaves the transaction and statements beside it unharmed', async () => {
      const where = (id: number) => ({ [Op.and]: [literal('explode(id)'), { id }] });
      await db.sequelize.transaction(async (transaction) => {
        await Promise.all([
          db.User.update({ loginCount: 3 }, { where: where(1), transaction }),
          db.User.update({ loginCount: 4 }, { where: { id: 2 }, transaction }),
          db.User.update({ loginCount: 5 }, { where: where(3), transaction }),
        ]);
      });
      expect((await plain.User.findAll({ order: ['id'], raw: true })).map(({ loginCount }) => loginCount)).toEqual([
        3, 4, 5,
      ]);
      const events = recording.take();
      expect(events).toHaveLength(3);
      expect(events).toContainEqual(
        expect.objectContaining({ id: '2', old: { loginCount: 0 }, new: { loginCount: 4 } }),
      );
    });
  });

  test('P54 P56 models and attributes that are excluded, and actions that are not wanted', async () => {
    const some = audited({
      exclude: ['Tag'],
      before: 'none',
      models: { User: { type: 'person', exclude: ['loginCount'], redact: ['email'], actions: ['create', 'update'] } },
    });
    await some.Tag.create({ name: 'green' });
    await some.User.create({ name: 'Di', email: 'd@example.org' });
    await some.User.update({ loginCount: 5 }, { where: { id: 1 } });
    await some.User.update({ email: 'a@example.org' }, { where: { id: 1 } });
    await some.User.destroy({ where: { id: 4 } });
    expect(recording.take()).toMatchObject([
      { action: 'create', type: 'person', id: '4', new: { name: 'Di', email: '[REDACTED]' } },
      { action: 'update', type: 'person', old: {}, new: { email: '[REDACTED]' } },
    ]);
  });

  /** Every kind of answer that Sequelize's writers give. */
  const everything = async ({ sequelize, User }: Models) => {
    const answers = [
      await User.create({ name: 'Di' }),
      await User.bulkCreate([{ name: 'Ed' }, { name: 'Fi' }]),
      await User.update({ loginCount: 1 }, { where: { name: 'Ed' } }),
      await User.update({ loginCount: 1 }, { where: { name: 'Ed' }, returning: true }),
      await User.upsert({ name: 'Ed', email: 'e' }),
      await User.increment('loginCount', { where: { id: 1 } }),
      await User.destroy({ where: { name: 'Fi' } }),
      await (await User.findOne({ where: { name: 'Di' } }))?.destroy(),
      await sequelize.transaction((transaction) => User.destroy({ where: {}, transaction })),
      await User.create({ name: null }).catch(String),
    ];
    const withoutStamps = (key: string, value: unknown) => (/^(created|updated)At$/.test(key) ? undefined : value);
    return JSON.parse(JSON.stringify(answers, withoutStamps));
  };

  test('P51 the application gets the same answers as without', async () => {
    const answers = await everything(db);
    await fill();
    expect(answers).toEqual(await everything(plain));
    expect(recording.take().length).toBeGreaterThan(8);
  });
});
