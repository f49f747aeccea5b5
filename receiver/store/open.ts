import { fileURLToPath } from 'node:url';
import type { Diagnostics } from '../diagnostics.ts';
import type { Clock } from '../record/clock.ts';
import type { EmbeddedSettings } from './embedded/settings.ts';
import { StoreError } from './errors.ts';
import type { LogStore } from './store.ts';

export interface OpenStoreOptions {
  readonly now: Clock;
  readonly diagnostics: Diagnostics;
  /** Settings of embedded storage; other kinds have their own. */
  readonly embedded?: EmbeddedSettings;
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
    case 'postgresql:':
    case 'mongodb:':
    case 'mongodb+srv:':
      throw new StoreError(
        `this version of logvitals has no driver for ${scheme} storage yet; use file:./logvitals-data, or an object of your own in the config file`,
      );
    default:
      throw new StoreError(
        `the storage URL must begin with one of ${SCHEMES.join(' ')}, and ${scheme ? `${scheme} is none` : 'it has no scheme'}; for a folder write file:./logvitals-data`,
      );
  }
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
