import type { MigratableStorage } from '../migration.ts';
import type { PostgresStoreOptions } from './postgres-store.ts';

export async function openPostgresMigrations(_options: PostgresStoreOptions): Promise<MigratableStorage> {
  throw new Error('being written');
}
