import { DataSource, EntitySchema, In } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../../exporter/src/context.ts';
import { auditTypeorm, type DataAuditOptions } from '../../../../exporter/src/typeorm.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../../../helpers/postgres.ts';
import { type Recording, recordEvents } from '../recorded.ts';

interface Tag {
  id: number;
  name: string;
}
interface User {
  id: number;
  name: string;
  email: string | null;
  password: string | null;
  loginCount: number;
  deletedAt: Date | null;
}
interface Order {
  id: number;
  total: string;
  customer: User | null;
  tags: Tag[];
}

const Users = new EntitySchema<User>({
  name: 'User',
  tableName: 'users',
  columns: {
    id: { type: Number, primary: true, generated: true },
    name: { type: String, unique: true },
    email: { type: String, nullable: true },
    password: { type: String, nullable: true },
    loginCount: { type: Number, name: 'logins', default: 0 },
    deletedAt: { type: 'timestamp', deleteDate: true, nullable: true },
  },
});
const Tags = new EntitySchema<Tag>({
  name: 'Tag',
  tableName: 'tags',
  columns: { id: { type: Number, primary: true, generated: true }, name: { type: String } },
});
const Orders = new EntitySchema<Order>({
  name: 'Order',
  tableName: 'orders',
  columns: {
    id: { type: Number, primary: true, generated: true },
    total: { type: 'numeric', precision: 10, scale: 2, default: 0 },
  },
  relations: {
    customer: { type: 'many-to-one', target: 'User', joinColumn: true, nullable: true },
    tags: { type: 'many-to-many', target: 'Tag', joinTable: true },
  },
});

const postgres = await findPostgres();

describe.skipIf(postgres === null)('TypeORM', () => {
  let database: TestDatabase;
  let plain: DataSource;
  let source: DataSource;
  let recording: Recording;
  const opened: DataSource[] = [];

  async function open(poolSize = 3): Promise<DataSource> {
    const made = new DataSource({ type: 'postgres', url: database.url, entities: [Users, Tags, Orders], poolSize });
    await made.initialize();
    opened.push(made);
    return made;
  }
  const audited = async (options: DataAuditOptions = {}) => auditTypeorm(await open(), options);
  const users = () => source.getRepository(Users);
  const orders = () => source.getRepository(Orders);

  beforeAll(async () => {
    database = await postgresDatabase();
    plain = await open();
    await plain.synchronize();
    await plain.query(`
      create function explode(int) returns boolean language plpgsql as $$
      begin if current_query() like 'SELECT%' then raise exception 'not readable'; end if; return true; end $$`);
    source = await audited();
  });
  afterAll(async () => {
    for (const one of opened) await one.destroy();
    await database?.drop();
  });

  beforeEach(async () => {
    await fill();
    recording = recordEvents();
    return () => recording[Symbol.dispose]();
  });

  async function fill(): Promise<void> {
    await plain.query('truncate users, orders, tags, orders_tags_tags restart identity cascade');
    await plain.getRepository(Users).insert([{ name: 'Ana' }, { name: 'Bo' }, { name: 'Cy' }]);
    await plain.getRepository(Tags).insert([{ name: 'red' }, { name: 'blue' }]);
  }

  describe('entities', () => {
    test('P51 save creates and updates, with the changed fields and by whom', async () => {
      const ana = await users().findOneByOrFail({ id: 1 });
      ana.email = 'ana@example.org';
      ana.password = 'sesame';
      await runAs({ id: 7 }, () => users().save([ana, users().create({ name: 'Di' })]));
      expect(recording.take()).toEqual([
        {
          action: 'create',
          type: 'User',
          id: '4',
          name: 'Di',
          old: { name: null, loginCount: null },
          new: { name: 'Di', loginCount: 0 },
          tool: 'typeorm',
          user: '7',
          count: undefined,
          body: 'create User 4 "Di"',
        },
        {
          action: 'update',
          type: 'User',
          id: '1',
          name: 'Ana',
          old: { email: null, password: null },
          new: { email: 'ana@example.org', password: '[REDACTED]' },
          tool: 'typeorm',
          user: '7',
          count: undefined,
          body: 'update User 1 "Ana"',
        },
      ]);
    });

    test('P51 remove keeps the object; softRemove is a delete and recover an update', async () => {
      const bo = await users().findOneByOrFail({ id: 2 });
      await users().softRemove(bo);
      await users().recover(bo);
      await users().remove(bo);
      expect(recording.take()).toMatchObject([
        { action: 'delete', id: '2', name: 'Bo', old: { deletedAt: null }, new: { deletedAt: expect.any(String) } },
        { action: 'update', id: '2', name: 'Bo', old: { deletedAt: expect.any(String) }, new: { deletedAt: null } },
        { action: 'delete', id: '2', name: 'Bo', old: { name: 'Bo', loginCount: 0 }, new: { name: null } },
      ]);
    });

    test('P51 relations: a changed owner is a field, many-to-many ends are relation_add and relation_remove', async () => {
      const [ana, bo] = (await users().find({ order: { id: 'ASC' } })) as [User, User];
      const [red, blue] = (await source.getRepository(Tags).find({ order: { id: 'ASC' } })) as [Tag, Tag];
      const order = await orders().save({ total: '5.00', customer: ana, tags: [red] });
      order.customer = bo;
      order.tags = [blue];
      await orders().save(order);
      const relation = source.createQueryBuilder().relation(Orders, 'tags').of(order);
      await relation.add([red]);
      await relation.remove([red, blue]);
      expect(recording.take()).toMatchObject([
        { action: 'create', type: 'Order', id: '1', new: { total: '5.00', customer: 1 } },
        { action: 'relation_add', type: 'Order', id: '1', old: { tags: null }, new: { tags: ['1'] } },
        { action: 'relation_add', type: 'Order', id: '1', new: { tags: ['2'] } },
        { action: 'update', type: 'Order', id: '1', old: { customer: 1 }, new: { customer: 2 } },
        { action: 'relation_remove', type: 'Order', id: '1', old: { tags: ['1'] }, new: { tags: null } },
        { action: 'relation_add', type: 'Order', id: '1', new: { tags: ['1'] } },
        { action: 'relation_remove', type: 'Order', id: '1', old: { tags: ['2', '1'] } },
      ]);
    });
  });

  describe('query builders, which tell subscribers nothing of the rows', () => {
    test('P51 insert, update, increment, softDelete, restore and delete of one row', async () => {
      await users().insert({ name: 'Di' });
      await users().update({ name: 'Di' }, { email: 'd@example.org' });
      await users().increment({ id: 4 }, 'loginCount', 3);
      await users().softDelete(4);
      await users().restore(4);
      await users().delete({ id: 4 });
      await users().update({ id: 99 }, { email: 'nobody' });
      expect(recording.take()).toMatchObject([
        { action: 'create', id: '4', name: 'Di', new: { name: 'Di', loginCount: 0 } },
        { action: 'update', id: '4', old: { email: null }, new: { email: 'd@example.org' } },
        { action: 'update', id: '4', old: { loginCount: 0 }, new: { loginCount: 3 } },
        { action: 'delete', id: '4', name: 'Di' },
        { action: 'update', id: '4', old: { deletedAt: expect.any(String) }, new: { deletedAt: null } },
        { action: 'delete', id: '4', name: 'Di', old: { loginCount: 3 } },
      ]);
    });

    test('P51 many rows: bulk_create, bulk_update, bulk_delete; beyond maxRows one event with their number', async () => {
      const few = await audited({ maxRows: 2 });
      const all = few.getRepository(Users);
      await all.insert([{ name: 'Di' }, { name: 'Ed' }]);
      await few.createQueryBuilder().update(Users).set({ loginCount: 1 }).execute();
      await all.delete({ id: In([1, 2]) });
      expect(recording.take()).toMatchObject([
        { action: 'bulk_create', id: '4', name: 'Di' },
        { action: 'bulk_create', id: '5', name: 'Ed' },
        { action: 'bulk_update', id: '1', old: { loginCount: 0 }, new: { loginCount: 1 } },
        { action: 'bulk_update', id: '2' },
        { action: 'bulk_update', count: 3, new: { loginCount: 1 }, body: 'bulk_update User: 3 more' },
        { action: 'bulk_delete', id: '1', name: 'Ana' },
        { action: 'bulk_delete', id: '2', name: 'Bo' },
      ]);
    });

    test('P51 builders of a repository, under whatever alias, know the rows as well', async () => {
      await users()
        .createQueryBuilder()
        .update()
        .set({ email: 'a@example.org' })
        .where('name = :name', { name: 'Ana' })
        .execute();
      await users().createQueryBuilder('u').softDelete().where('id = :id', { id: 2 }).execute();
      await users().createQueryBuilder('u').restore().where('id = :id', { id: 2 }).execute();
      await users().createQueryBuilder('u').delete().where('name = :name', { name: 'Bo' }).execute();
      expect(recording.take()).toMatchObject([
        { action: 'update', id: '1', name: 'Ana', old: { email: null }, new: { email: 'a@example.org' } },
        { action: 'delete', id: '2', name: 'Bo' },
        { action: 'update', id: '2', name: 'Bo', old: { deletedAt: expect.any(String) }, new: { deletedAt: null } },
        { action: 'delete', id: '2', name: 'Bo', old: { name: 'Bo' } },
      ]);
    });

    test('P51 an upsert by a key that the database makes, which TypeORM does not write, is a create', async () => {
      await users().upsert({ id: 50, name: 'Di' }, ['id']);
      const { id } = await users().findOneByOrFail({ name: 'Di' });
      expect(recording.take()).toMatchObject([{ action: 'create', id: String(id), name: 'Di' }]);
    });

    test('P51 statements side by side need no more connections than without', async () => {
      const narrow = auditTypeorm(await open(1));
      const all = narrow.getRepository(Users);
      await Promise.all([1, 2, 3].map((id) => all.update({ id }, { loginCount: id })));
      expect(recording.takeShort().toSorted()).toEqual(['update User 1', 'update User 2', 'update User 3']);
    });

    test('P51 upsert is a create or an update, row by row', async () => {
      await users().upsert([{ name: 'Ana', email: 'ana@example.org' }, { name: 'Di' }], ['name']);
      await source
        .createQueryBuilder()
        .insert()
        .into(Users)
        .values([{ name: 'Ana' }, { name: 'Bo' }])
        .orIgnore()
        .execute();
      expect(recording.take()).toMatchObject([
        { action: 'create', name: 'Di' },
        { action: 'update', id: '1', name: 'Ana', old: { email: null }, new: { email: 'ana@example.org' } },
      ]);
    });
  });

  describe('transactions', () => {
    test('P51 events leave after the commit, in order; a rollback records nothing', async () => {
      const failing = source.transaction(async (manager) => {
        await manager.delete(Users, { id: 1 });
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      await source.transaction(async (manager) => {
        await manager.update(Users, { id: 1 }, { loginCount: 1 });
        await manager.remove(Users, await manager.findOneByOrFail(Users, { id: 2 }));
        expect(recording.take()).toEqual([]);
      });
      expect(recording.takeShort()).toEqual(['update User 1', 'delete User 2']);
    });

    test('P51 a save that fails in its own transaction records nothing', async () => {
      await expect(users().save([{ name: 'Di' }, { name: 'Ana' }])).rejects.toThrow('duplicate');
      expect(recording.take()).toEqual([]);
    });

    test('P51 a transaction whose failure the application swallowed is rolled back by PostgreSQL, and records nothing', async () => {
      await source
        .transaction(async (manager) => {
          await manager.delete(Users, { id: 1 });
          await manager.query('select 1 / 0').catch(() => {});
        })
        .catch(() => {});
      expect(recording.take()).toEqual([]);
      expect(await plain.getRepository(Users).count()).toBe(3);
    });

    test('P51 a nested transaction that is rolled back takes only its own events with it', async () => {
      await source.transaction(async (manager) => {
        await manager.delete(Users, { id: 1 });
        await manager
          .transaction(async (inner) => {
            await inner.delete(Users, { id: 2 });
            await inner.query('select 1 / 0');
          })
          .catch(() => {});
        await manager.transaction((inner) => inner.delete(Users, { id: 3 }));
      });
      expect(recording.takeShort()).toEqual(['delete User 1', 'delete User 3']);
    });

    test('P51 a before-image that cannot be read leaves the transaction unharmed', async () => {
      await source.transaction(async (manager) => {
        await manager
          .createQueryBuilder()
          .update(Users)
          .set({ loginCount: 3 })
          .where('id = 1 and explode(id)')
          .execute();
      });
      expect(recording.take()).toMatchObject([{ action: 'update', old: {}, new: { loginCount: 3 } }]);
      expect(await plain.getRepository(Users).findOneBy({ id: 1 })).toMatchObject({ loginCount: 3 });
    });
  });

  describe('options', () => {
    test('P54 P56 models and fields that are excluded, and actions that are not wanted', async () => {
      const some = await audited({
        exclude: ['Tag'],
        before: 'none',
        models: { User: { type: 'person', exclude: ['loginCount'], redact: ['email'], actions: ['create', 'update'] } },
      });
      await some.getRepository(Tags).insert({ name: 'green' });
      await some.getRepository(Users).save({ name: 'Di', email: 'd@example.org' });
      await some.getRepository(Users).update({ id: 1 }, { loginCount: 5 });
      await some.getRepository(Users).update({ id: 1 }, { email: 'a@example.org' });
      await some.getRepository(Users).delete({ id: 4 });
      expect(recording.take()).toMatchObject([
        { action: 'create', type: 'person', id: '4', new: { name: 'Di', email: '[REDACTED]' } },
        { action: 'update', type: 'person', old: {}, new: { email: '[REDACTED]' } },
      ]);
    });

    test('P51 a data source that is not initialized is refused', () => {
      const early = new DataSource({ type: 'postgres', url: database.url, entities: [Users] });
      expect(() => auditTypeorm(early)).toThrow('call it after initialize()');
    });
  });

  /** Every kind of answer that TypeORM's writers give. */
  const everything = async (made: DataSource) => {
    const repository = made.getRepository(Users);
    return [
      await repository.insert({ name: 'Di' }),
      await repository.save({ name: 'Ed' }),
      await repository.update({ name: 'Di' }, { loginCount: 1 }),
      await repository.upsert({ name: 'Di', email: 'd' }, ['name']),
      await made
        .createQueryBuilder()
        .update(Users)
        .set({ loginCount: 2 })
        .where('id > :id', { id: 1 })
        .returning('id')
        .execute(),
      await repository.delete({ name: 'Ed' }),
      await made.transaction((manager) => manager.delete(Users, { id: 1 })),
      await repository.insert({ name: 'Bo' }).catch(String),
      await repository.find({ order: { id: 'ASC' } }),
    ];
  };

  test('P51 the application gets the same answers as without', async () => {
    const answers = await everything(source);
    await fill();
    expect(answers).toEqual(await everything(plain));
    expect(recording.take().length).toBeGreaterThan(6);
  });
});
