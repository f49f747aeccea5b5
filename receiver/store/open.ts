import { fileURLToPath } from 'node:url';
import type { Diagnostics } from '../diagnostics.ts';
import type { Clock } from '../record/clock.ts';
import type { EmbeddedSettings } from './embedded/settings.ts';
import { StoreError } from './errors.ts';
import type { MigratableStorage } from './migration.ts';
import type { MongodbSettings } from './mongodb/settings.ts';
import type { PostgresSettings } from './postgres/settings.ts';
import type { LogStore } from './store.ts';

export interface OpenStoreOptions {
  readonly now: Clock;
  readonly diagnostics: Diagnostics;
  /** Each kind's own settings; their defaults where absent. */
  readonly embedded?: EmbeddedSettings;
  readonly postgres?: PostgresSettings;
  readonly mongodb?: MongodbSettings;
  /** Days that records are kept, for storages that forget by themselves (a TTL index) or lay tables out by it. */
  readonly retentionDays?: number;
  /**
   * Whether to go on without a database server that cannot be reached yet, as a receiver does: every call then rejects
   * with a StoreUnavailableError until the server is there. Otherwise that is an error at once.
   */
  readonly waitForServer?: boolean;
}

/** What a storage URL may begin with (CONTRACT.md, "Storage URL"). */
const SCHEMES = ['file:', 'postgres:', 'mongodb:', 'mongodb+srv:'] as const;

/** Everything a `LogStore` does; a user's own must have all of it. */
const METHODS = Object.keys({
  append: true,
  cards: true,
  search: true,
  get: true,
  context: true,
  histogram: true,
  facets: true,
  group: true,
  trace: true,
  loggers: true,
  prune: true,
  alertStates: true,
  commitAlerts: true,
  alerts: true,
  ping: true,
  close: true,
} satisfies Record<keyof LogStore, true>);

/**
 * Opens what a storage setting names: a URL's storage, or the user's own `LogStore` object as it is (P41). Rejects with
 * a StoreError that says what is wrong; it never shows more of a URL than its scheme, for the rest may hold credentials.
 */
export async function openStore(storage: string | object, options: OpenStoreOptions): Promise<LogStore> {
  if (typeof storage !== 'string') return checkedStore(storage);
  const scheme = /^[a-z][a-z0-9+.-]*:/i.exec(storage)?.[0].toLowerCase();
  switch (scheme) {
    case 'file:': {
      const { openEmbeddedStore } = await import('./embedded/embedded-store.ts');
      const { embedded, ...common } = options;
      return openEmbeddedStore({ directory: directoryOf(storage), ...embedded, ...common });
    }
    case 'postgres:':
    case 'postgresql:': {
      const { openPostgresStore } = await import('./postgres/postgres-store.ts');
      const { postgres, ...common } = options;
      return openPostgresStore({ url: storage, ...postgres, ...common });
    }
    case 'mongodb:':
    case 'mongodb+srv:': {
      const { openMongodbStore } = await import('./mongodb/mongodb-store.ts');
      const { mongodb, ...common } = options;
      return openMongodbStore({ url: storage, ...mongodb, ...common });
    }
    default:
      throw new StoreError(
        `the storage URL must begin with one of ${SCHEMES.join(' ')}, and ${scheme ? `${scheme} is none` : 'it has no scheme'}; for a folder write file:./logvitals-data`,
      );
  }
}

/**
 * Opens a database to be migrated, or null where nothing ever is: the embedded storage brings itself to the shape it
 * wants, and a user's own storage is the user's. Rejects as `openStore` does.
 */
export async function openMigratable(
  storage: string | object,
  options: OpenStoreOptions,
): Promise<MigratableStorage | null> {
  if (typeof storage !== 'string') return null;
  if (/^postgres(ql)?:/i.test(storage)) {
    const { openPostgresMigrations } = await import('./postgres/migrations.ts');
    const { postgres, ...common } = options;
    return openPostgresMigrations({ url: storage, ...postgres, ...common });
  }
  if (/^mongodb(\+srv)?:/i.test(storage)) {
    const { openMongodbMigrations } = await import('./mongodb/migrations.ts');
    const { mongodb, ...common } = options;
    return openMongodbMigrations({ url: storage, ...mongodb, ...common });
  }
  return null;
}

/** The folder of `file:./relative`, `file:/absolute` and `file:///absolute`. */
export function directoryOf(url: string): string {
  const path = url.slice('file:'.length);
  if (path === '') throw new StoreError('the storage URL file: names no folder; write file:./logvitals-data');
  if (!path.startsWith('//')) return path;
  try {
    return fileURLToPath(url);
  } catch {
    throw new StoreError(
      `the storage URL ${JSON.stringify(url)} names a folder of another machine; write file:./folder, file:/folder or file:///folder`,
    );
  }
}

function checkedStore(storage: object): LogStore {
  const missing = METHODS.filter((name) => typeof (storage as Record<string, unknown>)[name] !== 'function');
  if (missing.length > 0) {
    throw new StoreError(
      `the storage object is no LogStore: it lacks ${missing.map((name) => `${name}()`).join(', ')}`,
    );
  }
  return storage as LogStore;
}
