import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment } from '../helpers/server.ts';

export const CLI = join(import.meta.dirname, '../../dist/receiver/cli.js');

export interface CliRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliSettings {
  /** A temporary folder, so that no config file or storage of the checkout gets in. */
  readonly cwd?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string | Buffer;
}

/** Runs the built command as users do, to its end. */
export async function runCli(args: readonly string[], settings: CliSettings = {}): Promise<CliRun> {
  const { child, ended } = startCli(args, settings);
  child.stdin!.end(settings.input ?? '');
  return ended;
}

/** Starts the built command. No server answers at its default address unless `environment` says where. */
export function startCli(
  args: readonly string[],
  { cwd = tmpdir(), environment = {} }: CliSettings = {},
): { child: ChildProcess; ended: Promise<CliRun>; stdout(): string } {
  const child = spawn(process.execPath, [CLI, ...args], {
    cwd,
    env: { ...cleanEnvironment(), LOGVITALS_DASHBOARD_PORT: '0', ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A command that ends early leaves its input unread.
  child.stdin.on('error', () => {});
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<CliRun>((resolve) => child.on('close', (code) => resolve({ code, stdout, stderr })));
  return { child, ended, stdout: () => stdout };
}

/** A folder of its own for a test; `remove` when it is over. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'logvitals-cli-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
