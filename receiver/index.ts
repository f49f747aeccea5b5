/** What `import … from 'logvitals'` gives. */
import { configFrom } from './config/load.ts';
import type { UserConfig as WrittenConfig } from './config/schema.ts';
import { type LogvitalsServer, serve } from './serve.ts';
import type { Alert } from './store/alert.ts';
import type { LogStore } from './store/store.ts';

export type { AlertListener } from './alerts/listeners.ts';
export type { LogRecord, StoredRecord } from './record/log-record.ts';
export type { Addresses, LogvitalsServer } from './serve.ts';
export type { Alert } from './store/alert.ts';
export { StoreError, StoreUnavailableError } from './store/errors.ts';
export type { LogStore } from './store/store.ts';

/** What a config file may say: docs/configuration.md. */
export interface UserConfig extends Omit<WrittenConfig, 'storage' | 'onThreshold'> {
  /** A storage URL, or a storage of your own. */
  readonly storage?: string | LogStore | undefined;
  /** Called with each alert this server fires; its failure is logged and harms nothing. */
  readonly onThreshold?: ((alert: Alert) => unknown) | null | undefined;
}

/** Gives editors the types of a config file; returns it unchanged. What may be written: docs/configuration.md. */
export function defineConfig(config: UserConfig): UserConfig {
  return config;
}

/**
 * Starts a server inside this process: what `logvitals serve` does, without flags, environment or config file. Rejects
 * with every fault of `config` named, or when the storage or a port cannot be had.
 */
export function createServer(config: UserConfig = {}): Promise<LogvitalsServer> {
  return serve(configFrom(config as WrittenConfig));
}
