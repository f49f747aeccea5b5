import { spawn } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnvironment } from '../../helpers/server.ts';

const EXPORTER = join(import.meta.dirname, '../../../exporter');

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningScript {
  readonly finished: Promise<Finished>;
  kill(signal: NodeJS.Signals): void;
  stdout(): string;
}

/** Runs a script with this Node as an application would, in an environment that says nothing of telemetry but `environment`. */
export function startScript(
  script: string,
  environment: Record<string, string> = {},
  cwd = join(script, '..'),
): RunningScript {
  const child = spawn(process.execPath, [script], {
    cwd,
    env: { ...cleanEnvironment(), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  return {
    finished: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    }),
    kill: (signal) => child.kill(signal),
    stdout: () => stdout,
  };
}

/**
 * Scripts use the built package, as applications do. `npm test` builds it first; whoever runs Vitest alone is told to,
 * rather than shown what an older build did.
 */
export function requireBuiltExporter(): void {
  const newest = (pattern: string) =>
    Math.max(0, ...globSync(pattern, { cwd: EXPORTER }).map((file) => statSync(join(EXPORTER, file)).mtimeMs));
  const built = Math.min(newest('dist/index.js'), newest('dist/cjs/package.json'));
  if (built < newest('src/**')) {
    throw new Error('exporter/dist is older than exporter/src: run "npm run build -w exporter" first');
  }
}
