import { readlinkSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename } from 'node:path';

/** So much below the process's own: still a quarter of a core that another thread would like all of. */
const LOWER_BY = 5;
const LOWEST = 19;

/**
 * Lets this thread yield to the process's others where the system allows (Linux, whose priorities are those of
 * threads); elsewhere nothing happens.
 */
export function yieldToOtherThreads(): void {
  if (process.platform !== 'linux') return;
  try {
    // `1234/task/1236`: the last is the thread's number.
    const thread = Number(basename(readlinkSync('/proc/thread-self')));
    setPriority(thread, Math.min(getPriority() + LOWER_BY, LOWEST));
  } catch {
    // Without /proc, or the right, it has to do without.
  }
}
