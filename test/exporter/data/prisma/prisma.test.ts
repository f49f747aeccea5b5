import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runAs } from '../../../../exporter/src/context.ts';
import { auditPrisma, type DataAuditOptions } from '../../../../exporter/src/prisma.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../../../helpers/postgres.ts';
import { withClient } from '../../../helpers/servers/postgres-server.ts';
import { type Recording, recordEvents } from '../recorded.ts';
import { generatedClient, TABLES, type TestClient } from './client.ts';

const postgres = await findPostgres();

describe.skipIf(postgres === null)('Prisma', () => {
  let database: TestDatabase;
  let generated: Awaited<ReturnType<typeof generatedClient>>;
  let plain: TestClient;
  let prisma: TestClient;
  let recording: Recording;

  const audited = (options: DataAuditOptions = {}): TestClient => plain.$extends(auditPrisma(options) as never);

  beforeAll(async () => {
    database = await postgresDatabase();
    await withClient(database.url, (client) => client.query(TABLES));
    generated = await generatedClient();
    plain = generated.open(database);
    prisma = audited();
  });
  afterAll(async () => {
    await plain?.$disconnect();
    generated?.[Symbol.dispose]();
    await database?.drop();
  });
  beforeEach(async () => {
    await plain.$executeRawUnsafe('truncate "User", "Order", "Tag", "_OrderToTag" restart identity cascade');
    await plain.user.createMany({ data: [{ name: 'Ana' }, { name: 'Bo', logins: 5 }, { name: 'Cy', logins: 5 }] });
    await plain.tag.createMany({ data: [{ name: 'red' }, { name: 'blue' }] });
    recording = recordEvents();
    return () => recording[Symbol.dispose]();
  });

  describe('one record', () => {
    test('P51 create: the fields, who, and no secrets', async () => {
      const data = { name: 'Di', password: 'sesame' };
      expect(await runAs({ id: 7 }, async () => await prisma.user.create({ data }))).toMatchObject({ id: 4, ...data });
      expect(recording.take()).toEqual([
        {
          action: 'create',
          type: 'User',
          id: '4',
          name: 'Di',
          old: { name: null, password: null, logins: null },
          new: { name: 'Di', password: '[REDACTED]', logins: 0 },
          tool: 'prisma',
          user: '7',
          count: undefined,
          body: 'create User 4 "Di"',
        },
      ]);
    });

    test('P51 update: only what changed, also when the answer is only a part; nothing when nothing changed', async () => {
      await prisma.user.update({ where: { id: 1 }, data: { email: 'a@example.org', logins: { increment: 2 } } });
      const part = { where: { email: 'a@example.org' }, data: { name: { set: 'Anna' } }, select: { logins: true } };
      expect(await prisma.user.update(part)).toEqual({ logins: 2 });
      await prisma.user.update({ where: { id: 1 }, data: { name: 'Anna' } });
      await expect(prisma.user.update({ where: { id: 99 }, data: { name: 'x' } })).rejects.toThrow('not found');
      expect(recording.take()).toMatchObject([
        { action: 'update', id: '1', old: { email: null, logins: 0 }, new: { email: 'a@example.org', logins: 2 } },
        { action: 'update', id: '1', old: { name: 'Ana' }, new: { name: 'Anna' } },
      ]);
    });

    test('P51 upsert creates or updates; delete keeps the object', async () => {
      for (const name of ['Eve', 'Eva']) {
        const email = 'e@example.org';
        await prisma.user.upsert({ where: { email }, create: { name, email }, update: { name } });
      }
      await prisma.user.delete({ where: { email: 'e@example.org' }, select: { email: true } });
      await prisma.user.delete({ where: { id: 1 } });
      expect(recording.take()).toMatchObject([
        { action: 'create', id: '4', new: { name: 'Eve' } },
        { action: 'update', id: '4', old: { name: 'Eve' }, new: { name: 'Eva' } },
        { action: 'delete', id: '4', name: 'Eva', old: { name: 'Eva', email: 'e@example.org' } },
        { action: 'delete', id: '1', name: 'Ana' },
      ]);
    });

    test('P51 bytes show by their size, and other bytes of the same size are a change', async () => {
      const { id } = await prisma.tag.create({ data: { name: 'new', photo: Buffer.from('first') } });
      await prisma.tag.update({ where: { id }, data: { photo: Buffer.from('other') } });
      await prisma.tag.update({ where: { id }, data: { photo: Buffer.from('other') } });
      const photo = expect.stringMatching(/^\[binary, 5 bytes, [0-9a-f]{8}\]$/);
      expect(recording.take()).toMatchObject([
        { action: 'create', new: { photo } },
        { action: 'update', old: { photo }, new: { photo } },
      ]);
    });

    test('P51 relations: an owner is a field, what is connected and disconnected are changes of a relation', async () => {
      const tags = { connect: [{ id: 1 }, { id: 2 }] };
      await prisma.order.create({ data: { total: '5.00', customer: { connect: { id: 1 } }, tags } });
      await prisma.order.update({
        where: { id: 1 },
        data: { customer: { connect: { id: 2 } }, tags: { disconnect: { id: 1 } } },
      });
      expect(recording.take()).toMatchObject([
        { action: 'create', type: 'Order', id: '1', new: { total: '5', customerId: 1 } },
        { action: 'relation_add', type: 'Order', id: '1', new: { tags: ['1', '2'] } },
        { action: 'update', id: '1', old: { customerId: 1 }, new: { customerId: 2 } },
        { action: 'relation_remove', id: '1', old: { tags: ['1'] } },
      ]);
    });
  });

  describe('many records', () => {
    test('P51 createMany, updateMany, deleteMany and those that give the records back', async () => {
      expect(await prisma.user.createMany({ data: [{ name: 'Di' }, { name: 'Ed' }] })).toEqual({ count: 2 });
      await prisma.user.createManyAndReturn({ data: [{ name: 'Flo' }] });
      expect(await prisma.user.updateMany({ where: { logins: 5 }, data: { logins: { increment: 1 } } })).toEqual({
        count: 2,
      });
      await prisma.user.updateManyAndReturn({ where: { id: { gt: 4 } }, data: { logins: 9 } });
      expect(await prisma.user.deleteMany({ where: { id: { gte: 5 } } })).toEqual({ count: 2 });
      expect(recording.takeShort()).toEqual([
        'bulk_create User undefined',
        'bulk_create User undefined',
        'create User 6',
        'bulk_update User 2',
        'bulk_update User 3',
        'bulk_update User 5',
        'bulk_update User 6',
        'bulk_delete User 5',
        'bulk_delete User 6',
      ]);
    });

    test('P51 beyond maxRows, one entry with the number and what was set', async () => {
      const few = audited({ maxRows: 2 });
      await few.user.updateMany({ data: { email: null, logins: 8 } });
      await few.user.deleteMany();
      const events = recording.take();
      expect(events.map(({ action, count }) => [action, count])).toEqual([
        ['bulk_update', undefined],
        ['bulk_update', undefined],
        ['bulk_update', 1],
        ['bulk_delete', undefined],
        ['bulk_delete', undefined],
        ['bulk_delete', 1],
      ]);
      expect(events[2]?.new).toEqual({ logins: 8 });
    });
  });

  describe('transactions', () => {
    test('P51 interactive: recorded after the commit, never after a rollback', async () => {
      await prisma.$transaction(async (tx) => {
        await tx.user.create({ data: { name: 'Di' } });
        await tx.user.update({ where: { id: 4 }, data: { name: 'Dia' } });
        await prisma.tag.delete({ where: { id: 1 } });
        expect(recording.takeShort()).toEqual(['delete Tag 1']);
      });
      expect(recording.take()).toMatchObject([
        { action: 'create', id: '4' },
        { action: 'update', id: '4', old: { name: 'Di' }, new: { name: 'Dia' } },
      ]);
      const undone = prisma.$transaction(async (tx) => {
        await tx.user.deleteMany();
        throw new Error('changed my mind');
      });
      await expect(undone).rejects.toThrow('changed my mind');
      expect(recording.take()).toEqual([]);
    });

    test('P51 one within another that is rolled back takes only its own entries', async () => {
      await prisma.$transaction(async (tx) => {
        await tx.user.create({ data: { name: 'Di' } });
        const inner = tx.$transaction(async (nested) => {
          await nested.user.create({ data: { name: 'Ed' } });
          throw new Error('not this');
        });
        await expect(inner).rejects.toThrow('not this');
        await tx.$transaction(async (nested) => await nested.user.create({ data: { name: 'Flo' } }));
      });
      expect(recording.take().map(({ name }) => name)).toEqual(['Di', 'Flo']);
      expect(await plain.user.count()).toBe(5);
    });

    test('P51 a transaction in which a statement failed is rolled back, and records nothing', async () => {
      const email = 'same@example.org';
      await prisma
        .$transaction(async (tx) => {
          await tx.user.create({ data: { name: 'Di', email } });
          await Promise.resolve(tx.user.create({ data: { name: 'Ed', email } })).catch(() => {});
        })
        .catch(() => {});
      expect(await plain.user.count()).toBe(3);
      expect(recording.take()).toEqual([]);
    });

    test('P51 batches: all or nothing', async () => {
      const update = (id: number, name: string) => prisma.user.update({ where: { id }, data: { name } });
      const email = 'same@example.org';
      const done = await prisma.$transaction([update(1, 'Anna'), prisma.user.create({ data: { name: 'Di' } })]);
      expect(done).toMatchObject([{ name: 'Anna' }, { id: 4 }]);
      expect(recording.takeShort().sort()).toEqual(['create User 4', 'update User 1']);
      const failing = prisma.$transaction([
        prisma.user.create({ data: { name: 'Ed', email } }),
        prisma.user.create({ data: { name: 'Flo', email } }),
      ]);
      await expect(failing).rejects.toThrow('Unique constraint');
      expect(recording.take()).toEqual([]);
      expect(await plain.user.count()).toBe(4);
    });

    test('P51 extensions made after it hold within transactions, and it holds in them', async () => {
      const seen: unknown[] = [];
      const more = prisma.$extends<TestClient>({
        query: {
          user: {
            create({ args, query }: { args: object; query: (args: object) => unknown }) {
              seen.push(args);
              return query(args);
            },
          },
        },
      });
      await more.$transaction(async (tx) => await tx.user.create({ data: { name: 'Di' } }));
      expect(seen).toHaveLength(1);
      expect(recording.takeShort()).toEqual(['create User 4']);
    });
  });

  describe('settings', () => {
    test('P51 P56 models, fields and names as the options say', async () => {
      const some = audited({
        exclude: ['Tag'],
        redact: ['email'],
        models: { User: { type: 'user', name: 'email', exclude: ['logins'], actions: ['create'] } },
      });
      await some.user.create({ data: { name: 'Di', email: 'd@example.org' } });
      await some.user.update({ where: { id: 4 }, data: { name: 'Dia' } });
      await some.tag.create({ data: { name: 'green' } });
      expect(recording.take()).toMatchObject([
        { type: 'user', id: '4', name: undefined, new: { name: 'Di', email: '[REDACTED]' } },
      ]);
    });

    test('P51 without reading before: what the call tells', async () => {
      const some = audited({ before: 'none' });
      await some.user.update({ where: { id: 1 }, data: { name: 'Anna' }, select: { id: true } });
      await some.user.updateMany({ data: { logins: 1 } });
      await some.user.delete({ where: { id: 1 }, select: { logins: true } });
      await some.user.deleteMany();
      expect(recording.take()).toMatchObject([
        { action: 'update', id: '1', old: {}, new: { name: 'Anna' } },
        { action: 'bulk_update', count: 3, new: { logins: 1 } },
        { action: 'delete', id: '1' },
        { action: 'bulk_delete', count: 2 },
      ]);
    });

    test("P51 the plug-in's own failures are not the application's; options that make no sense are refused", async () => {
      const fails = () => {
        throw new Error('no name');
      };
      const some = audited({ models: { User: { name: fails } } });
      expect(await some.user.create({ data: { name: 'Di' } })).toMatchObject({ id: 4 });
      expect(recording.take()).toEqual([]);
      expect(() => audited({ maxRows: 0 })).toThrow('maxRows');
    });
  });
});
