import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CLI = join(import.meta.dirname, '../../dist/receiver/cli.js');

/** A logvitals server running as users run it: the built program as a process of its own. */
export interface RunningServer {
  /** `http://127.0.0.1:PORT`, no path. */
  readonly http: string;
  /** `127.0.0.1:PORT`. */
  readonly grpc: string;
  readonly dashboard: string;
  readonly process: ChildProcess;
  /** What it has written to standard error so far. */
  stderr(): string;
  /** SIGTERM, then its exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL, then gone. */
  kill(): Promise<void>;
}

export interface ServerSettings {
  /** Storage folder; a temporary one, removed at `stop`, when neither it nor `storage` is given. */
  readonly directory?: string;
  /** A storage URL in place of a folder. */
  readonly storage?: string;
  readonly arguments?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts `logvitals serve` on free ports and resolves when it has printed its three addresses. */
export async function startServer(settings: ServerSettings = {}): Promise<RunningServer> {
  const isTemporary = settings.directory === undefined && settings.storage === undefined;
  const temporary = isTemporary ? mkdtempSync(join(tmpdir(), 'logvitals-e2e-')) : null;
  const storage = settings.storage ?? `file:${settings.directory ?? join(temporary!, 'data')}`;
  const ports = ['--grpc-port', '0', '--http-port', '0', '--dashboard-port', '0'];
  const child = spawn(process.execPath, [CLI, 'serve', '--storage', storage, ...ports, ...(settings.arguments ?? [])], {
    cwd: settings.cwd ?? tmpdir(),
    env: { ...cleanEnvironment(), ...settings.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const exited = new Promise<number | null>((resolve) => {
    child.on('exit', (code) => resolve(code));
  });
  const cleanUp = () => {
    if (temporary) rmSync(temporary, { recursive: true, force: true });
  };
  const addresses = await addressesOf(child, exited, () => stderr);
  return {
    ...addresses,
    process: child,
    stderr: () => stderr,
    async stop() {
      child.kill('SIGTERM');
      const code = await exited;
      cleanUp();
      return code;
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
      cleanUp();
    },
  };
}

/** The machine's environment without what would steer logvitals or an OpenTelemetry SDK. */
export function cleanEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^(LOGVITALS|OTEL)_/.test(key)));
}

function addressesOf(
  child: ChildProcess,
  exited: Promise<number | null>,
  stderr: () => string,
): Promise<{ http: string; grpc: string; dashboard: string }> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    child.stdout!.on('data', (chunk) => {
      stdout += chunk;
      const address = (name: string) => new RegExp(`^${name} +(\\S+)$`, 'm').exec(stdout)?.[1];
      const [grpc, http, dashboard] = [address('otlp/grpc'), address('otlp/http'), address('dashboard')];
      if (grpc && http && dashboard) resolve({ grpc, http, dashboard });
    });
    exited.then((code) =>
      reject(new Error(`The server exited with ${code} before it was ready.\n${stdout}\n${stderr()}`)),
    );
  });
}
