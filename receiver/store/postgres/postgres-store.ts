import type { OpenStoreOptions } from '../open.ts';
import type { LogStore } from '../store.ts';
import type { PostgresSettings } from './settings.ts';

export interface PostgresStoreOptions
  extends Partial<PostgresSettings>,
    Pick<OpenStoreOptions, 'now' | 'diagnostics' | 'retentionDays' | 'waitForServer'> {
  readonly url: string;
}

export async function openPostgresStore(_options: PostgresStoreOptions): Promise<LogStore> {
  throw new Error('being written');
}
