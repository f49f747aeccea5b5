import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PrismaPg } from '@prisma/adapter-pg';
import type { TestDatabase } from '../../../helpers/postgres.ts';

const MODULES = join(import.meta.dirname, '../../../../node_modules');

export type Found = Readonly<Record<string, unknown>>;
type Query<Answer> = (input?: object) => PromiseLike<Answer>;

/** The methods that Prisma generates for a model, as far as tests call them. */
export interface Delegate {
  readonly create: Query<Found>;
  readonly createMany: Query<{ count: number }>;
  readonly createManyAndReturn: Query<Found[]>;
  readonly update: Query<Found>;
  readonly updateMany: Query<{ count: number }>;
  readonly updateManyAndReturn: Query<Found[]>;
  readonly upsert: Query<Found>;
  readonly delete: Query<Found>;
  readonly deleteMany: Query<{ count: number }>;
  readonly count: Query<number>;
}

/** The client that Prisma generates from `schema.prisma`, as far as tests use it. */
export interface TestClient {
  readonly user: Delegate;
  readonly order: Delegate;
  readonly tag: Delegate;
  $extends<Extended>(extension: ((client: this) => Extended) | object): Extended;
  $transaction<T>(work: (tx: TestClient) => Promise<T>): Promise<T>;
  $transaction(queries: readonly PromiseLike<unknown>[]): Promise<unknown[]>;
  $executeRawUnsafe(sql: string): Promise<number>;
  $disconnect(): Promise<void>;
}

/** Runs `prisma generate` on a folder's `schema.prisma`. It needs no network when it has no use for the schema engine. */
export function generatePrisma(directory: string): void {
  execFileSync(process.execPath, [join(MODULES, 'prisma/build/index.js'), 'generate', '--schema', 'schema.prisma'], {
    cwd: directory,
    env: {
      ...process.env,
      // An engine for migrations, which is neither here nor used.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    },
    stdio: 'pipe',
  });
}

/** The client of `schema.prisma`, made in a folder of its own. */
export async function generatedClient(): Promise<{ open(database: TestDatabase): TestClient } & Disposable> {
  const directory = mkdtempSync(join(tmpdir(), 'logvitals-prisma-'));
  copyFileSync(join(import.meta.dirname, 'schema.prisma'), join(directory, 'schema.prisma'));
  symlinkSync(MODULES, join(directory, 'node_modules'));
  generatePrisma(directory);
  const { PrismaClient } = await import(pathToFileURL(join(directory, 'generated/client.ts')).href);
  return {
    open: ({ url }) => new PrismaClient({ adapter: new PrismaPg({ connectionString: url, max: 3 }) }),
    [Symbol.dispose]: () => rmSync(directory, { recursive: true, force: true }),
  };
}

/** The schema's tables, as Prisma would make them. */
export const TABLES = `
  create table "User" (id serial primary key, name text not null, email text unique, password text, logins int not null default 0);
  create table "Order" (id serial primary key, total decimal not null default 0, "customerId" int references "User" on delete set null);
  create table "Tag" (id serial primary key, name text not null, photo bytea);
  create table "_OrderToTag" (
    "A" int not null references "Order" on delete cascade, "B" int not null references "Tag" on delete cascade,
    primary key ("A", "B")
  );`;
