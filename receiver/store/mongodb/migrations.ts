import type { MigratableStorage } from '../migration.ts';
import type { MongodbStoreOptions } from './mongodb-store.ts';

export async function openMongodbMigrations(_options: MongodbStoreOptions): Promise<MigratableStorage> {
  throw new Error('being written');
}
