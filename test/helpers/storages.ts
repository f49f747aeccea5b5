import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findMongodb, mongodbDatabase } from './mongodb.ts';
import { findPostgres, postgresDatabase } from './postgres.ts';

/** An empty storage of one kind, made for a test. */
export interface TestStorage {
  readonly url: string;
  /** Removes it; on a database server it fails when somebody is still connected. */
  drop(): Promise<void>;
}

export interface StorageKind {
  readonly kind: string;
  /** Whether this machine has it; where it has not, tests are skipped by name. */
  readonly isThere: boolean;
  make(): Promise<TestStorage>;
}

/** Every kind of storage that a URL can name. */
export const STORAGE_KINDS: readonly StorageKind[] = [
  { kind: 'the embedded store', isThere: true, make: async () => embeddedStorage() },
  { kind: 'PostgreSQL', isThere: (await findPostgres()) !== null, make: () => postgresDatabase() },
  { kind: 'MongoDB', isThere: (await findMongodb()) !== null, make: () => mongodbDatabase() },
];

function embeddedStorage(): TestStorage {
  const folder = mkdtempSync(join(tmpdir(), 'logvitals-storage-'));
  return { url: `file:${join(folder, 'data')}`, drop: async () => rmSync(folder, { recursive: true, force: true }) };
}
