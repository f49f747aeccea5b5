import { existsSync } from 'node:fs';
import { CommandError, type Invocation, textFlag, UsageError } from '../commands/command.ts';
import type { Config } from '../config/config.ts';
import { maskUrlSecrets } from '../config/quote.ts';
import { TOKEN_VARIABLE } from '../config/sources.ts';
import { createDiagnostics } from '../diagnostics.ts';
import { storeSettings } from '../pipeline.ts';
import { systemClock } from '../record/clock.ts';
import { directoryOf, type OpenStoreOptions, openMigratable, openStore } from '../store/open.ts';
import type { LogStore } from '../store/store.ts';
import type { RecordSource } from './records.ts';
import { ServerClient } from './server-client.ts';
import { serverRecords } from './server-records.ts';
import { storageRecords } from './storage-records.ts';

/** Where a command finds its records. */
export type Place = { readonly kind: 'server'; readonly client: ServerClient } | { readonly kind: 'storage' };

/**
 * Which place a command means: the server of `--url`, the storage of `--storage`, else the configured server if it
 * answers, else the configured storage (CONTRACT.md, "Command"). Throws `UsageError` when both are named.
 */
export async function findPlace(invocation: Invocation, config: Config): Promise<Place> {
  const url = textFlag(invocation, 'url');
  const storage = textFlag(invocation, 'storage');
  const token = process.env[TOKEN_VARIABLE];
  if (url !== undefined && storage !== undefined) {
    throw new UsageError('--url and --storage are given together; allowed: one of them');
  }
  if (url !== undefined) return { kind: 'server', client: new ServerClient(url, token) };
  if (storage !== undefined || config.dashboardPort === 0) return { kind: 'storage' };
  const client = new ServerClient(serverAddress(config, config.dashboardPort), token);
  return (await client.probe('/healthz')) === null ? { kind: 'storage' } : { kind: 'server', client };
}

/** Where a server with this configuration can be reached from its own machine. */
export function serverAddress(config: Config, port: number): string {
  const reachable: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' };
  const host = reachable[config.host] ?? config.host;
  return `${config.tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The records of that place, to be closed after use. Rejects with `CommandError` when there are none to be had. */
export async function openSource(invocation: Invocation, config: Config): Promise<RecordSource> {
  const place = await findPlace(invocation, config);
  return place.kind === 'server' ? serverRecords(place.client) : storageRecords(await openExistingStore(config));
}

/**
 * The configured storage, which must be there: a command that reads neither makes an empty one nor brings one to another
 * shape, for receivers of an older version may be using it.
 */
export async function openExistingStore(config: Config): Promise<LogStore> {
  const { storage } = config;
  if (!storageExists(storage)) {
    throw new CommandError(
      `there is no storage at ${storage}, and no server answers; name one with --storage or --url`,
    );
  }
  const due = await stepsDue(config);
  if (due !== '') {
    throw new CommandError(
      `the storage ${maskUrlSecrets(String(storage))} is not as this version wants it, migrations are due: ${due}; take them with "logvitals migrate", or name another storage with --storage`,
    );
  }
  return openStore(storage, openOptions(config));
}

/** The steps that `logvitals migrate` would take on the configured storage, in words; empty when there are none. */
export async function stepsDue(config: Config): Promise<string> {
  const storage = await openMigratable(config.storage, openOptions(config));
  if (storage === null) return '';
  try {
    const steps = await storage.pending();
    return steps.map(({ number, name }) => `${number} (${name})`).join(', ');
  } finally {
    await storage.close();
  }
}

function openOptions(config: Config): OpenStoreOptions {
  return { ...storeSettings(config), now: systemClock, diagnostics: createDiagnostics() };
}

/** Whether an embedded storage's folder is there; others are taken to be, until they are opened. */
export function storageExists(storage: Config['storage']): boolean {
  if (typeof storage !== 'string' || !storage.startsWith('file:')) return true;
  return existsSync(directoryOf(storage));
}
