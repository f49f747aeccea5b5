import { DataTypes, type Sequelize } from 'sequelize';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditSequelize } from '../../../../exporter/src/sequelize.ts';
import { findPostgres } from '../../../helpers/postgres.ts';
import { recordEvents } from '../recorded.ts';
import { type Items, openItems } from './items.ts';

const postgres = await findPostgres();

describe.skipIf(postgres === null)('Sequelize', () => {
  let items: Items;
  let sequelize: Sequelize;
  beforeAll(async () => {
    items = await openItems({ name: DataTypes.STRING });
    sequelize = items.sequelize;
  });
  afterAll(() => items[Symbol.asyncDispose]());

  test('P51 asked again, it records each change once, by the latest options', async () => {
    using recording = recordEvents();
    auditSequelize(sequelize, { tool: 'first' });
    auditSequelize(sequelize, { tool: 'second' });
    const Item = sequelize.models.Item!;
    const undone = sequelize.transaction(async (transaction) => {
      await Item.create({ name: 'undone' }, { transaction });
      throw new Error('undone');
    });
    await expect(undone).rejects.toThrow('undone');
    await sequelize.transaction((transaction) => Item.create({ name: 'Tea' }, { transaction }));
    await Item.update({ name: 'Coffee' }, { where: { name: 'Tea' } });
    expect(recording.take().map(({ action, tool }) => `${action} ${tool}`)).toEqual(['create second', 'update second']);
  });
});
