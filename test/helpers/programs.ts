import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const SHARED_BIN = join(import.meta.dirname, '../../../shared/bin');

/**
 * Path of a real program to test against (`otelcol`, `telemetrygen`), or null where it cannot be had. A test that gets
 * null skips by name; `.ci/run` makes that a failure on machines that must have it.
 */
export function findProgram(name: 'otelcol' | 'telemetrygen'): string | null {
  const path = join(SHARED_BIN, name);
  return existsSync(path) ? path : null;
}

/**
 * A background program that is surely gone when the test is, with everything it started: `npx` told to end would leave
 * its program running.
 */
export function runProgram(
  path: string,
  args: readonly string[],
  cwd: string,
): { child: ChildProcess; output(): string; stop(): Promise<void> } {
  const child = spawn(path, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    output += chunk;
  });
  const exited = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  return {
    child,
    output: () => output,
    async stop() {
      if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
      await exited;
    },
  };
}
