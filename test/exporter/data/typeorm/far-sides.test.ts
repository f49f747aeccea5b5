import { DataSource, EntitySchema } from 'typeorm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { auditTypeorm } from '../../../../exporter/src/typeorm.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../../../helpers/postgres.ts';
import { type Recording, recordEvents } from '../recorded.ts';

interface Order {
  id: number;
  note: string | null;
  lines: Line[];
}
interface Line {
  id: number;
  name: string;
  order?: Order | null;
}

const Orders = new EntitySchema<Order>({
  name: 'Order',
  tableName: 'orders',
  columns: {
    id: { type: Number, primary: true, generated: true },
    note: { type: String, nullable: true },
  },
  relations: { lines: { type: 'one-to-many', target: 'Line', inverseSide: 'order', cascade: true } },
});
const Lines = new EntitySchema<Line>({
  name: 'Line',
  tableName: 'lines',
  columns: { id: { type: Number, primary: true, generated: true }, name: { type: String } },
  relations: { order: { type: 'many-to-one', target: 'Order', inverseSide: 'lines', nullable: true } },
});

const postgres = await findPostgres();

describe.skipIf(postgres === null)('TypeORM, where save sets a pointer from the far side', () => {
  let database: TestDatabase;
  let source: DataSource;
  let recording: Recording;
  beforeAll(async () => {
    database = await postgresDatabase();
    source = new DataSource({ type: 'postgres', url: database.url, entities: [Orders, Lines], synchronize: true });
    await source.initialize();
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.drop();
  });
  beforeEach(async () => {
    auditTypeorm(source);
    await source.query('truncate orders, lines restart identity');
    recording = recordEvents();
    return () => recording[Symbol.dispose]();
  });

  const orders = () => source.getRepository(Orders);
  const lines = () => source.getRepository(Lines);

  test('P51 a new line has its order', async () => {
    await orders().save({ lines: [{ name: 'Tea' }, { name: 'Mug' }] });
    expect(recording.take()).toMatchObject([
      { action: 'create', type: 'Order', id: '1' },
      { action: 'create', type: 'Line', id: '1', new: { name: 'Tea', order: 1 } },
      { action: 'create', type: 'Line', id: '2', new: { name: 'Mug', order: 1 } },
    ]);
  });

  test('P51 a line that comes, goes or moves is an update of it, and once', async () => {
    const tea = await lines().save({ name: 'Tea' });
    const mug = await lines().save({ name: 'Mug' });
    const first = await orders().save({ lines: [tea, mug] });
    const second = await orders().save({ lines: [] as Line[] });
    recording.take();
    first.lines = [tea];
    await orders().save(first);
    second.lines = [{ ...tea, name: 'Green tea' }];
    await orders().save(second);
    await lines().save({ id: mug.id, order: second, name: 'Big mug' });
    expect(recording.take()).toMatchObject([
      { action: 'update', type: 'Line', id: '2', old: { order: 1 }, new: { order: null } },
      { action: 'update', type: 'Line', id: '1', old: { order: 1 }, new: { order: 2 } },
      { action: 'update', type: 'Line', id: '1', old: { name: 'Tea' }, new: { name: 'Green tea' } },
      {
        action: 'update',
        type: 'Line',
        id: '2',
        old: { name: 'Mug', order: null },
        new: { name: 'Big mug', order: 2 },
      },
    ]);
  });

  test('P51 what a rollback undoes is not recorded', async () => {
    const tea = await lines().save({ name: 'Tea' });
    recording.take();
    const undone = source.transaction(async (manager) => {
      await manager.getRepository(Orders).save({ lines: [tea] });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    expect(recording.take()).toEqual([]);
  });

  test('P51 without a look at the row before, the pointer stands alone', async () => {
    auditTypeorm(source, { before: 'none' });
    const tea = await lines().save({ name: 'Tea' });
    recording.take();
    await orders().save({ lines: [tea] });
    expect(recording.take()).toMatchObject([
      { action: 'update', type: 'Line', id: '1', old: {}, new: { order: 1 } },
      { action: 'create', type: 'Order' },
    ]);
  });
});
