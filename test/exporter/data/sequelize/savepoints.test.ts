import { DataTypes, type Sequelize, type Transaction } from 'sequelize';
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
    auditSequelize(sequelize);
  });
  afterAll(() => items[Symbol.asyncDispose]());

  test('P51 savepoints within savepoints are undone as the database does, which Sequelize gives the same names', async () => {
    using recording = recordEvents();
    const Item = sequelize.models.Item!;
    const create = (name: string, transaction: Transaction) => Item.create({ name }, { transaction });
    const undone = new Error('undone');
    await sequelize.transaction(async (outer) => {
      await create('outer', outer);
      await sequelize
        .transaction({ transaction: outer }, async (middle) => {
          await create('middle', middle);
          await sequelize.transaction({ transaction: middle }, (inner) => create('kept', inner));
          await sequelize
            .transaction({ transaction: middle }, async (inner) => {
              await create('inner', inner);
              throw undone;
            })
            .catch((error) => expect(error).toBe(undone));
          await create('late', middle);
          throw undone;
        })
        .catch((error) => expect(error).toBe(undone));
      await create('end', outer);
    });
    const stored = (await Item.findAll({ order: ['id'] })).map((item) => item.get('name'));
    expect(recording.take().map(({ name }) => name)).toEqual(stored);
    expect(stored).not.toContain('inner');
    expect(stored).not.toContain('late');
  });
});
