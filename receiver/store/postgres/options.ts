import type { OpenStoreOptions } from '../open.ts';
import type { PostgresSettings } from './settings.ts';

export interface PostgresStoreOptions
  extends Partial<PostgresSettings>,
    Pick<OpenStoreOptions, 'now' | 'diagnostics' | 'retentionDays' | 'waitForServer'> {
  readonly url: string;
}

const DEFAULTS = {
  schema: 'logvitals',
  connections: 10,
  trigramIndex: false,
  queryTimeout: 30_000,
  retentionDays: 90,
  waitForServer: false,
} as const;

/** The options with the configuration's defaults for those that are absent. */
export function withDefaults(options: PostgresStoreOptions): Required<PostgresStoreOptions> {
  return { ...DEFAULTS, ...options };
}
