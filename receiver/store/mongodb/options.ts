import type { OpenStoreOptions } from '../open.ts';
import type { MongodbSettings } from './settings.ts';

export interface MongodbStoreOptions
  extends Partial<MongodbSettings>,
    Pick<OpenStoreOptions, 'now' | 'diagnostics' | 'retentionDays' | 'waitForServer'> {
  /** `mongodb:` or `mongodb+srv:`; the database is `logvitals` when it names none. */
  readonly url: string;
}

export const DEFAULTS = { connections: 10, queryTimeout: 30_000 } as const satisfies MongodbSettings;
