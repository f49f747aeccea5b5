import { readFileSync, readlinkSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

/** In a process's folder of a spool, says whose it is. Its time of modification tells when the owner was last alive. */
export const OWNER_FILE = 'owner.json';

/** Milliseconds between signs of life. */
export const SIGN_OF_LIFE_INTERVAL = 15_000;
/** Milliseconds without a sign of life after which a process or thread that can't be seen from here counts as dead. */
const LONGEST_SILENCE = 60_000;

/** What tells a process from all others, those that later get its number included. */
interface Owner {
  readonly pid: number;
  /** Where process numbers mean the same: host, boot and, on Linux, namespace. */
  readonly place: string;
  /** When it started, in Linux's own measure; null where that can't be known. */
  readonly started: string | null;
  /** Node's number of the thread; 0 is the process's main one, which lives as long as that. */
  readonly thread: number;
}

/** This process, as text for its owner file. */
export function describeThisProcess(): string {
  const owner: Owner = { pid: process.pid, place: thisPlace(), started: startOf(process.pid), thread: threadId };
  return `${JSON.stringify(owner)}\n`;
}

/**
 * Whether the process that owns a folder is surely or most likely gone. In the same place a process can be looked for;
 * one of another container or host is judged by its signs of life, and so are threads.
 */
export async function isAbandoned(folder: string): Promise<boolean> {
  const file = join(folder, OWNER_FILE);
  // Without the file the owner has ended in order.
  const signOfLife = await stat(file).catch(() => null);
  if (signOfLife === null) return true;
  const isSilent = Date.now() - signOfLife.mtimeMs > LONGEST_SILENCE;
  const owner = parsed(await readFile(file, 'utf8').catch(() => ''));
  if (owner?.place !== thisPlace() || typeof owner.pid !== 'number') return isSilent;
  if (!isRunning(owner.pid)) return true;
  const started = startOf(owner.pid);
  if (started === null || typeof owner.started !== 'string') return isSilent;
  return started !== owner.started || (owner.thread !== 0 && isSilent);
}

/** Null for what is no owner's description. */
const parsed = (text: string): Partial<Owner> | null => attempt(() => JSON.parse(text));

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function thisPlace(): string {
  const boot = attempt(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  const namespace = attempt(() => readlinkSync('/proc/self/ns/pid'));
  return [hostname(), boot, namespace].join('/');
}

/** Field 22 of /proc/PID/stat (proc(5)): clock ticks from boot to the process's start. The name before it may hold anything. */
function startOf(pid: number): string | null {
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}
