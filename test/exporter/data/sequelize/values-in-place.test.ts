import { DataTypes, type Model, type Sequelize } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditSequelize } from '../../../../exporter/src/sequelize.ts';
import { findPostgres } from '../../../helpers/postgres.ts';
import { recordEvents } from '../recorded.ts';
import { type Items, openItems } from './items.ts';

type Item = Model & { name: string; meta: { size: { cm: number } } };

const postgres = await findPostgres();

describe.skipIf(postgres === null)('Sequelize', () => {
  let items: Items;
  let sequelize: Sequelize;
  beforeAll(async () => {
    items = await openItems({ name: DataTypes.STRING, meta: DataTypes.JSONB });
    sequelize = items.sequelize;
  });
  afterAll(() => items[Symbol.asyncDispose]());

  const createItem = () => sequelize.models.Item!.create({ name: 'Tea', meta: { size: { cm: 10 } } }) as Promise<Item>;

  test.each([
    ['fetch', { meta: { size: { cm: 10 } } }],
    ['none', {}],
  ] as const)('P51 a value that was changed within itself is seen to have changed, before: %s', async (before, old) => {
    auditSequelize(sequelize, { before });
    const item = await createItem();
    using recording = recordEvents();
    item.set('meta.size.cm' as never, 20 as never);
    await item.save();
    expect(recording.take()).toMatchObject([
      { action: 'update', id: String(item.get('id')), old, new: { meta: { size: { cm: 20 } } } },
    ]);
  });

  test('P51 a copy that shares its parts with the old value is no old value either', async () => {
    auditSequelize(sequelize);
    const item = await createItem();
    using recording = recordEvents();
    item.meta.size.cm = 30;
    item.meta = { ...item.meta };
    item.changed('meta' as never, true);
    await item.save();
    expect(recording.take()).toMatchObject([
      { action: 'update', old: { meta: { size: { cm: 10 } } }, new: { meta: { size: { cm: 30 } } } },
    ]);
  });

  test('P51 a deleted instance shows what was stored, not what it was changed to meanwhile', async () => {
    auditSequelize(sequelize);
    const item = await createItem();
    using recording = recordEvents();
    item.name = 'never stored';
    await item.destroy();
    expect(recording.take()).toMatchObject([{ action: 'delete', name: 'Tea', old: { name: 'Tea' } }]);
  });
});
