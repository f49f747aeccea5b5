import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A server under measurement, on a core of its own where the machine can do that. */
export interface PinnedProcess {
  /** The address it printed under that name. */
  address(name: string): string;
  /** CPU seconds used so far, all threads. */
  cpuSeconds(): number;
  residentBytes(): number;
  /** Since the start. */
  peakResidentBytes(): number;
  stop(): Promise<void>;
}

/** Linux counts CPU time in ticks of 10 ms. */
const TICKS_PER_SECOND = 100;

/** The server's core; the sender keeps off it. */
const SERVER_CORE = '0';
const canPin = spawnSync('taskset', ['-c', SERVER_CORE, 'true']).status === 0;

/** Keeps this process off the server's core, if there is another one. */
export function keepOffServerCore(): void {
  if (canPin) spawnSync('taskset', ['-a', '-p', '-c', '1-1023', String(process.pid)]);
}

/** Runs a Node program and resolves when it has printed the addresses it listens on. Linux only: it reads /proc. */
export async function startPinned(program: readonly string[]): Promise<PinnedProcess> {
  const pin = canPin ? ['taskset', '-c', SERVER_CORE] : [];
  const [command, ...args] = [...pin, process.execPath, ...program];
  const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  process.once('exit', () => child.kill('SIGKILL'));
  const addresses = new Map<string, string>();
  const expected = program[0]!.endsWith('cli.js') ? 3 : 1;
  await new Promise<void>((resolve, reject) => {
    let printed = '';
    child.once('exit', (code) => reject(new Error(`${program[0]} exited with ${code}`)));
    child.stdout!.on('data', (chunk) => {
      printed += chunk;
      for (const [, name, address] of printed.matchAll(/^(\S+) +(\S+)\n/gm)) addresses.set(name!, address!);
      if (addresses.size >= expected) resolve();
    });
  });
  const ofProcess = (file: string) => `/proc/${child.pid}/${file}`;
  const status = (field: string) =>
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync(ofProcess('status'), 'utf8'))![1]) * 1024;
  return {
    address: (name) => addresses.get(name)!,
    cpuSeconds() {
      const fields = readFileSync(ofProcess('stat'), 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    residentBytes: () => status('VmRSS'),
    peakResidentBytes: () => status('VmHWM'),
    stop() {
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      child.kill('SIGTERM');
      return exited;
    },
  };
}

export function folderBytes(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce(
      (sum, entry) => sum + (statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    );
}
