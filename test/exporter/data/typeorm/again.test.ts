import { DataSource, EntitySchema } from 'typeorm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditTypeorm } from '../../../../exporter/src/typeorm.ts';
import { findPostgres, postgresDatabase, type TestDatabase } from '../../../helpers/postgres.ts';
import { recordEvents } from '../recorded.ts';

const Item = new EntitySchema<{ id: number; name: string }>({
  name: 'Item',
  columns: { id: { type: Number, primary: true, generated: true }, name: { type: String } },
});

const postgres = await findPostgres();

describe.skipIf(postgres === null)('TypeORM', () => {
  let database: TestDatabase;
  let source: DataSource;
  beforeAll(async () => {
    database = await postgresDatabase();
    source = new DataSource({ type: 'postgres', url: database.url, entities: [Item], synchronize: true });
    await source.initialize();
  });
  afterAll(async () => {
    await source.destroy();
    await database.drop();
  });

  async function write() {
    const items = source.getRepository(Item);
    const { id } = await items.save({ name: 'Tea' });
    await items.update({ id }, { name: 'Coffee' });
    await source
      .transaction(async (manager) => {
        await manager.getRepository(Item).update({ id }, { name: 'Milk' });
        throw new Error('undone');
      })
      .catch(() => {});
  }

  test('P51 asked again, it records each change once, by the latest options', async () => {
    using recording = recordEvents();
    auditTypeorm(source, { tool: 'first' });
    auditTypeorm(source, { tool: 'second' });
    await write();
    expect(recording.take().map(({ action, tool }) => `${action} ${tool}`)).toEqual(['create second', 'update second']);
  });

  test('P51 a data source that is initialized once more is recorded as before, and nothing that is rolled back', async () => {
    using recording = recordEvents();
    await source.destroy();
    await source.initialize();
    auditTypeorm(source, { tool: 'third' });
    await write();
    expect(recording.take().map(({ action, tool }) => `${action} ${tool}`)).toEqual(['create third', 'update third']);
  });
});
