import type { OpenStoreOptions } from '../open.ts';
import type { LogStore } from '../store.ts';
import type { MongodbSettings } from './settings.ts';

export interface MongodbStoreOptions
  extends Partial<MongodbSettings>,
    Pick<OpenStoreOptions, 'now' | 'diagnostics' | 'retentionDays' | 'waitForServer'> {
  readonly url: string;
}

export async function openMongodbStore(_options: MongodbStoreOptions): Promise<LogStore> {
  throw new Error('being written');
}
