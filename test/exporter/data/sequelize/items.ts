import pg from 'pg';
import { type ModelAttributes, Sequelize } from 'sequelize';
import { postgresDatabase } from '../../../helpers/postgres.ts';

/** A Sequelize that nobody audits yet, with a database of its own and a model of items in it. */
export interface Items extends AsyncDisposable {
  readonly sequelize: Sequelize;
}

export async function openItems(attributes: ModelAttributes): Promise<Items> {
  const database = await postgresDatabase();
  const sequelize = new Sequelize(database.url, { dialect: 'postgres', dialectModule: pg, logging: false });
  sequelize.define('Item', attributes, { tableName: 'items', timestamps: false });
  await sequelize.sync();
  return {
    sequelize,
    async [Symbol.asyncDispose]() {
      await sequelize.close();
      await database.drop();
    },
  };
}
